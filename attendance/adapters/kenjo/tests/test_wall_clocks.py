"""Kenjo's times are the employee's wall clock: whatever door a stay came through, and only times the clock shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from attendance.adapters.kenjo.tests.test_door import ENTRIES, TRACK, entries
from attendance.rules.punches import Door
from attendance.services import pairs
from attendance.services.presented import Presented
from hr.models import Employee

pytestmark = pytest.mark.django_db


def test_a_stay_of_a_door_with_its_own_zone_is_shown_on_her_own_wall_clock(client, cast, ema):
    start = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)  # the 16th in New York, the 17th where she is
    told = {"received_at": start, "zone": "America/New_York"}
    row = pairs.record(
        employee_id=cast.employee.employee_id,
        punch=Presented(door=Door.CONNECTEAM, at=start, **told),
        out=Presented(door=Door.CONNECTEAM, at=start + timedelta(hours=8), **told),
    )
    assert entries(client, "2026-11-17", "2026-11-17") == ["2026-11-17T03:00:00/2026-11-17T11:00:00"]
    assert entries(client, "2026-11-16", "2026-11-16") == []
    path = f"{ENTRIES}/{row.pk.hex[:24]}"
    assert client.call("PUT", path, {"endTime": "12:00:00"}).json()["date"] == "2026-11-17"
    row.refresh_from_db()
    assert (row.clock_out, row.timezone) == (start + timedelta(hours=9), "America/New_York")


def test_a_time_that_the_clock_skips_is_not_valid(client, cast, ema):
    Employee.objects.filter(pk=cast.employee.employee_id).update(timezone="Europe/Berlin")
    for clock, status in (("02:30:00", 400), ("03:00:00", 201), ("01:59:59", 201)):
        answer = client.post(TRACK, {"userId": ema, "dateTime": f"2026-03-29T{clock}"})
        assert answer.status_code == status, answer.content
    assert "does not exist" in client.post(TRACK, {"userId": ema, "dateTime": "2026-03-29T02:00:00"}).json()["message"]
    told = {"userId": ema, "date": "2026-03-29", "startTime": "00:30:00", "endTime": "02:10:00"}
    assert client.post(ENTRIES, told).json()["message"].startswith("The param 'endTime' is not valid.")
