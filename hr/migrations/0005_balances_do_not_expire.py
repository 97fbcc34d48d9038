from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hr', '0004_role_names_in_any_case'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='leaveledgerentry',
            name='hr_leaveledgerentry_kind_is_known',
        ),
        migrations.AlterField(
            model_name='leaveledgerentry',
            name='kind',
            field=models.CharField(choices=[('granted', 'Granted'), ('taken', 'Taken'), ('returned', 'Returned'), ('collective', 'Collective leave'), ('adjusted', 'Adjusted')], max_length=12),
        ),
        AddConstraintNotValid(
            model_name='leaveledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['granted', 'taken', 'returned', 'collective', 'adjusted'])), name='hr_leaveledgerentry_kind_is_known'),
        ),
    ]
