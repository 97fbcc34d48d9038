"""What all four doors owe, from one table: the vendor's path and body, its envelope, and how it shows and refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from attendance.adapters.registry import MOUNTS
from attendance.adapters.tests.calling import VendorClient, headers_of, id_of, rows
from attendance.models import Attendance, Punch, TimeClock, TimeClockEmployee
from attendance.services import vendor_keys
from hr.models import PeriodLock, WorkSite
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)  # noon in Jakarta
PAST = "2026-11-10"
NATIVE = {"lat": -6.2088, "lng": 106.8456, "location": "Office", "location_accuracy": 5}
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A request a test sends."""

    method: str
    path: str
    body: Body | None = None
    query: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Vendor:
    """`come` is a punch at an instant; `late` tells or changes a past day; `shown` reads who was there that day.

    `envelopes` are the key sets its refusals may have.
    """

    name: str
    come: Callable[[Any, datetime], Told]
    late: Callable[[Any], Told]
    shown: Callable[[Any], Told]
    presence: Callable[[Any], int]
    envelopes: tuple[frozenset[str], ...]
    statuses: Mapping[str, int]


def goodday_come(cast: Any, at: datetime) -> Told:
    return Told("POST", "/2.0/attendance-events/clock-in", {"userId": id_of("goodday", cast.employee)})


def goodday_late(cast: Any) -> Told:
    body = {
        "date": PAST,
        "clockInTimestampUtc": f"{PAST}T02:00:00",
        "clockOutTimestampUtc": f"{PAST}T09:00:00",
        "userId": id_of("goodday", cast.employee),
    }
    return Told("POST", "/2.0/attendance-events/create", body)


def goodday_shown(cast: Any) -> Told:
    return Told("GET", "/2.0/attendance-events", query={"startDate": "2026-11-16", "endDate": "2026-11-16"})


def kenjo_come(cast: Any, at: datetime) -> Told:
    wall = at + timedelta(hours=7)
    body = {"userId": id_of("kenjo", cast.employee), "dateTime": f"{wall:%Y-%m-%dT%H:%M:%S}"}
    return Told("POST", "/api/v1/attendances/track-time", body)


def kenjo_late(cast: Any) -> Told:
    body = {"userId": id_of("kenjo", cast.employee), "date": PAST, "startTime": "09:00:00", "endTime": "17:00:00"}
    return Told("POST", "/api/v1/attendances", body)


def kenjo_shown(cast: Any) -> Told:
    return Told("GET", "/api/v1/attendances", query={"from": "2026-11-16", "to": "2026-11-16"})


def _location(cast: Any) -> int:
    site, _ = WorkSite.objects.get_or_create(name="Everywhere", is_for_everyone=True)
    return int(id_of("workly", site, "site"))


def workly_come(cast: Any, at: datetime) -> Told:
    wall = at + timedelta(hours=7)
    body = {
        "location_id": _location(cast),
        "employee_id": int(id_of("workly", cast.employee)),
        "event_time": f"{wall:%Y-%m-%d %H:%M:%S}",
    }
    return Told("POST", "/v1/times/clockin", body)


def workly_late(cast: Any) -> Told:
    return workly_come(cast, datetime.fromisoformat(f"{PAST}T02:00:00+00:00"))


def workly_shown(cast: Any) -> Told:
    return Told("GET", "/v1/reports/at-work", query={"start_date": "2026-11-16", "end_date": "2026-11-16"})


def _clock(cast: Any) -> str:
    clock, _ = TimeClock.objects.get_or_create(name="Gate", timezone="Asia/Jakarta")
    TimeClockEmployee.objects.get_or_create(time_clock=clock, employee_id=cast.employee.employee_id)
    return f"/time-clock/v1/time-clocks/{id_of('connecteam', clock, 'clock')}"


def connecteam_come(cast: Any, at: datetime) -> Told:
    body = {"userId": int(id_of("connecteam", cast.employee)), "timestamp": int(at.timestamp())}
    return Told("POST", f"{_clock(cast)}/clock-in", body)


def connecteam_late(cast: Any) -> Told:
    start = datetime.fromisoformat(f"{PAST}T02:00:00+00:00").timestamp()
    ends = ({"timestamp": int(start) + seconds, "timezone": "Asia/Jakarta"} for seconds in (0, 3600))
    shift = dict(zip(("start", "end"), ends, strict=True))
    user = {"userId": int(id_of("connecteam", cast.employee)), "shifts": [shift]}
    return Told("POST", f"{_clock(cast)}/time-activities", {"timeActivities": [user]})


def connecteam_shown(cast: Any) -> Told:
    query = {"startDate": "2026-11-16", "endDate": "2026-11-16"}
    return Told("GET", f"{_clock(cast)}/time-activities", query=query)


def envelopes(*keys: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in keys)


VENDORS = (
    Vendor(
        "goodday", goodday_come, goodday_late, goodday_shown, len, envelopes("errorMessage"),
        {"locked": 400, "unreached": 403, "malformed": 400},
    ),
    Vendor(
        "kenjo", kenjo_come, kenjo_late, kenjo_shown, len, envelopes("code message"),
        {"locked": 400, "unreached": 400, "malformed": 400},
    ),
    Vendor(
        "workly", workly_come, workly_late, workly_shown, lambda shown: len(shown["items"]),
        envelopes("message code", "message code errors"), {"locked": 422, "unreached": 422, "malformed": 400},
    ),
    Vendor(
        "connecteam", connecteam_come, connecteam_late, connecteam_shown,
        lambda shown: sum(len(user["shifts"]) for user in shown["data"]["timeActivitiesByUsers"]),
        envelopes("detail", "details error path request_id", "error path request_id"),
        {"locked": 400, "unreached": 400, "malformed": 422},
    ),
)  # fmt: skip
vendors = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def client_of_vendor(vendor: Vendor, cast: Any, **scope: Any) -> VendorClient:
    return VendorClient(f"/compat/{vendor.name}", headers_of(vendor.name, cast, **scope))


def send(client: VendorClient, told: Told, **more: Any) -> Any:
    return client.call(told.method, told.path, told.body, query=told.query, **more)


def check_envelope(vendor: Vendor, answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    assert frozenset(answer.json()) in vendor.envelopes


def test_the_table_names_every_mount():
    assert {vendor.name for vendor in VENDORS} == {mount.name for mount in MOUNTS}


@vendors
def test_the_path_is_verbatim_a_doubled_slash_is_one_and_nothing_redirects(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    check_envelope(vendor, send(client, Told(told.method, told.path + "/", told.body)), 404)
    assert not Punch.objects.exists()
    doubled = "/" + told.path.replace("/", "//", 2)
    assert send(client, Told(told.method, doubled, told.body)).status_code in (200, 201)
    assert Punch.objects.count() == 1


@vendors
def test_every_refusal_is_in_the_vendors_own_envelope(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    check_envelope(vendor, client.call("POST", told.path, raw=b"{"), vendor.statuses["malformed"])
    check_envelope(vendor, client.call("POST", told.path, raw=b"<a/>", content_type="application/xml"), 415)
    check_envelope(vendor, client.call("PATCH", told.path, {}), 405)
    check_envelope(vendor, client.call("POST", told.path, told.body, headers={}), 401)
    check_envelope(vendor, client.post("/nowhere", {}), 404)


@vendors
def test_keys_nobody_documented_are_ignored(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    surprised = Told(told.method, told.path, {**(told.body or {}), "surprise": {"deep": [1]}}, {"limit": "9"})
    assert send(client, surprised).status_code in (200, 201)


@vendors
def test_a_resent_punch_is_one_punch_and_one_stay(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    answers = [send(client, told) for _ in range(3)]
    assert answers[0].status_code in (200, 201)
    assert all(answer.status_code < 500 for answer in answers)
    assert (Punch.objects.count(), Attendance.objects.alive().count()) == (1, 1)


@vendors
def test_a_punch_is_seen_through_every_other_door_and_in_the_log(vendor, cast, client_of):
    assert send(client_of_vendor(vendor, cast), vendor.come(cast, NOON)).status_code in (200, 201)
    (seen,) = client_of(cast.employee).get("/api/v1/attendances").json()["data"]
    assert (seen["clock_in"], seen["clock_out"]) == ("2026-11-16T05:00:00Z", None)
    for other in VENDORS:
        shown = rows(send(client_of_vendor(other, cast), other.shown(cast)))
        assert other.presence(shown) == 1, other.name
    punch = Punch.objects.get()
    assert (punch.door, str(punch.evidence.observed_ip)) == (vendor.name, "127.0.0.1")
    assert ActivityLog.objects.filter(action__startswith="attendance.", user=punch.made_by_id).count() == 1


@vendors
def test_a_native_punch_is_seen_through_the_door(vendor, cast, client_of):
    assert client_of(cast.employee).post("/api/v1/attendances/clock-in", NATIVE).status_code == 201
    assert vendor.presence(rows(send(client_of_vendor(vendor, cast), vendor.shown(cast)))) == 1


@vendors
def test_a_locked_period_is_refused_in_the_vendors_words_and_a_live_punch_is_not(vendor, cast):
    client = client_of_vendor(vendor, cast)
    PeriodLock.objects.create(first_on=date(2026, 11, 1), last_on=date(2026, 11, 30), locked_by=cast.payroll)
    check_envelope(vendor, send(client, vendor.late(cast)), vendor.statuses["locked"])
    assert not Punch.objects.exists()
    assert send(client, vendor.come(cast, NOON)).status_code in (200, 201)


@vendors
def test_what_is_told_late_is_taken_while_the_period_is_open(vendor, cast):
    assert send(client_of_vendor(vendor, cast), vendor.late(cast)).status_code in (200, 201)
    assert str(Attendance.objects.get().work_date) == PAST


@vendors
def test_a_key_may_nothing_beyond_its_scope(vendor, cast):
    scope = vendor_keys.Scope(employee_ids=[cast.outsider.employee_id])
    narrow = client_of_vendor(vendor, cast, scope=scope)
    for told in (vendor.come(cast, NOON), vendor.late(cast)):
        check_envelope(vendor, send(narrow, told), vendor.statuses["unreached"])
    assert not Punch.objects.exists()
    send(client_of_vendor(vendor, cast), vendor.come(cast, NOON))
    assert vendor.presence(rows(send(narrow, vendor.shown(cast)))) == 0


@vendors
def test_a_leaver_is_refused(vendor, cast):
    person = cast.employee.employee
    person.ended_on = date(2026, 11, 1)
    person.save()
    client = client_of_vendor(vendor, cast)
    assert 400 <= send(client, vendor.come(cast, NOON)).status_code < 500
    assert not Attendance.objects.exists()
