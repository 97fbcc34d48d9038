from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('hr', '0005_balances_do_not_expire'),
    ]

    operations = [
        ValidateConstraint(model_name='leaveledgerentry', name='hr_leaveledgerentry_kind_is_known'),
    ]
