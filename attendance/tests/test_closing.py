"""Forgotten outs, and days that change because hr changed something."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import Attendance, DaySummary
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


def test_a_lock_shows_in_the_days_at_once(cast):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 09:00"))
    day = date(2026, 11, 16)
    made = period_locks.lock(
        employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=at("2026-11-18 09:00")
    )
    assert DaySummary.objects.get().is_locked
    period_locks.release(lock=made, by=cast.hr, at=at("2026-11-18 10:00"))
    assert not DaySummary.objects.get().is_locked
