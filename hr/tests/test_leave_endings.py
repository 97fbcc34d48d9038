"""Approved leave ends with the employment: whoever sets the last day, and whenever."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hr.models import Employee, Leave, LeaveLedgerEntry
from hr.selectors import leave_balances, leave_invariants
from hr.services import employee_csv, employee_intake, employees, leave_endings, leaves
from hr.tests import timetable
from hr.tests.test_leaves import FRIDAY, MONDAY, NOW, ask, decide, grant
from peoplesync.core.models import ActivityLog, Notification

pytestmark = pytest.mark.django_db
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture
def approved(cast):
    """Ema has twelve days, and leave from Monday to Friday approved by Mona."""
    grant(cast.employee, 12)
    return decide(ask(cast.employee), cast.manager)


def end(cast, day):
    return employees.end(employee=cast.employee.employee, last_day=day, reason="Resigned", by=cast.hr, at=NOW)


def balance(cast, code="annual", on=date(2026, 12, 31)) -> Decimal:
    return leave_balances.balance(cast.employee.employee_id, code, on).balance


def standing(leave) -> tuple[date, Decimal] | None:
    row = Leave.objects.get(pk=leave.pk)
    assert leave_invariants.ledger(NOW) == []
    return None if row.deleted_at else (row.end_date, row.days)


def test_leave_after_the_last_day_is_taken_back_and_everybody_concerned_is_told(cast, approved):
    Notification.objects.all().delete()
    end(cast, MONDAY - timedelta(days=1))
    assert standing(approved) is None and balance(cast) == 12
    told = Notification.objects.filter(title__endswith="taken back")
    assert {one.user for one in told} == {cast.employee, cast.manager}
    assert "employment ends on 2026-12-06: it is no longer leave. The balance gets 5 days back." in told[0].message
    hers = Notification.objects.get(user=cast.hr)
    assert "C-ema, Annual leave from 2026-12-07 to 2026-12-11 is taken back" in hers.message
    log = ActivityLog.objects.get(action="leave.withdrawn")
    assert (log.user, log.meta["last_day"], log.meta["days_returned"]) == (cast.hr, "2026-12-06", "5.00")


def test_leave_over_the_last_day_is_shortened_and_what_is_left_of_it_may_still_be_taken_back(cast, approved):
    end(cast, WEDNESDAY)
    assert standing(approved) == (WEDNESDAY, 3) and balance(cast) == 9
    assert Notification.objects.get(user=cast.employee, title__endswith=": shortened").message.endswith(
        "it ends then, and takes 3 days. The balance gets 2 days back."
    )
    assert ActivityLog.objects.get(action="leave.shortened").meta["was_until"] == "2026-12-11"
    end(cast, MONDAY)
    assert standing(approved) == (MONDAY, 1) and balance(cast) == 11
    assert Notification.objects.filter(user=cast.employee, message__contains=" and takes 1 day. The balance").exists()
    end(cast, FRIDAY)
    assert standing(approved) == (MONDAY, 1)
    leaves.withdraw(leave=Leave.objects.get(pk=approved.pk), by=cast.hr, at=NOW)
    assert standing(approved) is None and balance(cast) == 12


def test_of_leave_over_new_year_each_year_gets_its_own_days_back(cast):
    leave = decide(ask(cast.employee, first=date(2026, 12, 30), last=date(2027, 1, 8), days=8), cast.hr)
    end(cast, date(2027, 1, 5))
    assert standing(leave) == (date(2027, 1, 5), 5)
    returned = LeaveLedgerEntry.objects.filter(leave=leave, kind="returned")
    assert list(returned.values_list("effective_on", "days")) == [(date(2027, 1, 1), 3)]
    end(cast, date(2026, 12, 30))
    assert (balance(cast), balance(cast, on=date(2027, 1, 31))) == (-1, -1)
    assert standing(leave) == (date(2026, 12, 30), 1)


def test_leave_that_keeps_no_balance_ends_too_and_what_has_no_work_left_is_taken_back(cast):
    sick = decide(ask(cast.employee, code="sick"), cast.hr)
    weekend = decide(
        ask(cast.employee, first=FRIDAY + timedelta(days=1), last=FRIDAY + timedelta(days=3), days=1), cast.hr
    )
    end(cast, FRIDAY + timedelta(days=2))
    assert standing(sick) == (FRIDAY, 5) and standing(weekend) is None
    end(cast, WEDNESDAY)
    assert standing(sick) == (WEDNESDAY, 3)
    assert LeaveLedgerEntry.objects.filter(leave=sick).count() == 0


def test_leave_that_waits_is_left_to_whoever_decides_and_ends_with_the_employment_once_approved(cast):
    grant(cast.employee, 12)
    waiting = ask(cast.employee)
    end(cast, WEDNESDAY)
    assert standing(waiting) == (FRIDAY, 5)
    assert decide(waiting, cast.manager).end_date == WEDNESDAY
    assert standing(waiting) == (WEDNESDAY, 3) and balance(cast) == 9


def test_a_status_over_the_api_an_import_and_a_form_end_leave_as_well(cast, approved, client_of, staff):
    today = timezone.localdate()
    other = timetable.leave(
        cast.colleague.employee, today + timedelta(days=40), today + timedelta(days=44), code="sick"
    )
    path = f"/api/v1/employees/{cast.colleague.employee_id}"
    assert client_of(cast.hr).put(path, {"status": "terminated"}).status_code == 200
    assert standing(other) is None
    content = f"employee_number,first_name,ended_on\nC-ema,Ema,{WEDNESDAY}\n".encode()
    sheet = employee_csv.read(io.BytesIO(content), advance=lambda count: None)
    report = employee_intake.take_in(sheet=sheet, wish=employee_intake.Wish(), by=cast.hr, at=NOW)
    assert report.written.leave_count == 1 and standing(approved) == (WEDNESDAY, 3)
    third = timetable.leave(cast.outsider.employee, MONDAY, FRIDAY, code="sick")
    act = reverse("admin:hr_employee_act_end", args=[cast.outsider.employee_id])
    values = {"last_day": str(MONDAY), "reason": "Resigned", "confirmed": "on"}
    page = staff(cast.hr).post(act, values, follow=True).content.decode()
    assert "1 approved leave goes on after the last day: taken back or shortened" in page
    assert standing(third) == (MONDAY, 1)


def test_ending_the_leave_of_many_costs_the_statements_of_one(cast):
    people = [cast.employee, cast.colleague, cast.manager, cast.outsider]
    for user in people:
        timetable.leave(user.employee, MONDAY, FRIDAY, code="sick", approved_by=cast.hr)
    Employee.objects.update(ended_on=WEDNESDAY)

    def asked(users) -> int:
        with CaptureQueriesContext(connection) as queries:
            ids = [user.employee_id for user in users]
            assert leave_endings.follow(employee_ids=ids, by=cast.hr, at=NOW) == len(users)
        return len(queries)

    assert asked(people[:1]) == asked(people[1:])
