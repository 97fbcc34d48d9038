"""Days without a punch: absent without leave, on leave, off, expected; and days that end after their last punch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import DayException, DaySummary
from attendance.rules.punches import Door, PunchKind
from attendance.selectors import unsettled
from attendance.services import clocking, day_batches, day_settling, days, events
from attendance.tests.builders import at, compute_span, presented
from hr.models import Employee, Holiday, HolidayCalendar, Leave

pytestmark = pytest.mark.django_db
#: Monday and the Tuesday after it.
DAY, NEXT = date(2026, 11, 16), date(2026, 11, 17)


@pytest.fixture(autouse=True)
def entered(cast):
    """Everybody was in the system before these days, and presence is kept since the Friday before."""
    Employee.objects.update(created_at=at("2026-11-01 09:00"))
    clocking.clock_in(employee_id=cast.auditor.employee_id, punch=presented("2026-11-13 09:00"))
    clocking.clock_out(employee_id=cast.auditor.employee_id, punch=presented("2026-11-13 17:00"))


def status(user, day=DAY):
    return DaySummary.objects.get(employee=user.employee, work_date=day).status


def test_whoever_did_not_come_is_expected_first_and_absent_without_leave_then(cast):
    day_settling.settle(at=at("2026-11-16 08:00"))
    assert status(cast.employee) == "expected"
    day_settling.settle(at=at("2026-11-16 17:01"))
    assert status(cast.employee) == "absent"
    row = DayException.objects.get(employee=cast.employee.employee, work_date=DAY)
    assert (row.kind, row.resolved_at) == ("absent", None)
    assert DaySummary.objects.get(employee=cast.employee.employee, work_date=DAY).counters["absent"] == 1


def test_leave_holidays_and_days_of_rest_are_no_absence(cast):
    Leave.objects.create(
        employee=cast.employee.employee, leave_type_id="annual", start_date=DAY, end_date=DAY, days=Decimal(1),
        status="approved",
    )  # fmt: skip
    calendar = HolidayCalendar.objects.create(name="Ours", is_default=True)
    Holiday.objects.create(calendar=calendar, on=NEXT, name="A holiday", kind="holiday")
    day_settling.settle(at=at("2026-11-17 23:00"))
    assert status(cast.employee) == "on_leave"
    assert status(cast.colleague) == "absent"
    assert status(cast.employee, NEXT) == status(cast.colleague, NEXT) == "off"
    day_settling.settle(at=at("2026-11-15 12:00"))
    assert status(cast.employee, date(2026, 11, 15)) == "off"


def test_running_it_again_writes_nothing_more(cast):
    first = day_settling.settle(at=at("2026-11-17 08:00"))
    assert first == 2 * Employee.objects.count()
    assert day_settling.settle(at=at("2026-11-17 08:15")) == 0
    people = Employee.objects.count()
    assert day_settling.settle(at=at("2026-11-17 17:15")) == people
    assert day_settling.settle(at=at("2026-11-17 17:30")) == 0


def test_a_punch_after_the_row_was_made_sets_the_days_policy_and_ends_the_absence(cast):
    day_settling.settle(at=at("2026-11-16 17:30"))
    punch = presented("2026-11-16 18:00", Door.KENJO)
    events.record(employee_id=cast.employee.employee_id, kind=PunchKind.TOGGLE, punch=punch)
    day = DaySummary.objects.get(employee=cast.employee.employee, work_date=DAY)
    assert (day.policy, day.status) == ("paired_day", "present")
    absent = DayException.objects.get(employee=cast.employee.employee, work_date=DAY, kind="absent")
    assert absent.resolved_at is not None


def test_a_day_left_early_is_short_once_it_is_over(cast):
    person = cast.employee.employee_id
    clocking.clock_in(employee_id=person, punch=presented("2026-11-16 09:00"))
    clocking.clock_out(employee_id=person, punch=presented("2026-11-16 12:00"))
    day = DaySummary.objects.get(employee=person)
    assert day.short_seconds == 0
    day_settling.settle(at=at("2026-11-16 17:01"))
    day.refresh_from_db()
    assert (day.short_seconds, day.status) == (4 * 3600, "present")


def test_each_person_is_absent_by_the_clock_of_her_own_zone(cast):
    Employee.objects.filter(pk=cast.colleague.employee_id).update(timezone="America/New_York")
    day_settling.settle(at=at("2026-11-16 18:00"))
    assert (status(cast.employee), status(cast.colleague)) == ("absent", "expected")
    assert not DaySummary.objects.filter(employee=cast.colleague.employee, work_date=NEXT).exists()
    day_settling.settle(at=at("2026-11-17 05:01"))
    assert status(cast.colleague) == "absent"


def test_nobody_is_absent_outside_employment_or_before_she_was_entered(cast):
    Employee.objects.filter(pk=cast.employee.employee_id).update(hired_at=NEXT)
    Employee.objects.filter(pk=cast.colleague.employee_id).update(ended_on=date(2026, 11, 15))
    Employee.objects.filter(pk=cast.outsider.employee_id).update(created_at=at("2026-11-17 10:00"))
    day_settling.settle(at=at("2026-11-17 18:00"))
    rows = set(DaySummary.objects.filter(work_date__in=[DAY, NEXT]).values_list("employee_id", "work_date"))
    assert {day for who, day in rows if who == cast.employee.employee_id} == {NEXT}
    assert {day for who, day in rows if who == cast.colleague.employee_id} == set()
    assert {day for who, day in rows if who == cast.outsider.employee_id} == {NEXT}


def test_an_organisation_that_never_punched_has_no_absences(cast, monkeypatch):
    monkeypatch.setattr(unsettled, "first_kept_day", lambda: None)
    assert day_settling.settle(at=at("2026-11-17 18:00"), days_back=14) == 0
    monkeypatch.undo()
    assert unsettled.first_kept_day() == date(2026, 11, 13)
    day_settling.settle(at=at("2026-11-17 18:00"), days_back=14)
    assert DaySummary.objects.order_by("work_date").first().work_date == date(2026, 11, 13)


def test_people_are_settled_page_by_page_with_a_constant_number_of_statements(cast, monkeypatch):
    monkeypatch.setattr(unsettled, "PAGE", 3)
    at_night = at("2026-11-16 23:00")
    pages = list(unsettled.pages(DAY, "Asia/Jakarta", ["", "Asia/Jakarta"], at_night))
    assert [len(page) for page in pages] == [3, 3, 2]
    ids = [employee_id for page in pages for employee_id in page]
    assert len(set(ids)) == 8
    spent = [statements_for(few, at_night) for few in (ids[:2], ids)]
    assert spent[0] == spent[1]


def statements_for(employee_ids, moment):
    with CaptureQueriesContext(connection) as spent:
        days.compute(days={employee_id: {DAY} for employee_id in employee_ids}, at=moment)
    return len(spent)


def test_a_punch_that_comes_while_a_day_is_computed_is_not_overwritten(cast, monkeypatch):
    """The stays were read before the punch, the row is written after it."""
    person, read = cast.employee.employee_id, days.stays_between

    def overtaken(*asked):
        found = read(*asked)
        monkeypatch.undo()
        clocking.clock_in(employee_id=person, punch=presented("2026-11-16 16:30"))
        return found

    monkeypatch.setattr(days, "stays_between", overtaken)
    assert days.compute(days={person: {DAY}}, at=at("2026-11-16 17:01")) == 1
    day = DaySummary.objects.get(employee=person)
    assert (day.status, day.policy, day.exceptions) == ("present", "state_machine", ["late"])
    assert not DayException.objects.filter(employee=person, kind="absent").exists()


def test_a_day_that_was_stored_and_then_punched_on_is_not_overwritten_either(cast, monkeypatch):
    person, read = cast.employee.employee_id, days.stays_between
    days.compute(days={person: {DAY}}, at=at("2026-11-16 08:00"))

    def overtaken(*asked):
        found = read(*asked)
        monkeypatch.undo()
        clocking.clock_in(employee_id=person, punch=presented("2026-11-16 16:30"))
        return found

    monkeypatch.setattr(days, "stays_between", overtaken)
    days.compute(days={person: {DAY}}, at=at("2026-11-16 17:01"))
    assert status(cast.employee) == "present"


def test_a_staging_table_left_by_another_version_is_left_alone(cast, monkeypatch):
    """As a pooler leaves it: the connection outlives the upgrade that gave the days another column."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE attendance_computed (id uuid) ON COMMIT DELETE ROWS")
    on = date(2026, 11, 17)
    assert compute_span([cast.employee.employee_id], on, on, as_of=at("2026-11-18 12:00")) == 1
    name = day_batches.stage_name()
    monkeypatch.setattr(DaySummary._meta.get_field("status"), "max_length", 99)
    assert day_batches.stage_name.__wrapped__() != name
