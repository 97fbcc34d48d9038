"""Any order of the same punches gives the same entries: the promise of the re-paired day, with a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attendance.models import Attendance, DaySummary, Punch
from attendance.rules.punches import Door, PunchKind
from attendance.services import events
from attendance.services.presented import Presented
from hr.tests import builders

DAY = datetime(2021, 7, 1, tzinfo=UTC)
#: Two Jakarta days in steps of almost three hours, each punch with its overnight flag.
NIGHTS = st.lists(
    st.tuples(st.integers(0, 16).map(lambda step: step * 170), st.booleans()), min_size=2, max_size=6,
    unique_by=lambda each: each[0],
)  # fmt: skip
#: One Jakarta day, to the minute.
MINUTES = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=7, unique=True)


def track(person, minute, is_overnight=False):
    at = DAY - timedelta(hours=7) + timedelta(minutes=minute)
    told = {"zone": "Asia/Jakarta", "is_overnight": is_overnight}
    punch = Presented(door=Door.KENJO, at=at, received_at=DAY + timedelta(days=2), **told)
    events.record(employee_id=person.pk, kind=PunchKind.TOGGLE, punch=punch)


def stored(person):
    stays = Attendance.objects.alive().filter(employee=person).order_by("clock_in")
    days = DaySummary.objects.filter(employee=person).values_list("work_date", "worked_seconds", "first_in_at")
    return [(stay.clock_in, stay.clock_out, stay.work_date) for stay in stays], list(days)


class AnyOrder(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data(), MINUTES)
    def test_any_order_of_the_same_punches_ends_in_the_same_entries(self, data, minutes):
        builders.setting(timezone="Asia/Jakarta")
        shuffled = data.draw(st.permutations(minutes))
        repeated = data.draw(st.lists(st.sampled_from(minutes), max_size=3))
        one, other = builders.employee(), builders.employee()
        for minute in sorted(minutes):
            track(one, minute)
        for minute in [*shuffled, *repeated]:
            track(other, minute)
        assert stored(one) == stored(other)
        bounds = [moment for stay in stored(other)[0] for moment in stay[:2] if moment]
        assert len(bounds) == len(minutes)
        assert Punch.objects.filter(employee=other).count() == len(minutes), "a repeat was logged"

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data(), NIGHTS)
    def test_any_order_of_two_days_punches_with_flags_ends_in_the_same_entries(self, data, punches):
        builders.setting(timezone="Asia/Jakarta")
        shuffled = data.draw(st.permutations(punches))
        one, other = builders.employee(), builders.employee()
        for minute, is_overnight in sorted(punches):
            track(one, minute, is_overnight)
        for minute, is_overnight in [*shuffled, *shuffled[:2]]:
            track(other, minute, is_overnight)
        assert stored(one)[0] == stored(other)[0]
        worked = [{day: seconds for day, seconds, _ in stored(person)[1] if seconds} for person in (one, other)]
        assert worked[0] == worked[1]
        assert Punch.objects.filter(employee=other).count() == len(punches), "a repeat was logged"
