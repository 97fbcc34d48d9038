"""A person's data on her staff page: taken out as a file, and its erasure ordered, withdrawn and carried out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hr.models import Employee
from hr.services import employees
from hr.services import erasure as people
from hr.tests import builders
from peoplesync.core import doctor
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Conflict
from peoplesync.privacy import orders

pytestmark = pytest.mark.django_db


def _page(person: Any, act: str = "") -> str:
    name = f"admin:hr_employee_act_{act}" if act else "admin:hr_employee_change"
    return reverse(name, args=[person.pk])


@pytest.fixture
def leaver(cast: Any) -> Any:
    person, now = cast.employee.employee, timezone.now()
    employees.end(employee=person, last_day=now.date() - timedelta(days=3), reason="Moved", by=cast.hr, at=now)
    person.refresh_from_db()
    return person


def _steps(person: Any) -> list[tuple[str, str]]:
    entries = ActivityLog.objects.filter(resource_id=person.pk, action__startswith="privacy.").order_by("pk")
    return [(entry.action, getattr(entry.user, "email", "")) for entry in entries]


def test_hr_takes_out_a_persons_own_data_and_the_log_says_why(cast, staff, tmp_path):
    person, hana = cast.employee.employee, staff(cast.hr)
    assert b"for her and nobody else" in hana.get(_page(person, "export_personal")).content
    assert hana.post(_page(person, "export_personal"), {"reason": ""}).context["errors"]
    assert _steps(person) == []
    answer = hana.post(_page(person, "export_personal"), {"reason": "Her letter of 3 May"})
    assert answer["Content-Disposition"].startswith('attachment; filename="personal-data-')
    call_command("export_person", person.employee_number, "--output", str(tmp_path / "same.json"))
    told, same = json.loads(answer.content), json.loads((tmp_path / "same.json").read_text())
    assert {**told, "exported_at": ""} == {**same, "exported_at": ""} and told["profile"]["first_name"] == "Ema"
    entry = ActivityLog.objects.get(action="privacy.person_exported", user=cast.hr)
    assert entry.meta == {"reason": "Her letter of 3 May"}


def test_who_took_a_persons_data_out_is_among_her_readers_and_nobody_elses(cast, staff, capsys):
    person, other = cast.employee.employee, cast.colleague.employee
    staff(cast.hr).post(_page(person, "export_personal"), {"reason": "Her letter of 3 May"})
    today = timezone.localdate()
    span = ("--from", str(today - timedelta(days=1)), "--to", str(today + timedelta(days=1)))
    call_command("who_read", "--employee", person.employee_number, *span)
    told, count = capsys.readouterr().out.splitlines()
    assert cast.hr.email in told and "export" in told and count == "1 reading(s)."
    call_command("who_read", "--employee", other.employee_number, *span)
    assert capsys.readouterr().out == "0 reading(s).\n"


@pytest.mark.parametrize("role", ["manager", "payroll_admin", "auditor"])
def test_nobody_else_takes_it_out_or_orders_its_erasure(cast, staff, leaver, role):
    client = staff(cast.by_role()[role])
    for act in ("export_personal", "erase", "keep"):
        assert client.post(_page(leaver, act), {"reason": "Curious"}).status_code == 403
        assert _page(leaver, act) not in client.get(_page(leaver)).content.decode()
    assert _steps(leaver) == []


def test_who_is_employed_is_not_offered_for_erasure(cast, staff):
    person, hana = cast.employee.employee, staff(cast.hr)
    assert _page(person, "erase") not in hana.get(_page(person)).content.decode()
    assert hana.post(_page(person, "erase"), {"reason": "Why not"}).status_code == 409
    assert _steps(person) == []


def test_an_erasure_is_ordered_with_a_reason_seen_and_withdrawn(cast, staff, leaver):
    hana = staff(cast.hr)
    asked = hana.get(_page(leaver, "erase")).content.decode()
    assert "stays under her number" in asked and "cannot be undone" in asked
    assert hana.post(_page(leaver, "erase"), {"reason": "Her letter"}, follow=True).status_code == 200
    shown = hana.get(_page(leaver)).content.decode()
    assert "Erasure of personal data is ordered" in shown and "Her letter" in shown
    assert _page(leaver, "erase") not in shown and _page(leaver, "keep") in shown
    finding = doctor.checks()["ordered erasures"](timezone.now())[0]
    assert leaver.employee_number in finding.what and not finding.is_problem
    hana.post(_page(leaver, "keep"))
    assert [step for step, _ in _steps(leaver)] == [orders.ORDERED, orders.WITHDRAWN]
    assert orders.waiting(leaver.pk) is None and doctor.checks()["ordered erasures"](timezone.now()) == []


def test_what_was_ordered_is_carried_out_by_the_command_in_the_orderers_name(cast, staff, leaver, capsys):
    staff(cast.hr).post(_page(leaver, "erase"), {"reason": "Letter of Ema"})
    call_command("erase_person", "--ordered", "--dry-run")
    assert "would be forgotten" in capsys.readouterr().out
    leaver.refresh_from_db()
    assert leaver.first_name == "Ema"
    call_command("erase_person", "--ordered")
    assert "1 ordered, 0 refused." in capsys.readouterr().out
    leaver.refresh_from_db()
    assert leaver.first_name == "Erased"
    assert _steps(leaver) == [(orders.ORDERED, "hana@example.com"), ("privacy.person_erased", "hana@example.com")]
    assert "reason" not in ActivityLog.objects.get(action=orders.ORDERED).meta
    call_command("erase_person", "--ordered")
    assert "0 ordered, 0 refused." in capsys.readouterr().out


def test_an_order_is_about_the_person_it_was_given_for_whoever_has_her_number_by_now(cast, leaver):
    orders.order(employee=leaver, reason="Letter", by=cast.hr, at=timezone.now())
    leaver.deleted_at = timezone.now()
    leaver.save()
    another = builders.employee("Bea", employee_number=leaver.employee_number, ended_on=leaver.ended_on)
    call_command("erase_person", "--ordered")
    assert [orders.waiting(leaver.pk), *_names(leaver, another)] == [None, "Erased", "Bea"]


def test_an_order_withdrawn_while_others_are_carried_out_is_not_carried_out(cast, leaver, monkeypatch, capsys):
    orders.order(employee=leaver, reason="Letter", by=cast.hr, at=timezone.now())
    read_before = list(orders.all_waiting())
    with CaptureQueriesContext(connection) as asked:
        orders.withdraw(employee=leaver, by=cast.hr, at=timezone.now())
    assert next(each["sql"] for each in asked if "SELECT" in each["sql"]).endswith("FOR NO KEY UPDATE")
    monkeypatch.setattr(orders, "all_waiting", lambda: iter(read_before))
    with CaptureQueriesContext(connection) as asked:
        call_command("erase_person", "--ordered")
    assert next(each["sql"] for each in asked if "SELECT" in each["sql"]).endswith("FOR NO KEY UPDATE")
    assert f"erasure of {leaver.employee_number} was withdrawn" in capsys.readouterr().out
    assert _names(leaver) == ["Ema"] and _steps(leaver)[-1][0] == orders.WITHDRAWN


def test_an_erasure_that_was_cut_short_is_not_withdrawn_any_more(cast, leaver):
    orders.order(employee=leaver, reason="Letter", by=cast.hr, at=timezone.now())
    people.forget(employee=leaver, at=timezone.now())
    with pytest.raises(Conflict, match="has begun"):
        orders.withdraw(employee=leaver, by=cast.hr, at=timezone.now())
    call_command("erase_person", "--ordered")
    assert orders.waiting(leaver.pk) is None


def _names(*people: Any) -> list[str]:
    return [Employee.objects.get(pk=person.pk).first_name for person in people]


def test_an_order_that_became_impossible_waits_and_the_command_says_so(cast, leaver):
    orders.order(employee=leaver, reason="Letter", by=cast.hr, at=timezone.now())
    leaver.ended_on = None
    leaver.save()
    with pytest.raises(CommandError, match="Not every order"):
        call_command("erase_person", "--ordered")
    assert orders.waiting(leaver.pk)
    with pytest.raises(CommandError, match="required"):
        call_command("erase_person")
