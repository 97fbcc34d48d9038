"""Stays split at midnight: the rest of the night is the next day's time as soon as the stay says so, whoever told it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from attendance.models import Attendance, DaySummary
from attendance.rules.punches import Door
from attendance.services import clocking, pairs, sync
from attendance.tests.builders import at, compute_span, presented
from hr.models import Setting
from hr.tests import builders, timetable
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db
EVENING, MORNING = date(2026, 11, 17), date(2026, 11, 18)
HOUR = 3600


def attribute(policy):
    if not Setting.objects.update(work_date_policy=policy):
        builders.setting(work_date_policy=policy)


@pytest.fixture
def person(cast):
    attribute("split")
    nights = timetable.schedule("Nights", weekdays=tuple(range(7)), hours=(time(22), time(6)))
    timetable.assign(nights, employee=cast.employee.employee)
    return cast.employee.employee_id


def presence():
    """Seconds of presence by day."""
    rows = DaySummary.objects.filter(work_date__in=(EVENING, MORNING)).order_by("work_date")
    return [row.worked_seconds + row.break_seconds for row in rows]


def test_the_rest_of_a_night_counts_on_the_next_day_with_the_clock_out(person):
    clocking.clock_in(employee_id=person, punch=presented("2026-11-17 22:00"))
    clocking.clock_out(employee_id=person, punch=presented("2026-11-18 06:00"))
    assert presence() == [2 * HOUR, 6 * HOUR]
    morning = DaySummary.objects.get(work_date=MORNING)
    assert (morning.policy, morning.first_in_at, morning.status) == ("", None, "expected")


def test_what_is_taken_back_leaves_both_days(person):
    clocking.clock_in(employee_id=person, punch=presented("2026-11-17 22:00"))
    clocking.clock_out(employee_id=person, punch=presented("2026-11-18 06:00"))
    pairs.void(attendance_id=Attendance.objects.get().pk, by=presented("2026-11-18 08:00"), reason="wrong")
    assert presence() == [0, 0]


def test_a_night_told_later_reaches_both_days(cast, person):
    body = {
        "employee_id": str(person), "clock_in": at("2026-11-17 22:00").isoformat(), "source": "offline",
        "clock_out": at("2026-11-18 06:00").isoformat(),
        **dict.fromkeys(("location", "device_id", "photo_url", "lat", "lng", "location_accuracy")),
    }  # fmt: skip
    now = datetime(2026, 11, 19, tzinfo=UTC)
    job = sync.accept(records=[sync.Told("a", body)], by=cast.hr, at=now, day=now.date())
    jobs.run(job_id=job.pk)
    assert presence() == [2 * HOUR, 6 * HOUR]


@pytest.mark.parametrize("before", ["start", "end", "most_hours"])
def test_a_night_kept_under_another_policy_is_split_whole_and_given_back_whole(person, before):
    attribute(before)
    clocking.clock_in(employee_id=person, punch=presented("2026-11-17 22:00"))
    clocking.clock_out(employee_id=person, punch=presented("2026-11-18 06:00"))
    whole = [8 * HOUR, 0] if before == "start" else [0, 8 * HOUR]
    for policy, expected in (("split", [2 * HOUR, 6 * HOUR]), (before, whole), ("split", [2 * HOUR, 6 * HOUR])):
        attribute(policy)
        for span in ((date(2026, 11, 16), date(2026, 11, 19)), (EVENING, EVENING), (MORNING, MORNING)):
            compute_span([person], *span, as_of=at("2026-11-20 12:00"))
            if span[0] < EVENING:
                assert presence() == expected, policy
        assert presence() == expected, policy


@pytest.mark.parametrize("policy", ["start", "end"])
def test_a_night_split_first_belongs_to_its_evening_under_any_policy(person, policy):
    clocking.clock_in(employee_id=person, punch=presented("2026-11-17 22:00"))
    clocking.clock_out(employee_id=person, punch=presented("2026-11-18 06:00"))
    attribute(policy)
    compute_span([person], EVENING, MORNING, as_of=at("2026-11-20 12:00"))
    assert presence() == [8 * HOUR, 0]


@pytest.mark.parametrize("own", [date(2026, 11, 16), EVENING, MORNING])
def test_a_night_whose_door_names_its_day_is_split_by_the_clock(person, own):
    into = presented("2026-11-17 22:00", Door.GOODDAY, work_date=own)
    pairs.record(employee_id=person, punch=into, out=presented("2026-11-18 06:00", Door.GOODDAY))
    assert presence() == [2 * HOUR, 6 * HOUR]
    for day in (EVENING, MORNING):
        compute_span([person], day, day, as_of=at("2026-11-20 12:00"))
    assert presence() == [2 * HOUR, 6 * HOUR]
