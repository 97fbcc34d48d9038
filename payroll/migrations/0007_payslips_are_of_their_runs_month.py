"""Payslips of before are checked too, in a transaction of its own: payslips are written meanwhile."""

from django.db import migrations

CHECK = "ALTER TABLE payroll_payroll VALIDATE CONSTRAINT payroll_payroll_period_of_its_run"


class Migration(migrations.Migration):
    dependencies = [("payroll", "0006_runs_are_final")]

    operations = [migrations.RunSQL(CHECK, migrations.RunSQL.noop)]
