"""Triggers that refuse every change of what is posted, to every login.

Written in SQL and not with pgtrigger, whose triggers can be switched off by whoever may set a session variable. Parts of
payslips are checked once per statement, so that writing a chunk of a run costs one question and not one per line.
TRUNCATE passes row triggers; the application login has no right to it.
"""

from django.db import migrations

PAYROLL = """
CREATE FUNCTION payroll_posted_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'posted' THEN
        RAISE EXCEPTION 'payroll % is posted and cannot change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payroll_payroll_posted_is_final';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER payroll_payroll_posted_is_final BEFORE UPDATE OR DELETE ON payroll_payroll
    FOR EACH ROW EXECUTE FUNCTION payroll_posted_is_final();
"""

PARTS = """
CREATE FUNCTION payroll_parts_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM touched JOIN payroll_payroll ON payroll_payroll.id = touched.payroll_id
        WHERE payroll_payroll.status = 'posted'
    ) THEN
        RAISE EXCEPTION 'a posted payroll cannot change'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payroll_payroll_posted_is_final';
    END IF;
    RETURN NULL;
END $$;
"""

PART = """
CREATE TRIGGER {table}_posted_is_final_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_final();
CREATE TRIGGER {table}_posted_is_final_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_final();
CREATE TRIGGER {table}_posted_is_final_moved AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_final();
CREATE TRIGGER {table}_posted_is_final_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payroll_parts_are_final();
"""

GROWN = """
CREATE FUNCTION payroll_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payroll_payroll_posted_is_final';
END $$;
"""

ONLY_GROWS = """
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION payroll_only_grows();
"""

PART_TABLES = ("payroll_payrollitem", "payroll_payrollsnapshot")
GROWN_TABLES = ("payroll_manifest", "payroll_manifestentry", "payroll_payment")


def create() -> str:
    parts = "".join(PART.format(table=table) for table in PART_TABLES)
    grown = "".join(ONLY_GROWS.format(table=table) for table in GROWN_TABLES)
    return PAYROLL + PARTS + parts + GROWN + grown


REMOVE = """
DROP FUNCTION payroll_posted_is_final() CASCADE;
DROP FUNCTION payroll_parts_are_final() CASCADE;
DROP FUNCTION payroll_only_grows() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payroll", "0002_seed_basic_salary")]

    operations = [migrations.RunSQL(create(), REMOVE)]
