"""The contract's four kinds of leave, with terms that staff may change."""

from django.db import migrations

TYPES = [
    {"code": "annual", "name": "Annual", "uses_balance": True, "yearly_days": 12},
    {"code": "sick", "name": "Sick"},
    {"code": "permission", "name": "Permission"},
    {"code": "unpaid", "name": "Unpaid", "is_paid": False},
]


def seed(apps, schema_editor):
    leave_type = apps.get_model("hr", "LeaveType")
    for values in TYPES:
        leave_type.objects.get_or_create(code=values["code"], defaults=values)


class Migration(migrations.Migration):
    dependencies = [("hr", "0002_seed_roles")]
    #: Going back keeps the rows: leave may refer to them.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
