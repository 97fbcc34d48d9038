"""The seven roles the rights matrix knows (contract, section 6) are there from the start."""

from django.db import migrations

ROLES = {
    "employee": "Clocks in, asks for leave, sees her own records",
    "manager": "Sees her department and its sub-departments, decides their leave and corrections; never sees pay",
    "hr": "Keeps people, departments, attendance and leave",
    "payroll_admin": "Keeps pay, runs payroll",
    "auditor": "Reads everything, changes nothing",
    "superadmin": "May do everything that needs no second person",
    "admin": "System administrator",
}


def seed(apps, schema_editor):
    role = apps.get_model("hr", "Role")
    for name, description in ROLES.items():
        role.objects.get_or_create(name=name, defaults={"description": description})


def unseed(apps, schema_editor):
    """Takes away only the roles that nobody holds; a held one would take people's rights with it."""
    apps.get_model("hr", "Role").objects.filter(name__in=ROLES, user_roles=None).delete()


class Migration(migrations.Migration):
    dependencies = [("hr", "0001_initial")]

    operations = [migrations.RunPython(seed, unseed)]
