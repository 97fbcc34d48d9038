"""Several doors on one day: each line of the table in docs/adapters.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from attendance.adapters.tests.calling import NATIVE, VendorClient, headers_of, id_of
from attendance.models import Attendance
from hr.models import WorkSite

pytestmark = pytest.mark.django_db
DAY = "2026-11-16"
JAKARTA = timedelta(hours=7)
NATIVE_DAY = [("native", "in", "08:00"), ("native", "out", "17:00")]


def instant(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}:00+00:00") - JAKARTA


class Doors:
    """One employee's day through any door, on the wall clock of Jakarta."""

    def __init__(self, cast, client_of) -> None:
        self.cast, self.client_of = cast, client_of
        self.goodday = VendorClient("/compat/goodday", headers_of("goodday", cast))
        self.kenjo = VendorClient("/compat/kenjo", headers_of("kenjo", cast))
        self.workly = VendorClient("/compat/workly", headers_of("workly", cast))

        self.site = WorkSite.objects.create(name="Gate", is_for_everyone=True)

    def native(self, act, clock):
        return self.client_of(self.cast.employee).post(f"/api/v1/attendances/clock-{act}", NATIVE)

    def timer(self, act, clock):
        body = {"userId": id_of("goodday", self.cast.employee)}
        return self.goodday.post(f"/2.0/attendance-events/clock-{act}", body)

    def pair(self, first, last):
        start, end = (f"{instant(clock):%Y-%m-%dT%H:%M:%S}" for clock in (first, last))
        body = {"date": DAY, "clockInTimestampUtc": start, "clockOutTimestampUtc": end}
        body["userId"] = id_of("goodday", self.cast.employee)
        return self.goodday.post("/2.0/attendance-events/create", body)

    def track(self, _, clock):
        body = {"userId": id_of("kenjo", self.cast.employee), "dateTime": f"{DAY}T{clock}:00"}
        return self.kenjo.post("/api/v1/attendances/track-time", body)

    def event(self, act, clock):
        body = {"location_id": int(id_of("workly", self.site, "site")), "event_time": f"{DAY} {clock}:00"}
        body["employee_id"] = int(id_of("workly", self.cast.employee))
        return self.workly.post(f"/v1/times/clock{act}", body)

    def entry(self, first, last):
        body = {"userId": id_of("kenjo", self.cast.employee), "date": DAY}
        body |= {"startTime": f"{first}:00", "endTime": f"{last}:00"}
        return self.kenjo.post("/api/v1/attendances", body)


def stays():
    def shown(moment):
        return "open" if moment is None else f"{moment.astimezone(UTC) + JAKARTA:%H:%M}"

    rows = Attendance.objects.alive().order_by("clock_in")
    return [f"{shown(row.clock_in)}-{shown(row.clock_out)}" for row in rows]


@pytest.mark.parametrize(
    ("acts", "status", "expected"),
    [
        ([("native", "in", "08:00"), ("track", "", "12:00")], 201, ["08:00-12:00"]),
        ([("track", "", "08:00"), ("native", "out", "17:00")], 200, ["08:00-17:00"]),
        ([("track", "", "08:00"), ("timer", "in", "12:00")], 200, ["08:00-12:00"]),
        ([("native", "in", "08:00"), ("timer", "in", "09:00")], 400, ["08:00-open"]),
        (
            [
                ("native", "in", "08:00"),
                ("native", "out", "12:00"),
                ("timer", "in", "13:00"),
                ("timer", "out", "17:00"),
            ],
            200,
            ["08:00-12:00", "13:00-17:00"],
        ),
        ([("pair", "08:00", "12:00"), ("track", "", "13:00")], 201, ["08:00-12:00", "13:00-open"]),
        ([("entry", "08:00", "12:00"), ("pair", "11:00", "13:00")], 400, ["08:00-12:00"]),
        ([("native", "in", "08:00"), ("event", "in", "08:05")], 200, ["08:00-open"]),
        ([("native", "in", "08:00"), ("event", "in", "08:05"), ("event", "out", "17:00")], 200, ["08:00-17:00"]),
        ([*NATIVE_DAY, ("event", "in", "13:00")], 200, ["08:00-17:00"]),
        ([*NATIVE_DAY, ("event", "out", "13:00"), ("event", "out", "18:00")], 200, ["08:00-17:00"]),
        ([*NATIVE_DAY, ("track", "", "13:00")], 201, ["08:00-17:00"]),
        ([*NATIVE_DAY, ("pair", "13:00", "14:00")], 400, ["08:00-17:00"]),
        ([("timer", "in", "08:00"), ("timer", "out", "17:00"), ("event", "in", "13:00")], 200, ["08:00-17:00"]),
        ([("pair", "08:00", "17:00"), ("event", "in", "18:00")], 200, ["08:00-17:00", "18:00-open"]),
    ],
)
def test_the_table_of_mixed_doors(cast, client_of, acts, status, expected):
    with time_machine.travel(instant("06:00"), tick=False) as clock:
        doors = Doors(cast, client_of)
        for door, first, second in acts:
            clock.move_to(max(instant(second), datetime.now(UTC)))  # a punch may be told late
            answer = getattr(doors, door)(first, second)
        assert answer.status_code == status, answer.content
    assert stays() == expected


def test_a_clock_in_that_ended_a_stay_shows_the_clock_out_it_became(cast, client_of):
    with time_machine.travel(instant("06:00"), tick=False) as clock:
        doors = Doors(cast, client_of)
        clock.move_to(instant("08:00"))
        doors.track("", "08:00")
        clock.move_to(instant("12:00"))
        shown = doors.timer("in", "12:00").json()
    assert (shown["type"], shown["timestamp"]) == ("CLOCK-OUT", f"{DAY}T05:00:00.000000")
    assert shown["linkedAttendanceEventId"]
