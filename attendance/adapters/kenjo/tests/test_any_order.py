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
#: One Jakarta day, to the minute.
MINUTES = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=7, unique=True)


def track(person, minute):
    at = DAY - timedelta(hours=7) + timedelta(minutes=minute)
    punch = Presented(door=Door.KENJO, at=at, received_at=DAY + timedelta(days=1), zone="Asia/Jakarta")
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
