"""Any mix of Kenjo's calls on two days is answered in its envelope and leaves entries that hold together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attendance.adapters.kenjo.tests.conftest import signed_in
from attendance.adapters.tests.calling import rows
from attendance.models import Punch
from attendance.services import vendor_ids, vendor_keys
from hr.tests import builders

TRACK, ENTRIES = "/api/v1/attendances/track-time", "/api/v1/attendances"
DAY = date(2021, 7, 1)
RANGE = {"from": "2021-06-30", "to": "2021-07-04"}
#: Whole hours, so that calls meet.
DAYS, HOURS, FLAGS = st.integers(0, 1), st.integers(0, 23), st.booleans()
CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("track"), DAYS, HOURS, FLAGS),
        st.tuples(st.just("create"), DAYS, HOURS, st.one_of(st.none(), HOURS), FLAGS),
        st.tuples(st.just("change"), st.integers(0, 5), HOURS, HOURS, FLAGS),
        st.tuples(st.just("delete"), st.integers(0, 5)),
    ),
    min_size=2,
    max_size=14,
)


def clock(hour):
    return f"{hour:02}:00:00"


class Caller:
    """One employee's calls; `told` are the instants whose track calls were accepted since anything was taken back."""

    def __init__(self):
        builders.setting(timezone="Asia/Jakarta")
        self.person = builders.employee()
        key = vendor_keys.issue(vendor="kenjo", name="any", by=None, at=datetime.now().astimezone())
        self.client = signed_in(key)
        self.user = vendor_ids.ensure_one(vendor="kenjo", kind="person", object_id=self.person.pk)
        self.told = set()

    def entries(self):
        return rows(self.client.get(ENTRIES, **RANGE))

    def do(self, verb, *arguments):
        answer = getattr(self, verb)(*arguments)
        if answer is not None:
            assert answer.status_code in (200, 201, 204, 400), answer.content
            assert answer.status_code != 400 or set(answer.json()) == {"code", "message"}

    def track(self, day, hour, is_overnight):
        at = f"{DAY + timedelta(days=day)}T{clock(hour)}"
        answer = self.client.post(TRACK, {"userId": self.user, "dateTime": at, "isOvernightShift": is_overnight})
        if answer.status_code == 201:
            self.told.add(at)
        return answer

    def create(self, day, start, end, is_overnight):
        body = {"userId": self.user, "date": str(DAY + timedelta(days=day)), "startTime": clock(start)}
        body |= {"isOvernightShift": is_overnight, **({"endTime": clock(end)} if end is not None else {})}
        return self.client.post(ENTRIES, body)

    def change(self, index, start, end, is_overnight):
        body = {"startTime": clock(start), "endTime": clock(end), "isOvernightShift": is_overnight}
        return self.on_one(index, "PUT", body)

    def delete(self, index):
        return self.on_one(index, "DELETE")

    def on_one(self, index, method, body=None):
        found = self.entries()
        if not found:
            return None
        self.told.clear()
        return self.client.call(method, f"{ENTRIES}/{found[index % len(found)]['_id']}", body)


class AnyCalls(TestCase):
    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(CALLS)
    def test_whatever_is_called_entries_never_overlap_and_no_accepted_punch_is_lost(self, calls):
        caller = Caller()
        for call in calls:
            caller.do(*call)
        found = caller.entries()
        assert [entry["startTime"] for entry in found] == sorted({entry["startTime"] for entry in found})
        for earlier, later in pairwise(found):
            assert earlier.get("endTime", earlier["startTime"]) <= later["startTime"], found
        for entry in found:
            assert caller.client.get(f"{ENTRIES}/{entry['_id']}").json() == entry
        bounds = {entry[side][:19] for entry in found for side in ("startTime", "endTime") if side in entry}
        assert caller.told <= bounds, (caller.told - bounds, found)
        assert Punch.objects.filter(employee=caller.person).count() <= 4 * len(calls)
