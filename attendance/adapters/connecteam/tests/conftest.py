"""The clocks, jobs and people that the vendor's documentation names, and a client with a key for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from attendance.adapters.tests.calling import VendorClient, issued
from attendance.models import TimeClock, TimeClockEmployee, TimeClockJob, WorkJob
from attendance.services import vendor_ids

NOON = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)  # in New York
CLOCK, STRICT_CLOCK, USER, JOB, SHIFT = 12345, 12346, 9170357, "job-123", "sched-shift-789"


def named(kind: str, row_id: Any, external_id: Any, by: Any = None) -> None:
    vendor_ids.set_id(
        vendor="connecteam", kind=kind, object_id=row_id, external_id=str(external_id), by=by, at=timezone.now()
    )


def clock_of(name: str, number: int, *people: Any, **values: Any) -> TimeClock:
    made = TimeClock.objects.create(name=name, timezone="America/New_York", **values)
    named("clock", made.pk, number)
    for person in people:
        TimeClockEmployee.objects.create(time_clock=made, employee_id=person)
    return made


def client_with(secret: str, **more: Any) -> VendorClient:
    return VendorClient("/compat/connecteam", {"X-API-KEY": secret}, **more)


@pytest.fixture
def place(cast: Any) -> SimpleNamespace:
    """Clock 12345 leaves jobs free, 12346 enforces them; `job-123` is on both, user 9170357 is the cast's employee."""
    ema = cast.employee.employee_id
    clock = clock_of("Front door", CLOCK, ema)
    strict = clock_of("Back door", STRICT_CLOCK, ema, requires_job=True)
    job = WorkJob.objects.create(name="Painting", code="P1")
    for each in (clock, strict):
        TimeClockJob.objects.create(time_clock=each, work_job=job)
    named("person", ema, USER)
    named("job", job.pk, JOB)
    return SimpleNamespace(ema=ema, clock=clock, strict=strict, job=job)


@pytest.fixture
def key(cast: Any) -> Any:
    return issued("connecteam", cast)


@pytest.fixture
def client(key: Any, place: Any) -> VendorClient:
    return client_with(key.secret)


@pytest.fixture
def at_noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
