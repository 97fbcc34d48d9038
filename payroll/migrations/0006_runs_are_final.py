"""What is true between a run, its payslips and their payments, for every login.

A posted run changes no more, but that it is paid: its days are where the next month begins. A payslip is of its run's month and kind.
A payment pays what a posted payslip says, no more and no less.
"""

from django.db import migrations

RUN = """
CREATE FUNCTION payroll_posted_run_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change CONSTANT text[] := ARRAY['status', 'paid_at', 'updated_at', 'job_id'];
BEGIN
    IF OLD.status IN ('posted', 'paid') AND (
        TG_OP = 'DELETE'
        OR NOT (NEW.status = OLD.status OR NEW.status = 'paid')
        OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change
    ) THEN
        RAISE EXCEPTION 'payroll run % is posted and cannot change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payroll_payrollrun_posted_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER payroll_payrollrun_posted_is_final BEFORE UPDATE OR DELETE ON payroll_payrollrun
    FOR EACH ROW EXECUTE FUNCTION payroll_posted_run_is_final();
"""

PERIOD = """
ALTER TABLE payroll_payrollrun ADD CONSTRAINT payroll_payrollrun_period UNIQUE (id, period_year, period_month, kind);
ALTER TABLE payroll_payroll ADD CONSTRAINT payroll_payroll_period_of_its_run
    FOREIGN KEY (run_id, period_year, period_month, kind)
    REFERENCES payroll_payrollrun (id, period_year, period_month, kind) NOT VALID;
"""

PAYMENT = """
CREATE FUNCTION payroll_payment_pays_what_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made LEFT JOIN payroll_payroll payroll
            ON payroll.id = made.payroll_id AND payroll.status = 'posted' AND payroll.net_amount = made.amount
        WHERE payroll.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a payment is of a posted payroll and of its net'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payroll_payment_pays_what_is_posted';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payroll_payment_pays_what_is_posted AFTER INSERT ON payroll_payment
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION payroll_payment_pays_what_is_posted();
"""

REMOVE = """
DROP FUNCTION payroll_posted_run_is_final() CASCADE;
DROP FUNCTION payroll_payment_pays_what_is_posted() CASCADE;
ALTER TABLE payroll_payroll DROP CONSTRAINT payroll_payroll_period_of_its_run;
ALTER TABLE payroll_payrollrun DROP CONSTRAINT payroll_payrollrun_period;
"""


class Migration(migrations.Migration):
    dependencies = [("payroll", "0005_payslips_by_name")]

    operations = [migrations.RunSQL(RUN + PERIOD + PAYMENT, REMOVE)]
