"""Overtime: counted without approval or only with it, decided through the one engine; and the overtime of weeks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from attendance.models import DaySummary
from attendance.selectors import counters, weekly_overtime
from attendance.services import clocking, days, overtime
from attendance.tests.builders import at, presented
from hr.models import ApprovalRequest, Setting
from hr.services import approvals, period_locks
from peoplesync.core.models import Notification
from peoplesync.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)
LATER = at("2026-11-18 09:00")


def worked(user, day="2026-11-16", last="19:00"):
    person = user.employee_id
    clocking.clock_in(employee_id=person, punch=presented(f"{day} 09:00"))
    clocking.clock_out(employee_id=person, punch=presented(f"{day} {last}"))
    return DaySummary.objects.get(employee=person, work_date=day)


def counted(day):
    day.refresh_from_db()
    return day.counted_overtime


def test_overtime_counts_at_once_where_nobody_must_approve_it(cast):
    Setting.objects.update(overtime_needs_approval=False)
    day = worked(cast.employee)
    assert day.counted_overtime == day.overtime == {"weekday": 7200}
    assert overtime.ask(at=LATER) == 0


def test_overtime_waits_and_its_nearest_managers_are_asked_once(cast):
    days_of = [worked(user) for user in (cast.employee, cast.colleague)]
    assert days_of[0].overtime == {"weekday": 7200} and days_of[0].counted_overtime == {}
    assert overtime.ask(at=at("2026-11-16 23:00")) == 0
    assert overtime.ask(at=LATER) == 2
    assert overtime.ask(at=LATER) == 0
    assert Notification.objects.get().title == "To decide: 2 day(s) of overtime"
    waiting = ApprovalRequest.objects.get(subject_id=days_of[0].pk)
    approvals.decide(request=waiting, is_approval=True, by=cast.manager, at=LATER)
    assert counted(days_of[0]) == {"weekday": 7200}
    told = Notification.objects.get(user=cast.employee)
    assert told.title == "Overtime of Ema, 2026-11-16: 2:00 hours: approved"


def test_overtime_is_asked_about_also_where_nobody_has_saved_settings(cast):
    day = worked(cast.employee)
    Setting.objects.all().delete()
    assert (counted(day), overtime.ask(at=LATER)) == ({}, 1)


def test_a_part_may_be_approved_and_survives_a_computation(cast):
    day = worked(cast.employee)
    overtime.decide(day=day, is_approval=True, seconds=3600, by=cast.manager, at=LATER)
    assert counted(day) == {"weekday": 3600}
    days.compute(days={cast.employee.employee_id: {DAY}}, at=at("2026-11-18 10:00"))
    assert counted(day) == {"weekday": 3600}
    overtime.decide(day=day, is_approval=False, by=cast.hr, at=at("2026-11-18 11:00"))
    assert counted(day) == {}
    assert overtime.ask(at=at("2026-11-18 12:00")) == 0


def test_who_may_not_approve_overtime(cast):
    day, own = worked(cast.outsider), worked(cast.manager)
    for user, wanted in ((cast.manager, day), (cast.manager, own), (cast.payroll, day)):
        with pytest.raises(Forbidden):
            overtime.decide(day=wanted, is_approval=True, by=user, at=LATER)
    with pytest.raises(Invalid):
        overtime.decide(day=day, is_approval=True, seconds=7201, by=cast.hr, at=LATER)


def test_a_closed_day_keeps_its_overtime_as_it_is(cast):
    day = worked(cast.employee)
    overtime.ask(at=LATER)
    period_locks.lock(employee_id=None, first_on=DAY, last_on=DAY, reason="paid", by=cast.hr, at=LATER)
    with pytest.raises(Conflict):
        overtime.decide(day=day, is_approval=True, by=cast.manager, at=LATER)
    with pytest.raises(Conflict):
        approvals.decide(request=ApprovalRequest.objects.get(), is_approval=True, by=cast.manager, at=LATER)
    assert counted(day) == {}


def test_payrolls_counters_hold_what_was_approved(cast):
    day = worked(cast.employee)
    person = cast.employee.employee_id
    assert counters.of_window([person], DAY, DAY)[person]["overtime_minutes"] == 0
    overtime.decide(day=day, is_approval=True, by=cast.manager, at=LATER)
    found = counters.of_window([person], DAY, DAY)[person]
    assert (found["overtime_minutes"], found["weekday_overtime_minutes"]) == (120, 120)
    assert (found["present_days"], found["paid_days"], found["late_days"]) == (1, 1, 0)


def test_a_weeks_work_beyond_its_threshold_is_counted_in_the_window_its_sunday_lies_in(cast):
    Setting.objects.update(weekly_overtime_after_minutes=30 * 60)
    person = cast.employee.employee_id
    for number in range(16, 21):
        worked(cast.employee, f"2026-11-{number}", "17:00")
    worked(cast.employee, "2026-11-21", "12:00")  # a Saturday: overtime of the day
    window = date(2026, 11, 18), date(2026, 11, 22)
    assert weekly_overtime.seconds_of([person], *window) == {person: 5 * 3600}
    assert weekly_overtime.seconds_of([person], date(2026, 11, 16), date(2026, 11, 21)) == {}
    assert weekly_overtime.seconds_of([person], date(2026, 11, 23), date(2026, 11, 29)) == {}
    assert counters.of_window([person], *window)[person]["weekly_overtime_minutes"] == Decimal(300)
    Setting.objects.update(weekly_overtime_after_minutes=None)
    assert weekly_overtime.seconds_of([person], *window) == {}


def test_overtime_is_listed_and_decided_over_http_once_it_waits(cast, client_of, django_assert_num_queries):
    day, other = worked(cast.employee), worked(cast.outsider)
    manager = client_of(cast.manager)
    assert manager.get("/api/v1/overtime").json()["data"] == []
    overtime.ask(at=LATER)
    with django_assert_num_queries(3):  # the caller, the count, the rows
        (shown,) = manager.get("/api/v1/overtime").json()["data"]
    assert (shown["id"], shown["overtime"], shown["approved_seconds"]) == (str(day.pk), {"weekday": 7200}, None)
    address = f"/api/v1/overtime/{day.pk}/decide"
    for body in (
        {},
        {"status": "pending"},
        {"status": "approved", "seconds": 7201},
        {"status": "approved", "seconds": 0},
    ):
        assert manager.post(address, body).status_code == 400, body
    answer = manager.post(address, {"status": "approved", "seconds": 3600, "note": "The release"})
    assert answer.status_code == 200 and answer.json()["counted_overtime"] == {"weekday": 3600}
    assert manager.get("/api/v1/overtime").json()["data"] == []
    assert manager.post(address, {"status": "rejected"}).json()["approved_seconds"] == 0
    assert manager.post(f"/api/v1/overtime/{other.pk}/decide", {"status": "approved"}).status_code == 404
    assert client_of(cast.employee).post(address, {"status": "approved"}).status_code == 403


def test_overtime_of_a_closed_day_is_409(cast, client_of):
    day = worked(cast.employee)
    period_locks.lock(employee_id=None, first_on=DAY, last_on=DAY, reason="", by=cast.payroll, at=LATER)
    answer = client_of(cast.manager).post(f"/api/v1/overtime/{day.pk}/decide", {"status": "approved"})
    assert answer.status_code == 409 and "paula@example.com" in answer.json()["message"]
