"""The component every salary is paid on. Formulas and the engine know it by its code."""

from django.db import migrations


def seed(apps, schema_editor):
    component = apps.get_model("payroll", "SalaryComponent")
    component.objects.get_or_create(
        code="basic", deleted_at=None, defaults={"name": "Basic Salary", "type": "fixed", "is_prorated": True}
    )


class Migration(migrations.Migration):
    dependencies = [("payroll", "0001_initial")]

    # Backwards the tables themselves go, so there is nothing to take out of them.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
