from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0005_kinds_of_vendor_ids_are_checked'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='correction',
            name='attendance_correction_status_is_known',
        ),
        migrations.AlterField(
            model_name='correction',
            name='status',
            field=models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='pending', max_length=10),
        ),
        AddConstraintNotValid(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'withdrawn'])), name='attendance_correction_status_is_known'),
        ),
    ]
