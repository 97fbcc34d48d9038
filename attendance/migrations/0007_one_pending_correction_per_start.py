from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models


#: Of those asked for twice the first keeps waiting.
TWINS = """
    WITH twin AS (
        UPDATE attendance_correction later SET status = 'withdrawn', updated_at = now()
        WHERE later.status = 'pending' AND later.attendance_id IS NULL AND EXISTS (
            SELECT FROM attendance_correction first
            WHERE first.employee_id = later.employee_id AND first.clock_in = later.clock_in
                AND first.status = 'pending' AND first.attendance_id IS NULL
                AND (first.created_at, first.id) < (later.created_at, later.id)
        )
        RETURNING later.id
    )
    UPDATE hr_approvalrequest SET status = 'cancelled', updated_at = now()
    WHERE kind = 'correction' AND status = 'pending' AND subject_id IN (SELECT id FROM twin)
"""
#: Corrections are asked for while the index is built; what a build that was broken off left behind is taken away first.
BUILD = [
    "SET lock_timeout = 0",
    "DROP INDEX CONCURRENTLY IF EXISTS attendance_correction_one_pending_per_start",
    """
    CREATE UNIQUE INDEX CONCURRENTLY attendance_correction_one_pending_per_start
    ON attendance_correction (employee_id, clock_in) WHERE attendance_id IS NULL AND status = 'pending'
    """,
    "RESET lock_timeout",
]
UNDO = "DROP INDEX CONCURRENTLY IF EXISTS attendance_correction_one_pending_per_start"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('attendance', '0006_corrections_may_be_withdrawn'),
        ('hr', '0003_seed_leave_types'),
    ]

    operations = [
        ValidateConstraint(model_name='correction', name='attendance_correction_status_is_known'),
        migrations.RunSQL(TWINS, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BUILD, UNDO)],
            state_operations=[
                migrations.AddConstraint(
                    model_name='correction',
                    constraint=models.UniqueConstraint(condition=models.Q(('attendance__isnull', True), ('status', 'pending')), fields=('employee', 'clock_in'), name='attendance_correction_one_pending_per_start'),
                ),
            ],
        ),
    ]
