"""The application login may add to the log and read it, and nothing a process does can change what stands there."""

from __future__ import annotations

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from peoplesync.core.models import ActivityLog
from peoplesync.core.selectors import invariants
from peoplesync.core.services import activity, app_login

LOGIN_PASSWORD = "only-for-this-test"


@pytest.fixture
def login(transactional_db):
    """The name of a limited login, dropped afterwards. Logins belong to the whole server: one for each test database."""
    name = f"login_of_{connection.settings_dict['NAME']}"
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def as_application(login):
    """A connection of the limited login to the test database."""
    app_login.ensure(user=login, password=LOGIN_PASSWORD)
    app_login.ensure(user=login, password=LOGIN_PASSWORD)
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=login, password=LOGIN_PASSWORD, autocommit=True
    ) as limited:
        yield limited


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_activitylog SET action = 'x'",
        "DELETE FROM core_activitylog",
        "TRUNCATE core_activitylog",
        "ALTER TABLE core_activitylog DISABLE TRIGGER ALL",
        "DELETE FROM hr_employeeevent",
        "TRUNCATE hr_employee CASCADE",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_login_cannot_change_the_past(as_application, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(statement)


def test_the_application_login_may_stage_rows_where_the_database_lets_nobody_else(as_application):
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        try:
            as_application.execute("CREATE TEMP TABLE staged (LIKE attendance_daysummary) ON COMMIT DELETE ROWS")
        finally:
            cursor.execute(f"GRANT TEMPORARY ON DATABASE {name} TO PUBLIC")


def test_the_application_login_can_log_and_read(as_application):
    activity.record(action="test.done", resource_type="test", resource_id=None, by=None, at=timezone.now())
    row = ActivityLog.objects.get(action="test.done")
    found = as_application.execute("SELECT action FROM core_activitylog WHERE id = %s", [row.pk]).fetchone()
    assert found == ("test.done",)
    as_application.execute(
        "INSERT INTO core_activitylog (id, created_at, action, resource_type) VALUES (gen_random_uuid(), now(), 'a.b', 'a')"
    )


def test_personal_values_are_masked_before_they_reach_the_log(db):
    activity.record(
        action="employee.updated",
        resource_type="employee",
        resource_id=None,
        by=None,
        meta={"employee_number": "EMP-1", "changes": {"phone": ["+628123456789", None], "current_salary": [1, 2]}},
    )
    meta = ActivityLog.objects.get().meta
    assert meta == {
        "employee_number": "EMP-1",
        "changes": {"phone": ["***6789", None], "current_salary": ["***", "***"]},
    }


def test_the_command_refuses_to_make_the_owner_its_own_limited_login(settings):
    settings.APP_DATABASE_URL = settings.OWNER_DATABASE_URL
    with pytest.raises(CommandError, match="another user"):
        call_command("ensure_app_login")


def test_the_command_makes_the_login_and_may_be_repeated(login, settings, capsys):
    settings.APP_DATABASE_URL = f"postgres://{login}:{LOGIN_PASSWORD}@127.0.0.1/x"
    call_command("ensure_app_login")
    call_command("ensure_app_login")
    assert f"The login {login} is ready." in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'core_activitylog', 'UPDATE')", [login])
        assert cursor.fetchone() == (False,)


def test_the_doctor_names_a_login_that_cannot_sign_in_read_or_that_may_change_the_past(login, settings):
    def told() -> str:
        return " ".join(finding.what for finding in invariants.logins(timezone.now()))

    settings.APP_DATABASE_URL = f"postgres://{login}:{LOGIN_PASSWORD}@ignored/ignored"
    app_login.ensure(user=login, password=LOGIN_PASSWORD)
    assert told() == ""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {login} PASSWORD 'another'")
        cursor.execute(f"REVOKE SELECT ON hr_leave FROM {login}")
        cursor.execute(f"GRANT DELETE ON core_activitylog TO {login}")
    assert "cannot sign in" in told() and "may not read hr_leave" in told() and "core_activitylog can be" in told()
    settings.APP_DATABASE_URL = "postgres://nobody_at_all:x@ignored/ignored"
    assert told() == "the application login does not exist"
