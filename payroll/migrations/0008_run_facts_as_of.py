"""From which moment on a run's payslips may not know what was written; runs of before ask everybody as they did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payroll", "0007_payslips_are_of_their_runs_month")]

    operations = [
        migrations.AddField(
            model_name="payrollrun",
            name="facts_as_of",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
