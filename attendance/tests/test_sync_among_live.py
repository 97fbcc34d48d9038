"""Offline batches between live punches: nothing twice, nothing overlapping, every record answered, live stays stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import Attendance, Punch, SyncRecord
from attendance.rules.punches import Door
from attendance.services import clocking, sync
from attendance.services.presented import Presented
from hr.tests import builders
from peoplesync.core.models import Job
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import PeopleSyncError

DAWN = datetime(2026, 11, 16, tzinfo=UTC)
BATCH_AT = DAWN + timedelta(days=5)


def half_hour(number: int) -> datetime:
    return DAWN + timedelta(minutes=30 * number)


records = st.tuples(st.integers(0, 7), st.integers(0, 140), st.one_of(st.none(), st.integers(-1, 20)))
steps = st.one_of(
    st.tuples(st.just("live"), st.integers(1, 18)),
    st.tuples(st.just("batch"), st.lists(records, min_size=1, max_size=5)),
)


class World:
    """One person, her live clock and her phone that was offline."""

    def __init__(self, cast) -> None:
        self.person = builders.employee(department=cast.engineering)
        self.user = builders.user(employee=self.person)
        self.now, self.asked, self.live = DAWN, 0, {}

    def live_punch(self, ahead: int) -> None:
        self.now += timedelta(minutes=30 * ahead)
        punch = Presented(door=Door.NATIVE, at=self.now, received_at=self.now, made_by=self.user)
        try:
            row = clocking.toggle(employee_id=self.person.pk, punch=punch)
        except PeopleSyncError:
            return
        self.live[row.pk] = (row.clock_in, row.clock_out)

    def batch(self, told) -> None:
        body = [
            sync.Told(f"c{name}", {
                "employee_id": str(self.person.pk), "source": "offline", "clock_in": half_hour(start).isoformat(),
                "clock_out": None if length is None else half_hour(start + length).isoformat(),
                **dict.fromkeys(("location", "device_id", "photo_url", "lat", "lng", "location_accuracy")),
            })
            for name, start, length in told
        ]  # fmt: skip
        job = sync.accept(records=body, by=self.user, at=BATCH_AT, day=BATCH_AT.date())
        jobs.run(job_id=job.pk)
        assert Job.objects.get(pk=job.pk).status == "completed"
        self.asked += len(body)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=1, max_size=8))
def test_live_punches_and_offline_batches_in_any_mixture(cast, told):
    with transaction.atomic():
        world = World(cast)
        for kind, what in told:
            world.live_punch(what) if kind == "live" else world.batch(what)
        check(world)
        transaction.set_rollback(True)


def check(world: World) -> None:
    answers = SyncRecord.objects.filter(job__user=world.user)
    assert answers.count() == world.asked
    assert not answers.filter(state="").exists()
    rows = list(Attendance.objects.alive().filter(employee=world.person).order_by("clock_in"))
    closed = [row for row in rows if row.clock_out]
    for first, later in pairwise(closed):
        assert first.clock_out <= later.clock_in
    for row in rows:
        inside = [each for each in closed if each.pk != row.pk and each.clock_in < row.clock_in < each.clock_out]
        assert not inside
    assert sum(row.is_open for row in rows) <= 1
    ids = [row.client_id for row in rows if row.client_id]
    assert len(ids) == len(set(ids))
    kept = {row.pk: row for row in rows}
    for pk, (start, end) in world.live.items():
        assert pk in kept, "a live stay was displaced"
        assert kept[pk].clock_in == start
        assert end is None or kept[pk].clock_out == end
    told_twice = Punch.objects.filter(employee=world.person, client_id__isnull=False)
    assert told_twice.count() == told_twice.values("client_id", "kind").distinct().count()


@pytest.mark.django_db
def test_the_same_batch_under_five_jobs_is_one_set_of_stays(cast):
    world = World(cast)
    told = [(number, number * 24, 8) for number in range(6)]
    for _ in range(5):
        world.batch(told)
    assert Attendance.objects.alive().filter(employee=world.person).count() == 6
    states = SyncRecord.objects.filter(job__user=world.user).values_list("state", flat=True)
    assert sorted(states) == ["created"] * 6 + ["duplicate"] * 24
