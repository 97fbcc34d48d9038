"""The demo: complete, the same each time, never among real people, and no dearer in statements when it is large."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from attendance.models import Attendance
from attendance.models.vendor_id import VendorId
from attendance.selectors import vendor_keys
from hr.models import Department, Employee, Leave, Setting, User
from hr.tests import builders
from peoplesync.core.models import ActivityLog
from peoplesync.demo import people
from peoplesync.tests.demo import rows, said, seed


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
def test_the_same_seed_makes_the_same_demo_and_another_seed_another():
    def made(seed_number: int) -> dict[str, list[Any]]:
        with transaction.atomic():
            seed(employees=12, months=1, seed=seed_number)
            found = rows(
                "hr_employee",
                "hr_department",
                "hr_userrole",
                "hr_setting",
                "attendance_punch",
                "attendance_daysummary",
            )
            transaction.set_rollback(True)
        return found

    first = made(1)
    assert made(1) == first
    assert made(2)["hr_employee"] != first["hr_employee"]


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
@pytest.mark.parametrize("made", [builders.department, lambda: builders.user("first@example.com")])
def test_an_organisation_that_has_only_been_set_up_is_real_too(made):
    made()
    with pytest.raises(CommandError, match="an organisation of its own") as refused:
        call_command("seed_demo")
    assert refused.value.returncode == 3
    assert not Employee.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_foretells_what_would_be_made_and_writes_nothing():
    told = said("--dry-run", "--employees", "50", "--months", "1")
    assert re.match(r"Would add 50 people and at most 1,5\d0 days of attendance \(.*\)\. Nothing was written\.", told)
    assert not Employee.objects.exists()
    assert not ActivityLog.objects.exists()
    seed(employees=8, months=1)
    assert said("--dry-run", "--employees", "8") == "The demo is here already, with 8 people. Nothing would change.\n"
    builders.employee("Real", employee_number="EMP-1001")
    with pytest.raises(CommandError, match="holds real people"):
        call_command("seed_demo", "--dry-run")


@pytest.mark.django_db
@pytest.mark.parametrize("options", [["--employees", "0"], ["--months", "0"], ["--months", "1000"]])
def test_impossible_wishes_are_refused(options):
    with pytest.raises(CommandError) as refused:
        call_command("seed_demo", *options)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_larger_demo_needs_no_more_statements():
    def statements(employees: int) -> list[str]:
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            seed(employees=employees, months=1)
            transaction.set_rollback(True)
        return sorted(str(query["sql"])[:60] for query in asked)

    few, many = statements(50), statements(500)
    assert len(many) <= len(few), Counter(many) - Counter(few)


@pytest.mark.django_db
def test_a_small_demo_has_presence_and_leave_too():
    seed(employees=6, months=1)
    assert Attendance.objects.values("employee").distinct().count() == 6
    assert min(Attendance.objects.values_list("work_date", flat=True)) >= date(2026, 10, 22)
    assert Leave.objects.count() == 3


@pytest.mark.django_db
def test_the_command_shows_working_credentials_and_ids_the_first_time_only():
    first, second = said("--months", "1"), said()
    shown = {name: json.loads(text) for name, text in re.findall(r"^  (\w+): (\{.*\})$", first, re.M)}
    assert set(shown) == {"goodday", "kenjo", "workly", "connecteam"}
    assert vendor_keys.by_secret(vendor="connecteam", secret=shown["connecteam"]["X-API-KEY"])
    assert vendor_keys.by_secret(vendor="goodday", secret=shown["goodday"]["gd-api-token"])
    assert vendor_keys.by_secret(vendor="kenjo", secret=shown["kenjo"]["apiKey"])
    workly = shown["workly"]
    assert vendor_keys.by_client(vendor="workly", client_id=workly["client_id"], secret=workly["client_secret"])
    mine = VendorId.objects.filter(object_id=people.employee_id(5), kind="person")
    assert mine.count() == 4
    assert all(row.external_id in first for row in mine)
    assert "issue_vendor_key" in second
    assert "X-API-KEY" not in second
