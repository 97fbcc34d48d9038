"""Forgotten outs, and days that change because hr changed something."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import Attendance, DayException, DaySummary
from attendance.rules.punches import Door, PunchKind
from attendance.services import clocking, closing, events
from attendance.tests.builders import at, presented, wall
from hr.services import period_locks

pytestmark = pytest.mark.django_db


def test_an_open_stay_is_closed_at_the_scheduled_end_once_it_is_too_long(cast):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 09:00"))
    assert closing.close_forgotten(at=at("2026-11-17 00:59")) == 0
    assert closing.close_forgotten(at=at("2026-11-17 01:01")) == 1
    assert closing.close_forgotten(at=at("2026-11-17 01:02")) == 0
    stay = Attendance.objects.get()
    assert (wall(stay.clock_out), stay.reason, stay.flags) == ("11-16 17:00", "auto_closed", ["missing_out"])
    assert DaySummary.objects.get().exceptions == ["missing_out"]


def test_a_day_that_pairs_anew_keeps_its_forgotten_stay_without_an_end(cast):
    punch = presented("2026-11-16 09:00", Door.KENJO)
    events.record(employee_id=cast.employee.employee_id, kind=PunchKind.TOGGLE, punch=punch)
    assert closing.close_forgotten(at=at("2026-11-17 09:00")) == 1
    stay = Attendance.objects.get()
    assert (stay.clock_out, stay.is_unfinished) == (None, True)


def test_a_stay_forgotten_weeks_ago_is_settled_by_what_its_own_day_says(cast):
    """After an import of old punches, or when nothing was settled for long."""
    person, day = cast.employee.employee_id, date(2026, 11, 2)
    punch = presented("2026-11-02 10:00", Door.KENJO)
    events.record(employee_id=person, kind=PunchKind.TOGGLE, punch=punch)
    period_locks.lock(employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=at("2026-11-03 09:00"))
    assert closing.close_forgotten(at=at("2026-11-17 09:00")) == 1
    stay, row = Attendance.objects.get(), DaySummary.objects.get(work_date=day)
    assert (stay.clock_out, stay.is_unfinished) == (None, True)
    assert (row.policy, row.is_locked, row.exceptions) == ("paired_day", True, ["missing_out", "late"])
    assert DayException.objects.filter(work_date=day, resolved_at=None).count() == 2


def test_a_clock_in_after_weeks_leaves_what_the_forgotten_day_knows(cast):
    person, day = cast.employee.employee_id, date(2026, 11, 2)
    clocking.clock_in(employee_id=person, punch=presented("2026-11-02 10:00"))
    period_locks.lock(employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=at("2026-11-03 09:00"))
    clocking.clock_in(employee_id=person, punch=presented("2026-11-17 09:00"))
    old = Attendance.objects.order_by("clock_in").first()
    assert (wall(old.clock_out), old.reason) == ("11-02 17:00", "auto_closed")
    assert DaySummary.objects.get(work_date=day).is_locked


def test_a_lock_shows_in_the_days_at_once(cast):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 09:00"))
    day = date(2026, 11, 16)
    made = period_locks.lock(
        employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=at("2026-11-18 09:00")
    )
    assert DaySummary.objects.get().is_locked
    period_locks.release(lock=made, by=cast.hr, at=at("2026-11-18 10:00"))
    assert not DaySummary.objects.get().is_locked
