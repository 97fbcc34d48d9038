"""Whatever mixture of live punches and offline batches wrote them: days are what their stays come to when read again."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attendance.models import DayException, DaySummary
from attendance.rules.work_dates import DayAttribution, days_given_time
from attendance.selectors import stays
from attendance.services import days
from attendance.tests.test_sync_among_live import World, steps
from hr.tests import builders

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)
POLICIES = {"split": DayAttribution.SPLIT_AT_MIDNIGHT} | {
    name: DayAttribution(name) for name in ("start", "end", "most_hours")
}


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@example([("live", 18), ("live", 18)], "split")  # from four in the afternoon to one in the morning
@example([("batch", [(0, 20, 20)]), ("batch", [(0, 20, 20), (1, 80, None)])], "split")
@given(st.lists(steps, min_size=1, max_size=8), st.sampled_from(sorted(POLICIES)))
def test_days_written_with_punches_and_batches_are_those_computed_from_the_stays(cast, told, policy):
    with transaction.atomic():
        builders.setting(work_date_policy=policy)
        world = World(cast)
        for kind, what in told:
            world.live_punch(what) if kind == "live" else world.batch(what)
        person = world.person.pk
        before = told_by_days(person)
        for row in list(DaySummary.objects.filter(employee=person)):
            days.compute(days={person: {row.work_date}}, at=row.updated_at)
        assert told_by_days(person) == before
        mine = stays.of_days([person], FIRST, LAST)[person]
        assert days_given_time(mine, POLICIES[policy]) <= before.keys()
        shown = {(on, kind) for on, values in before.items() for kind in values[-1]}
        still_open = DayException.objects.filter(employee=person, resolved_at=None)
        assert shown == set(still_open.values_list("work_date", "kind"))
        transaction.set_rollback(True)


def told_by_days(person):
    names = (
        "worked_seconds",
        "break_seconds",
        "first_in_at",
        "last_out_at",
        "status",
        "counters",
        "overtime",
        "exceptions",
    )
    return {row.work_date: [getattr(row, name) for name in names] for row in DaySummary.objects.filter(employee=person)}
