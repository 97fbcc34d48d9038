"""The host's own zone means nothing: the same person's days come out wherever the server stands."""

from __future__ import annotations

import time
import warnings
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from attendance.models import Attendance, DaySummary
from attendance.services import clocking, sync
from attendance.tests.builders import at, presented, wall
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def host(request, monkeypatch):
    """The process's zone, put back afterwards; a time without a zone is an error."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*naive datetime.*")
        yield
    monkeypatch.undo()
    time.tzset()


def offline(user, start, end):
    blank = dict.fromkeys(("location", "device_id", "photo_url", "lat", "lng", "location_accuracy"))
    body = {"employee_id": str(user.employee_id), "source": "offline", **blank}
    body |= {"clock_in": at(start).isoformat(), "clock_out": at(end).isoformat()}
    day = at(end)
    jobs.run(job_id=sync.accept(records=[sync.Told("c1", body)], by=user, at=day, day=day.date()).pk)


def test_a_host_clock_that_jumps_makes_no_second_day_and_no_negative_time(cast, client_of):
    body = {"lat": -6.2088, "lng": 106.8456, "location": "HQ"}

    def sent(act, clock):
        with time_machine.travel(at(f"2026-11-16 {clock}"), tick=False):
            return client_of(cast.employee).post(f"/api/v1/attendances/clock-{act}", body).status_code

    assert sent("in", "09:00") == 201
    # An hour back: neither an in nor an out before the in that is known; then an hour ahead.
    assert [sent("out", "08:30"), sent("in", "08:30"), sent("in", "10:00"), sent("out", "17:00")] == [
        409,
        409,
        409,
        200,
    ]
    assert [row.clock_out - row.clock_in for row in Attendance.objects.all()] == [timedelta(hours=8)]
    assert DaySummary.objects.get().worked_seconds == 7 * 3600


def test_the_hosts_own_zone_changes_nothing(cast, host, client_of):
    ema = cast.employee.employee_id
    clocking.clock_in(employee_id=ema, punch=presented("2026-11-16 23:59"))
    clocking.clock_out(employee_id=ema, punch=presented("2026-11-17 07:30"))
    clocking.clock_in(employee_id=ema, punch=presented("2026-11-18 00:00"))
    clocking.clock_out(employee_id=ema, punch=presented("2026-11-18 06:00"))
    offline(cast.employee, "2026-11-19 08:00", "2026-11-19 16:00")
    with time_machine.travel(at("2026-11-20 00:30"), tick=False):
        call_command("recompute_days", "--from", "2026-11-16", "--to", "2026-11-20")
        shown = client_of(cast.employee).get("/api/v1/attendances/today").json()
    days = DaySummary.objects.filter(employee=ema).order_by("work_date")
    assert [(f"{day.work_date:%d}", day.worked_seconds // 60, day.status) for day in days] == [
        ("16", 391, "present"), ("17", 0, "absent"), ("18", 300, "present"), ("19", 420, "present"), ("20", 0, "expected"),
    ]  # fmt: skip
    stays = Attendance.objects.order_by("clock_in")
    assert [wall(row.clock_in) for row in stays] == ["11-16 23:59", "11-18 00:00", "11-19 08:00"]
    assert (shown["work_date"], shown["schedule"]["starts_at"]) == ("2026-11-20", "2026-11-20T02:00:00Z")
