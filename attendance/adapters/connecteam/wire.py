"""PURE. Clocking in and out: the requests, the shift and its points, the clocks, the account.

Breaks, activities, timesheets, geofences, jobs and tokens have a `wire_*.py` each. Whether a punch is allowed is the
attendance services' business, except the vendor's own rule on how old a sent timestamp may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam import refusals
from attendance.adapters.connecteam.fields import Fields, Problems, path_integer
from peoplesync.kernel.dates import is_zone_name

#: How far back a punch may be sent: exactly this old still passes, a second more does not.
OLDEST_PUNCH = timedelta(hours=12)


@dataclass(frozen=True)
class Location:
    """Where a punch says it was made; every part optional, degrees as decimals, no range declared."""

    address: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True)
class PunchRequest:
    """What every clocking call carries; `timestamp` in Unix seconds, None meaning the moment of receipt."""

    user_id: int
    timezone: str | None = None
    timestamp: int | None = None
    location: Location | None = None


@dataclass(frozen=True)
class ClockInRequest:
    punch: PunchRequest
    job_id: str | None = None
    scheduler_shift_id: str | None = None


@dataclass(frozen=True)
class Source:
    """How a punch was made; `mode` only for an automatic clock-out."""

    type: str = "api"
    id: str | None = None
    name: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Point:
    """A start or an end: an aware instant, and the zone in which the vendor shows it."""

    at: datetime
    timezone: str
    location: Location | None = None
    geofence_id: str | None = None
    source: Source | None = Source()


@dataclass(frozen=True)
class Shift:
    """A stay on a clock; `end` is None while it is open. `created_at` and `modified_at` are write times."""

    id: str
    user_id: int
    start: Point
    created_at: datetime
    modified_at: datetime
    end: Point | None = None
    job_id: str | None = None
    scheduler_shift_id: str | None = None
    manager_note: str | None = None
    employee_note: str | None = None


@dataclass(frozen=True)
class TimeClock:
    id: int
    name: str
    is_archived: bool = False


def clock_id(value: str) -> int:
    """The `{timeClockId}` of a path. Raises Unprocessable (422)."""
    return path_integer("timeClockId", value)


def clock_in_request(body: object) -> ClockInRequest:
    """Raises Unprocessable (422) with every fault of the body."""
    problems = Problems()
    read = Fields.of_body(body, problems)
    found = ClockInRequest(read_punch(read), read.text("jobId") or None, read.text("schedulerShiftId") or None)
    problems.raise_any()
    return found


def clock_out_request(body: object) -> PunchRequest:
    """Raises Unprocessable (422) with every fault of the body."""
    problems = Problems()
    found = read_punch(Fields.of_body(body, problems))
    problems.raise_any()
    return found


def read_punch(read: Fields) -> PunchRequest:
    """The members every clocking body shares; faults go to the reader's problems."""
    return PunchRequest(
        user_id=read.require_integer("userId"),
        timezone=read.text("timezone") or None,
        timestamp=read.integer("timestamp", at_least=1),
        location=_location(read.nested("locationData")),
    )


def _location(read: Fields | None) -> Location | None:
    if read is None:
        return None
    found = Location(read.text("address"), read.number("latitude"), read.number("longitude"))
    return None if found == Location() else found


def punch_zone(requested: str | None, clock_default: str) -> str:
    """The zone of a punch: the one sent, or the clock's. Raises Refused (400) for a name that is none."""
    if requested is None:
        return clock_default
    if not is_zone_name(requested):
        raise refusals.zone_unknown(requested)
    return requested


def punch_instant(timestamp: int | None, *, received_at: datetime) -> datetime:
    """The UTC instant of a punch. Raises Refused (400) for one in the future or over twelve hours ago.

    Without a timestamp it is the moment of receipt, kept to the microsecond: shown in whole seconds, an end is still
    after a start of the same second.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> punch_instant(None, received_at=noon) == punch_instant(1704110400, received_at=noon) == noon
    True
    """
    now = scalars.unix_seconds(received_at)
    if timestamp is None:
        return received_at
    if timestamp > now:
        raise refusals.in_future()
    if timestamp < now - int(OLDEST_PUNCH.total_seconds()):
        raise refusals.too_old()
    return scalars.at_unix(timestamp)


def success(data: JsonObject, request_id: str) -> JsonObject:
    """The envelope of every success: note `requestId`, where errors say `request_id`."""
    return {"requestId": request_id, "data": data}


def shift_answer(shift: Shift, request_id: str) -> JsonObject:
    return success({"shift": shift_json(shift)}, request_id)


def shift_json(shift: Shift) -> JsonObject:
    """`end` and the notes are left out while there are none; `jobId` and `schedulerShiftId` are sent as null."""
    head: JsonObject = {"id": shift.id, "userId": shift.user_id, "start": point_json(shift.start)}
    return {
        **head,
        **({} if shift.end is None else {"end": point_json(shift.end)}),
        "jobId": shift.job_id,
        "schedulerShiftId": shift.scheduler_shift_id,
        **present(managerNote=shift.manager_note, employeeNote=shift.employee_note),
        "createdAt": scalars.unix_seconds(shift.created_at),
        "modifiedAt": scalars.unix_seconds(shift.modified_at),
    }


def point_json(point: Point) -> JsonObject:
    head: JsonObject = {"timestamp": scalars.unix_seconds(point.at), "timezone": point.timezone}
    return head | present(
        locationData=None if point.location is None else location_json(point.location) or None,
        geofenceId=point.geofence_id,
        source=None if point.source is None else source_json(point.source),
    )


def location_json(location: Location) -> JsonObject:
    """Coordinates as numbers, without the zeros a fixed-scale column adds."""
    return present(
        address=location.address,
        latitude=None if location.latitude is None else scalars.shortest(location.latitude),
        longitude=None if location.longitude is None else scalars.shortest(location.longitude),
    )


def source_json(source: Source) -> JsonObject:
    return present(type=source.type, id=source.id, name=source.name, mode=source.mode)


def clocks_answer(clocks: Sequence[TimeClock], request_id: str) -> JsonObject:
    listed = [{"id": clock.id, "name": clock.name, "isArchived": clock.is_archived} for clock in clocks]
    return success({"timeClocks": listed}, request_id)


def me_answer(*, company_name: str, company_id: str, request_id: str) -> JsonObject:
    """What a client asks for first, to learn whether its key works."""
    return success({"companyName": company_name, "companyId": company_id}, request_id)


def present(**members: object) -> JsonObject:
    """The members that have a value: this vendor leaves the others out."""
    return {key: value for key, value in members.items() if value is not None}
