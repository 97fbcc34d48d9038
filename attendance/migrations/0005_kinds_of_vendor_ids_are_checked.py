from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0004_planned_shifts_have_no_id_here'),
    ]

    operations = [
        ValidateConstraint(model_name='vendorid', name='attendance_vendorid_kind_is_known'),
    ]
