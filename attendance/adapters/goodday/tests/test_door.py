"""GoodDay's operations against the real services and a real database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext

from attendance.adapters.tests.calling import NATIVE, VendorClient, id_of, issued, rows
from attendance.models import Attendance, DaySummary, Punch
from attendance.services import vendor_keys
from hr.models import PeriodLock, WorkSite
from hr.tests import builders
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))
IN, OUT, CREATE = (f"/2.0/attendance-events/{act}" for act in ("clock-in", "clock-out", "create"))
EVENTS = "/2.0/attendance-events"


def client_with(secret: str, **more) -> VendorClient:
    return VendorClient("/compat/goodday", {"gd-api-token": secret}, **more)


@pytest.fixture
def key(cast):
    return issued("goodday", cast)


@pytest.fixture
def client(key):
    return client_with(key.secret)


@pytest.fixture
def ema(cast):
    return id_of("goodday", cast.employee)


@pytest.fixture
def office(db):
    return id_of("goodday", WorkSite.objects.create(name="Head office"), "site")


def at(text: str) -> datetime:
    """A wall clock of Jakarta as an instant."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def pair(ema, day="2025-07-18", first="08:00:00", last="17:00:00", **more):
    return {
        "date": day,
        "clockInTimestampUtc": f"{day}T{first}",
        "clockOutTimestampUtc": f"{day}T{last}",
        "userId": ema,
        **more,
    }


def test_a_clock_in_answers_with_the_event_as_it_was_written(client, cast, key, ema, office):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False):
        answer = client.post(IN, {"userId": ema, "comment": "Hello", "officeId": office}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200, answer.content
    event = answer.json()
    assert list(event) == DOCUMENTED["event_keys"]
    assert event == {
        "id": event["id"],
        "linkedAttendanceEventId": None,
        "userId": ema,
        "createByUserId": id_of("goodday", key.key.acts_as, "user"),
        "officeId": office,
        "date": "2026-11-16",
        "momentCreated": "2026-11-16T01:00:00.000000",
        "timestamp": "2026-11-16T01:00:00.000000",
        "ipAddress": "192.0.2.7",
        "type": "CLOCK-IN",
        "comment": "Hello",
    }
    punch = Punch.objects.get()
    assert (punch.door, punch.made_by_id, punch.employee_id) == (
        "goodday",
        key.key.acts_as_id,
        cast.employee.employee_id,
    )
    assert DaySummary.objects.get().status == "present"
    assert ActivityLog.objects.filter(action="attendance.clocked_in", user=key.key.acts_as).count() == 1


def test_what_was_not_sent_comes_back_as_null(client, ema):
    event = client.post(IN, {"userId": ema}).json()
    assert (event["comment"], event["officeId"]) == (None, None)


def test_a_clock_out_over_midnight_links_to_its_clock_in_and_takes_its_date(client, ema):
    with time_machine.travel(at("2026-11-16 22:00"), tick=False) as clock:
        first = client.post(IN, {"userId": ema}).json()
        clock.shift(timedelta(hours=8))
        second = client.post(OUT, {"userId": ema}).json()
    assert second["type"] == "CLOCK-OUT"
    assert second["linkedAttendanceEventId"] == first["id"] != second["id"]
    assert second["date"] == first["date"] == "2026-11-16"
    listed = rows(client.get(EVENTS, startDate="2026-11-16", endDate="2026-11-16"))
    assert [event["type"] for event in listed] == ["CLOCK-IN", "CLOCK-OUT"]
    assert listed[0]["linkedAttendanceEventId"] == second["id"]
    assert listed[1] == second


def test_the_date_of_a_live_punch_is_her_own_day_whatever_utc_says(client, cast, ema):
    with time_machine.travel(at("2026-11-16 05:00"), tick=False):
        event = client.post(IN, {"userId": ema}).json()
    assert (event["timestamp"], event["date"]) == ("2026-11-15T22:00:00.000000", "2026-11-16")


def test_the_date_of_a_live_punch_at_an_office_is_the_offices_day(client, cast, ema):
    office = id_of("goodday", WorkSite.objects.create(name="New York", timezone="America/New_York"), "site")
    with time_machine.travel(at("2026-11-16 05:00"), tick=False) as clock:
        event = client.post(IN, {"userId": ema, "officeId": office}).json()
        assert (event["timestamp"], event["date"]) == ("2026-11-15T22:00:00.000000", "2026-11-15")
        clock.shift(timedelta(hours=8))
        assert client.post(OUT, {"userId": ema}).json()["date"] == "2026-11-15"


def test_a_resent_clock_in_is_refused_and_writes_nothing(client, ema):
    assert client.post(IN, {"userId": ema}).status_code == 200
    again = client.post(IN, {"userId": ema})
    assert again.status_code == 400
    assert list(again.json()) == ["errorMessage"]
    assert Punch.objects.count() == 1


def test_a_clock_out_without_a_timer_is_refused(client, ema):
    answer = client.post(OUT, {"userId": ema})
    assert answer.status_code == 400 and "no running" in answer.json()["errorMessage"]


def test_the_timer_runs_several_times_a_day(client, ema):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        for path in (IN, OUT, IN, OUT):
            assert client.post(path, {"userId": ema}).status_code == 200
            clock.shift(timedelta(hours=1))
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_both_methods_write_and_forms_are_read(client, ema, method):
    answer = client.call(
        method, IN, raw=f"userId={ema}&comment=by+form", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["comment"] == "by form"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_forms_in_parts_are_read(client, ema, method):
    parts = encode_multipart("limit", {"userId": ema, "comment": "in parts"})
    answer = client.call(method, IN, raw=parts, content_type="multipart/form-data; boundary=limit")
    assert (answer.status_code, answer.json()["comment"]) == (200, "in parts")
    broken = client.call(method, OUT, raw=parts, content_type="multipart/form-data")
    assert (broken.status_code, list(broken.json())) == (400, ["errorMessage"])


def test_a_created_pair_is_as_documented_and_its_date_is_the_sent_one(client, ema, office):
    sent = pair(ema, officeId=office, clockInComment="Started shift", clockOutComment="Ended shift")
    answer = client.post(CREATE, sent)
    assert answer.status_code == 200, answer.content
    made = answer.json()
    assert "linkedAttendanceEventId" not in made["clockIn"]
    assert made["clockOut"]["linkedAttendanceEventId"] == made["clockIn"]["id"]
    assert made["clockIn"]["timestamp"] == "2025-07-18T08:00:00.000000"
    assert made["clockIn"]["momentCreated"] > "2026"
    assert [made[side]["date"] for side in ("clockIn", "clockOut")] == ["2025-07-18"] * 2
    assert [made[side]["comment"] for side in ("clockIn", "clockOut")] == ["Started shift", "Ended shift"]
    again = client.post(CREATE, sent)
    assert again.status_code == 400 and Attendance.objects.count() == 1


def test_a_suffix_means_utc_an_offset_is_converted_and_what_overlaps_is_refused(client, ema):
    sent = {
        **pair(ema),
        "clockInTimestampUtc": "2025-07-18T08:00:00Z",
        "clockOutTimestampUtc": "2025-07-19T00:00:00+07:00",
    }
    made = client.post(CREATE, sent).json()
    assert [made[side]["timestamp"][:19] for side in made] == ["2025-07-18T08:00:00", "2025-07-18T17:00:00"]
    for first, last in (
        ("07:00:00", "08:00:01"),
        ("16:59:59", "18:00:00"),
        ("07:00:00", "18:00:00"),
        ("09:00:00", "10:00:00"),
    ):
        refused = client.post(CREATE, pair(ema, first=first, last=last))
        assert refused.status_code == 400 and "already has attendance" in refused.json()["errorMessage"]
    assert client.post(CREATE, pair(ema, first="17:00:00", last="18:00:00")).status_code == 200
    for body in (pair(ema, first="20:00:00", last="20:00:00"), {**pair(ema), "userId": "Nobody"}, {}):
        assert client.post(CREATE, body).status_code in (400, 403)
    assert Attendance.objects.count() == 2


def test_a_pair_longer_than_any_shift_is_refused(client, ema):
    sent = {**pair(ema), "clockOutTimestampUtc": "2199-07-18T08:00:00"}
    assert client.post(CREATE, sent).status_code == 400
    assert not Punch.objects.exists()


@pytest.mark.parametrize("side", ["clockIn", "clockOut"])
def test_deleting_either_event_removes_the_pair_and_a_second_time_is_404(client, ema, side):
    made = client.post(CREATE, pair(ema)).json()
    answer = client.call("DELETE", f"{EVENTS}/{made[side]['id']}")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b'"Ok"', "application/json")
    assert rows(client.get(EVENTS, startDate="2025-07-18", endDate="2025-07-18")) == []
    for each in made.values():
        gone = client.call("DELETE", f"{EVENTS}/{each['id']}")
        assert gone.status_code == 404 and list(gone.json()) == ["errorMessage"]
    assert Punch.objects.filter(is_void=True).count() == 2


def test_deleting_an_open_clock_in_stops_the_timer(client, ema):
    made = client.post(IN, {"userId": ema}).json()
    assert client.call("DELETE", f"{EVENTS}/{made['id']}").status_code == 200
    assert client.post(IN, {"userId": ema}).status_code == 200


def test_bounds_are_inclusive_and_people_may_be_named_in_two_ways(client, cast, ema):
    otto = id_of("goodday", cast.outsider)
    for day in ("2025-07-17", "2025-07-18", "2025-07-19"):
        client.post(CREATE, pair(ema, day))
    client.post(CREATE, pair(otto, "2025-07-18", "09:00:00", "10:00:00"))
    days = {"startDate": "2025-07-17", "endDate": "2025-07-18"}
    assert len(rows(client.get(EVENTS, **days))) == 6
    assert {each["userId"] for each in rows(client.get(EVENTS, **days, userId=otto))} == {otto}
    both = rows(client.get(EVENTS, **days, userIds=otto, userId=ema))
    assert [each["timestamp"] for each in both] == sorted(each["timestamp"] for each in both)
    assert {each["userId"] for each in both} == {ema, otto}


def test_a_native_punch_is_seen_here_and_ours_there(client, cast, client_of, ema):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        client_of(cast.employee).post("/api/v1/attendances/clock-in", NATIVE)
        clock.shift(timedelta(hours=1))
        assert client.post(OUT, {"userId": ema}).status_code == 200
        shown = client_of(cast.employee).get("/api/v1/attendances").json()["data"]
    first, second = rows(client.get(EVENTS, startDate="2026-11-16", endDate="2026-11-16"))
    assert shown[0]["clock_out"] == "2026-11-16T02:00:00Z"
    assert first["createByUserId"] == ema != second["createByUserId"]


def test_nobody_is_403_and_no_office_is_400(client, ema):
    assert client.post(IN, {"userId": "Nobody"}).status_code == 403
    assert client.post(IN, {"userId": ema, "officeId": "Nowhere"}).status_code == 400
    assert client.post(IN, {}).status_code == 400
    assert client.get(EVENTS, startDate="2025-07-17", endDate="2025-07-18", userId="Nobody").status_code == 403
    assert not Punch.objects.exists()


def test_a_key_reaches_nobody_outside_its_scope(cast, client, ema, office):
    elsewhere = WorkSite.objects.create(name="Elsewhere")
    scope = vendor_keys.Scope(employee_ids=[cast.outsider.employee_id], site_ids=[elsewhere.pk])
    narrow, otto = client_with(issued("goodday", cast, scope=scope).secret), id_of("goodday", cast.outsider)
    made = client.post(CREATE, pair(ema)).json()
    days = {"startDate": "2025-07-18", "endDate": "2025-07-18"}
    for act in (IN, OUT):
        assert narrow.post(act, {"userId": ema}).status_code == 403
    assert narrow.post(CREATE, pair(ema, "2025-07-19")).status_code == 403
    assert narrow.call("DELETE", f"{EVENTS}/{made['clockIn']['id']}").status_code == 404
    assert rows(narrow.get(EVENTS, **days)) == []
    assert narrow.get(EVENTS, **days, userIds=f"{otto},{ema}").status_code == 403
    assert [each["id"] for each in rows(narrow.get("/2.0/users"))] == [otto]
    assert narrow.get(f"/2.0/user/{ema}").status_code == 404
    assert [each["name"] for each in rows(narrow.get("/2.0/offices"))] == ["Elsewhere"]
    assert narrow.post(IN, {"userId": otto, "officeId": office}).status_code == 400


@pytest.mark.parametrize(
    ("scope_of", "reached"),
    [
        (lambda cast: {"scope": vendor_keys.Scope(department_ids=[cast.engineering.pk])}, {"employee", "colleague"}),
        (lambda cast: {"scope": vendor_keys.Scope(department_ids=[cast.platform.pk])}, {"colleague"}),
        (lambda cast: {"employee": cast.outsider.employee}, {"outsider"}),
        (lambda cast: {}, {"employee", "colleague", "outsider"}),
    ],
    ids=["department", "sub-department", "one person", "everybody"],
)
def test_a_punch_is_made_for_exactly_those_a_key_reaches(cast, scope_of, reached):
    narrow = client_with(issued("goodday", cast, **scope_of(cast)).secret)
    for who in ("employee", "colleague", "outsider"):
        answer = narrow.post(IN, {"userId": id_of("goodday", getattr(cast, who))})
        assert answer.status_code == (200 if who in reached else 403), who


def test_a_locked_period_refuses_what_is_told_later_but_never_a_live_punch(client, cast, ema):
    made = client.post(CREATE, pair(ema)).json()
    PeriodLock.objects.create(first_on=date(2025, 7, 1), last_on=date(2100, 1, 1), locked_by=cast.payroll)
    refused = [
        client.post(CREATE, pair(ema, "2025-07-20")),
        client.call("DELETE", f"{EVENTS}/{made['clockIn']['id']}"),
    ]
    for answer in refused:
        assert answer.status_code == 400 and "locked" in answer.json()["errorMessage"]
    assert client.post(IN, {"userId": ema}).status_code == 200


def test_people_are_shown_with_their_place_and_superior(client, cast, ema):
    listed = {each["name"].split()[0]: each for each in rows(client.get("/2.0/users"))}
    assert list(listed["Ema"]) == DOCUMENTED["user_keys"]
    assert listed["Ema"]["reportsToUserId"] == listed["Budi"]["reportsToUserId"] == id_of("goodday", cast.manager)
    assert listed["Mona"]["reportsToUserId"] is None
    assert (listed["Sara"]["isAdmin"], listed["Mona"]["companyRole"]) == (True, "Manager")
    assert rows(client.get(f"/2.0/user/{ema}")) == listed["Ema"]


def test_the_lists_cost_the_same_however_long_they_are(client, cast, ema):
    def cost():
        with CaptureQueriesContext(connection) as spent:
            rows(client.get("/2.0/users"))
            rows(client.get(EVENTS, startDate="2025-07-01", endDate="2025-07-31"))
        return len(spent)

    client.post(CREATE, pair(ema, "2025-07-01"))
    cost()
    before = cost()
    for day in range(2, 8):
        client.post(CREATE, pair(ema, f"2025-07-0{day}"))
        id_of("goodday", builders.employee())
    assert cost() == before


@pytest.mark.django_db(transaction=True)
def test_a_clock_in_costs_at_most_two_statements_more_than_the_native_one(client, cast, client_of, ema, office):
    native = client_of(cast.outsider)
    client.post(IN, {"userId": id_of("goodday", cast.colleague)})
    for own, theirs in (("clock-in", IN), ("clock-out", OUT)):
        with CaptureQueriesContext(connection) as spent:
            assert native.post(f"/api/v1/attendances/{own}", NATIVE).status_code in (200, 201)
        with CaptureQueriesContext(connection) as vendor:
            assert client.post(theirs, {"userId": ema, "officeId": office}).status_code == 200
        assert len(vendor) <= len(spent) + 2, [query["sql"][:90] for query in vendor]
