"""Nights in which the clocks change, through the services: lengths are of instants, days are of the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from attendance.models import Attendance, DaySummary, Punch
from attendance.rules.punches import Door
from attendance.services import clocking
from attendance.services.presented import Presented
from hr.tests import timetable

pytestmark = pytest.mark.django_db


def wall(zone: str, text: str, fold: int = 0) -> datetime:
    """A wall clock of a zone as an instant; `fold` 1 is the second time the same clock shows."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def punch(act, employee, moment):
    return act(employee_id=employee.pk, punch=Presented(door=Door.NATIVE, at=moment, received_at=moment))


@pytest.fixture
def person(cast):
    return cast.employee.employee


@pytest.mark.parametrize(
    ("zone", "start", "end", "hours"),
    [
        ("Europe/Berlin", "2026-03-28T22:00", "2026-03-29T06:00", 7),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T06:00", 9),
        ("America/New_York", "2026-03-07T22:00", "2026-03-08T06:00", 7),
        ("America/New_York", "2026-10-31T22:00", "2026-11-01T06:00", 9),
        ("Australia/Lord_Howe", "2026-04-04T22:00", "2026-04-05T06:00", 8.5),
        ("Australia/Lord_Howe", "2026-10-03T22:00", "2026-10-04T06:00", 7.5),
        ("Asia/Jakarta", "2026-03-28T22:00", "2026-03-29T06:00", 8),
    ],
)
def test_a_night_shift_over_a_change_counts_the_hours_that_passed_on_the_evenings_date(
    cast, person, zone, start, end, hours
):
    person.timezone = zone
    person.save()
    timetable.assign(timetable.schedule("Nights", weekdays=tuple(range(7)), hours=(time(22), time(6))), employee=person)
    punch(clocking.clock_in, person, wall(zone, start))
    punch(clocking.clock_out, person, wall(zone, end))
    stay, evening = Attendance.objects.get(), date.fromisoformat(start[:10])
    assert (stay.clock_out - stay.clock_in).total_seconds() == hours * 3600
    assert stay.work_date == evening
    assert "overnight" in stay.flags
    day = DaySummary.objects.get(work_date=evening)
    assert day.worked_seconds + day.break_seconds == hours * 3600
    assert (day.scheduled_start_at, day.scheduled_end_at) == (wall(zone, start), wall(zone, end))
    assert (day.late_seconds, day.early_leave_seconds) == (0, 0)


@pytest.mark.parametrize(
    ("zone", "day", "first", "again"),
    [
        ("Europe/Berlin", "2026-10-25", "02:30", "02:30"),
        ("America/New_York", "2026-11-01", "01:30", "01:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "01:45"),
    ],
)
def test_a_clock_that_shows_twice_is_two_instants_in_their_order(cast, person, zone, day, first, again):
    person.timezone = zone
    person.save()
    punch(clocking.clock_in, person, wall(zone, f"{day}T{first}"))
    punch(clocking.clock_out, person, wall(zone, f"{day}T{again}", fold=1))
    stay = Attendance.objects.get()
    assert (stay.clock_out - stay.clock_in).total_seconds() == (1800 if "Lord" in zone else 3600)
    assert {str(each.work_date) for each in Punch.objects.all()} == {day}


@pytest.mark.parametrize(
    ("zone", "last_minute", "day_after"),
    [
        ("Europe/Berlin", "2026-10-25T23:59", "2026-10-26"),
        ("America/New_York", "2026-03-08T23:59", "2026-03-09"),
        ("Australia/Lord_Howe", "2026-10-04T23:59", "2026-10-05"),
    ],
)
def test_a_new_day_begins_at_the_walls_midnight_after_a_change(cast, person, zone, last_minute, day_after):
    person.timezone = zone
    person.save()
    punch(clocking.clock_in, person, wall(zone, last_minute))
    punch(clocking.clock_in, person, wall(zone, f"{day_after}T00:00"))
    days = [str(stay.work_date) for stay in Attendance.objects.order_by("clock_in")]
    assert days == [last_minute[:10], day_after]
    assert [stay.is_unfinished for stay in Attendance.objects.order_by("clock_in")] == [True, False]
