from django.db import migrations, models
from django.db.models.functions import Lower

#: Of names that differ in case alone one keeps its own: the one rights hang on, else the first.
APART = """
    UPDATE hr_role role SET name = left(role.name, 90) || ' ' || left(role.id::text, 8)
    FROM (SELECT id, row_number() OVER (PARTITION BY lower(name) ORDER BY name = lower(name) DESC, created_at, id) AS place
          FROM hr_role) found
    WHERE found.id = role.id AND found.place > 1
"""
#: Roles are given while the index is built; what a build that was broken off left behind is taken away first.
BUILD = [
    "SET lock_timeout = 0",
    "DROP INDEX CONCURRENTLY IF EXISTS hr_role_name_unique_in_any_case",
    "CREATE UNIQUE INDEX CONCURRENTLY hr_role_name_unique_in_any_case ON hr_role (lower(name))",
    "RESET lock_timeout",
]
UNDO = "DROP INDEX CONCURRENTLY IF EXISTS hr_role_name_unique_in_any_case"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("hr", "0003_seed_leave_types")]

    operations = [
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BUILD, UNDO)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="role",
                    constraint=models.UniqueConstraint(
                        Lower("name"),
                        name="hr_role_name_unique_in_any_case",
                        violation_error_code="duplicate",
                        violation_error_message="A role with this name exists already.",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="role", name="hr_role_name_unique"),
    ]
