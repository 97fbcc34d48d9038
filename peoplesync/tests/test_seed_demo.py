"""The demo: complete, the same each time, never among real people, and no dearer in statements when it is large."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hr.models import Department, Employee, Setting, User
from hr.tests import builders
from peoplesync.core import progress
from peoplesync.core.models import ActivityLog
from peoplesync.demo import people, seeding

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
#: What differs between two runs although the demo is the same: salted hashes, and instants taken from the clock.
UNSTEADY = {"password", "updated_at"}


def bars(label: str, total: int) -> Any:
    return progress.bar(label, total, stream=io.StringIO())


def seed(**wish: int) -> seeding.Seeded:
    return seeding.seed(wish=seeding.Wish(**wish), at=AT, bars=bars)


def said(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def rows(*tables: str) -> dict[str, list[Any]]:
    """Everything in these tables, by table, in the order of their ids."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t) - %s::text[] FROM {table} t ORDER BY id", [list(UNSTEADY)])
            found[table] = [json.loads(row[0]) for row in cursor.fetchall()]
    return found


@pytest.mark.django_db
def test_the_command_makes_the_organisation_and_says_who_can_sign_in():
    words = said("--employees", "40")
    assert Setting.objects.get().org_name == "PT PeopleSync Indonesia"
    assert Department.objects.count() == 4
    assert Department.objects.get(code="PLT").parent.code == "ENG"
    assert Employee.objects.count() == 40
    assert all(f"{name}@demo.peoplesync.example" in words for name in ("superadmin", "hr", "payroll", "auditor"))
    assert "peoplesync-demo" in words


@pytest.mark.django_db
@pytest.mark.parametrize("account", people.ACCOUNTS, ids=lambda account: account.name)
def test_each_account_signs_in_with_its_role(account, client):
    seed()
    credentials = {"email": f"{account.name}@demo.peoplesync.example", "password": "peoplesync-demo"}
    answer = client.post("/api/v1/auth/login", credentials, content_type="application/json")
    assert answer.status_code == 200
    user = User.objects.get(email=credentials["email"])
    assert user.role_names == {"employee", account.role.value}


@pytest.mark.django_db
def test_the_manager_manages_the_employee_who_has_been_here_since_2015():
    seed()
    manager = User.objects.get(email="manager@demo.peoplesync.example")
    employee = User.objects.get(email="employee@demo.peoplesync.example").employee
    assert employee.hired_at.year == 2015
    assert Employee.objects.visible_to(manager).filter(pk=employee.pk).exists()
    assert employee.department_id == manager.department_id


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_demo_and_another_seed_another():
    def made(seed_number: int) -> dict[str, list[Any]]:
        with transaction.atomic():
            seed(employees=45, seed=seed_number)
            found = rows("hr_employee", "hr_department", "hr_user", "hr_userrole", "hr_setting")
            transaction.set_rollback(True)
        return found

    assert made(1) == made(1)
    assert made(1)["hr_employee"] != made(2)["hr_employee"]


@pytest.mark.django_db
def test_seeding_again_changes_nothing():
    seed()
    before = rows("hr_employee", "hr_user", "core_activitylog")
    assert "Nothing was changed" in said()
    assert rows("hr_employee", "hr_user", "core_activitylog") == before


@pytest.mark.django_db
def test_a_larger_wish_adds_the_missing_people_and_leaves_the_others():
    seed(employees=10)
    before = {row["id"]: row for row in rows("hr_employee")["hr_employee"]}
    made = seed(employees=250)
    after = {row["id"]: row for row in rows("hr_employee")["hr_employee"]}
    assert (made.size, made.added) == (250, 240)
    assert {key: after[key] for key in before} == before
    assert Department.objects.filter(parent__code="OPS").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["EMP-1001", "PSI-00007", "PSI-x", ""])
def test_real_people_are_never_mixed_with_the_demo(number):
    builders.employee("Real", employee_number=number)
    with pytest.raises(CommandError, match="holds real people") as refused:
        call_command("seed_demo")
    assert refused.value.returncode == 3
    assert Employee.objects.count() == 1
    assert not User.objects.exists()
    assert not ActivityLog.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("options", [["--employees", "0"], ["--months", "0"], ["--months", "1000"]])
def test_impossible_wishes_are_refused(options):
    with pytest.raises(CommandError) as refused:
        call_command("seed_demo", *options)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_larger_demo_needs_no_more_statements():
    def statements(employees: int) -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            seed(employees=employees, months=1)
            transaction.set_rollback(True)
        return len(asked)

    assert statements(500) <= statements(50)
