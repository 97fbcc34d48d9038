"""The four doors as one table: a vendor's requests for the same acts, its envelopes, and how it shows and refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attendance.adapters.tests.calling import VendorClient, headers_of, id_of
from attendance.models import TimeClock, TimeClockEmployee
from hr.models import WorkSite

NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)  # noon in Jakarta
PAST = "2026-11-10"
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
    """`come` and `go` are punches at an instant; `late` tells a past day; `shown` reads who was there that day.

    `envelopes` are the key sets its refusals may have, `statuses` what it refuses with, `locked` its word for a closed day.
    """

    name: str
    come: Callable[[Any, datetime], Told]
    go: Callable[[Any, datetime], Told]
    late: Callable[[Any], Told]
    shown: Callable[[Any], Told]
    presence: Callable[[Any], int]
    envelopes: tuple[frozenset[str], ...]
    statuses: Mapping[str, int]
    locked: str


def goodday_come(cast: Any, at: datetime) -> Told:
    return Told("POST", "/2.0/attendance-events/clock-in", {"userId": id_of("goodday", cast.employee)})


def goodday_go(cast: Any, at: datetime) -> Told:
    return replace(goodday_come(cast, at), path="/2.0/attendance-events/clock-out")


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


def workly_go(cast: Any, at: datetime) -> Told:
    return replace(workly_come(cast, at), path="/v1/times/clockout")


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


def connecteam_go(cast: Any, at: datetime) -> Told:
    return replace(connecteam_come(cast, at), path=f"{_clock(cast)}/clock-out")


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
        "goodday", goodday_come, goodday_go, goodday_late, goodday_shown, len, envelopes("errorMessage"),
        {"locked": 400, "unreached": 403, "malformed": 400, "elsewhose": 403, "revoked": 401}, "locked",
    ),
    Vendor(
        "kenjo", kenjo_come, kenjo_come, kenjo_late, kenjo_shown, len, envelopes("code message"),
        {"locked": 400, "unreached": 400, "malformed": 400, "elsewhose": 400, "revoked": 401}, "locked",
    ),
    Vendor(
        "workly", workly_come, workly_go, workly_late, workly_shown, lambda shown: len(shown["items"]),
        envelopes("message code", "message code errors"),
        {"locked": 422, "unreached": 422, "malformed": 400, "elsewhose": 403, "revoked": 401}, "Период закрыт",
    ),
    Vendor(
        "connecteam", connecteam_come, connecteam_go, connecteam_late, connecteam_shown,
        lambda shown: sum(len(user["shifts"]) for user in shown["data"]["timeActivitiesByUsers"]),
        envelopes("detail", "details error path request_id", "error path request_id"),
        {"locked": 400, "unreached": 400, "malformed": 422, "elsewhose": 400, "revoked": 403}, "locked",
    ),
)  # fmt: skip
vendors = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)


def client_of_vendor(vendor: Vendor, cast: Any, **scope: Any) -> VendorClient:
    return VendorClient(f"/compat/{vendor.name}", headers_of(vendor.name, cast, **scope))


def send(client: VendorClient, told: Told, **more: Any) -> Any:
    return client.call(told.method, told.path, told.body, query=told.query, **more)


def check_envelope(vendor: Vendor, answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    assert frozenset(answer.json()) in vendor.envelopes
