"""Any mix of GoodDay's calls over two days: the timer is as its calls left it, pairs link to each other and never overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attendance.adapters.tests.calling import VendorClient, rows
from attendance.services import vendor_ids, vendor_keys
from hr.tests import builders

EVENTS = "/2.0/attendance-events"
START = datetime(2026, 11, 16, 1, tzinfo=UTC)  # eight in Jakarta
HOURS = st.integers(0, 30)
#: Each call happens some hours after the one before.
CALLS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.one_of(
            st.tuples(st.just("in")),
            st.tuples(st.just("out")),
            st.tuples(st.just("create"), HOURS, st.integers(1, 9)),
            st.tuples(st.just("delete"), st.integers(0, 9)),
        ),
    ),
    min_size=2,
    max_size=14,
)


class Caller:
    """One user's calls beside what her timer must be: running since an event id, or not."""

    def __init__(self):
        builders.setting(
            timezone="Asia/Jakarta", maximum_stay_hours=72
        )  # longer than all calls take: nothing is forgotten
        person = builders.employee()
        key = vendor_keys.issue(vendor="goodday", name="any", by=None, at=START)
        self.client = VendorClient("/compat/goodday", {"gd-api-token": key.secret})
        self.user = vendor_ids.ensure_one(vendor="goodday", kind="person", object_id=person.pk)
        self.running = None

    def events(self):
        return rows(self.client.get(EVENTS, startDate="2026-11-10", endDate="2026-11-25", userId=self.user))

    def do(self, verb, *arguments):
        answer = getattr(self, f"_{verb}")(*arguments)
        if answer is not None:
            assert answer.status_code in (200, 400), answer.content
            assert answer.status_code == 200 or set(answer.json()) == {"errorMessage"}

    def _in(self):
        answer = self.client.post(f"{EVENTS}/clock-in", {"userId": self.user})
        if self.running:
            assert answer.status_code == 400
        elif answer.status_code == 200:
            assert answer.json()["type"] == "CLOCK-IN"
            self.running = answer.json()["id"]
        return answer

    def _out(self):
        answer = self.client.post(f"{EVENTS}/clock-out", {"userId": self.user})
        if self.running is None:
            assert answer.status_code == 400
        elif answer.status_code == 200:
            assert answer.json()["linkedAttendanceEventId"] == self.running
            self.running = None
        return answer

    def _create(self, hour, length):
        first, last = START - timedelta(hours=24 - hour), START - timedelta(hours=24 - hour - length)
        body = {"date": f"{first + timedelta(hours=7):%Y-%m-%d}", "userId": self.user}
        body |= {
            "clockInTimestampUtc": f"{first:%Y-%m-%dT%H:%M:%S}",
            "clockOutTimestampUtc": f"{last:%Y-%m-%dT%H:%M:%S}",
        }
        return self.client.post(f"{EVENTS}/create", body)

    def _delete(self, index):
        found = self.events()
        if not found:
            return None
        event = found[index % len(found)]
        if self.running in (event["id"], event["linkedAttendanceEventId"]):
            self.running = None
        return self.client.call("DELETE", f"{EVENTS}/{event['id']}")


def check(events, running):
    by_id = {event["id"]: event for event in events}
    assert len(by_id) == len(events)
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)
    open_ones = [event["id"] for event in events if event["linkedAttendanceEventId"] is None]
    assert open_ones == ([running] if running else [])
    for event in events:
        if event["linkedAttendanceEventId"]:
            other = by_id[event["linkedAttendanceEventId"]]
            assert (other["linkedAttendanceEventId"], other["date"]) == (event["id"], event["date"])
            assert {event["type"], other["type"]} == {"CLOCK-IN", "CLOCK-OUT"}
    spans = sorted(
        (
            event["timestamp"],
            by_id[event["linkedAttendanceEventId"]]["timestamp"] if event["linkedAttendanceEventId"] else "9",
        )
        for event in events
        if event["type"] == "CLOCK-IN"
    )
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans)), spans


class AnyCalls(TestCase):
    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(CALLS)
    def test_whatever_is_called_the_timer_and_the_pairs_hold_together(self, calls):
        with time_machine.travel(START, tick=False) as clock:
            caller = Caller()
            for hours, call in calls:
                clock.shift(timedelta(hours=hours, seconds=1))
                caller.do(*call)
            check(caller.events(), caller.running)
