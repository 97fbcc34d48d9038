"""PURE. Clocking in and out, the location object, and the two envelopes of this door: lists with `_meta`, and `data`.

Locations, employees, accounts, reports and tokens have a `wire_*.py` each. Whether a punch is allowed, and whose it
is, the attendance services decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.errors import Refused
from attendance.adapters.workly.fields import Fields
from attendance.adapters.workly.messages import Code
from peoplesync.kernel.dates import zone

PAGE_SIZE = 50
#: An address a client reports about itself may be any text, but not a novel.
_LONGEST_IP = 255


@dataclass(frozen=True)
class PunchRequest:
    """A clock-in or clock-out; `event_at` in UTC, None meaning the moment of receipt.

    `ip` is what the client says of itself and never the observed address. No `employee_id` means the token's own.
    """

    location_id: int
    event_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    ip: str | None = None
    employee_id: int | None = None


@dataclass(frozen=True)
class Location:
    """A work site; `radius` in metres, coordinates in degrees."""

    id: int
    title: str
    latitude: Decimal | None
    longitude: Decimal | None
    radius: int
    address: str | None = None
    count_employees: int = 0
    count_devices: int = 0


@dataclass(frozen=True)
class Page:
    """A 1-based page of at most fifty rows."""

    number: int = 1
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def punch_request(body: object, zone_name: str) -> PunchRequest:
    """The body of `times/clockin` and `times/clockout`; times are read in the account's zone.

    Raises ValidationFailed (422, 8001) with every fault, Refused (400, 4001) when the body is not an object.
    """
    read = Fields.of_body(body)
    location_id = read.require_integer("location_id")
    latitude, longitude = read.position("latitude", "longitude")
    found = PunchRequest(
        location_id=location_id,
        event_at=read.moment("event_time", zone_name),
        latitude=latitude,
        longitude=longitude,
        ip=read.text("ip", at_most=_LONGEST_IP),
        employee_id=read.integer("employee_id"),
    )
    read.raise_any()
    return found


def path_id(value: str) -> int:
    """An `{id}` of a path. Raises Refused (404, 3000): what is no number names nothing."""
    found = scalars.whole(value)
    if found is None or found < 1:
        raise Refused(Code.NOT_FOUND)
    return found


def page_request(query: Mapping[str, object]) -> Page:
    """`page` and `per-page`, at most fifty rows whatever is asked. Raises ValidationFailed (422)."""
    read = Fields(query)
    found = read_page(read)
    read.raise_any()
    return found


def read_page(read: Fields) -> Page:
    """The page a list asks for; faults go to the reader. The largest page keeps its offset within the database's."""
    number = min(read.integer("page", at_least=1) or 1, scalars.LARGEST_INTEGER // PAGE_SIZE)
    size = min(read.integer("per-page", at_least=1) or PAGE_SIZE, PAGE_SIZE)
    return Page(max(number, 1), max(size, 1))


def event_text(at: datetime, zone_name: str) -> str:
    """`YYYY-MM-DD HH:MM:SS` in a zone: a space between, no offset.

    >>> from datetime import UTC
    >>> event_text(datetime(2017, 9, 12, 10, 22, 19, 999, tzinfo=UTC), "Asia/Tashkent")
    '2017-09-12 15:22:19'
    """
    return at.astimezone(zone(zone_name)).strftime("%Y-%m-%d %H:%M:%S")


def punch_answer(event_at: datetime, location: Location, zone_name: str) -> JsonObject:
    """The effective time and the whole location that was asked for."""
    return {"event_time": event_text(event_at, zone_name), "location": location_json(location)}


def location_json(location: Location) -> JsonObject:
    """Eight keys, always all of them; coordinates are strings here and `lat`, `lon`, though requests say otherwise."""
    return {
        "id": location.id,
        "title": location.title,
        "lat": None if location.latitude is None else scalars.plain(location.latitude),
        "lon": None if location.longitude is None else scalars.plain(location.longitude),
        "radius": location.radius,
        "address": location.address,
        "count_employees": location.count_employees,
        "count_devices": location.count_devices,
    }


def list_answer(items: Sequence[JsonObject], *, total: int, page: Page) -> JsonObject:
    """A list page. Past the end `items` is empty: a client that stops on an empty page would otherwise never stop."""
    meta: JsonObject = {
        "totalCount": total,
        "pageCount": -(-total // page.size),
        "currentPage": page.number,
        "perPage": page.size,
    }
    return {"items": list(items), "_meta": meta}


def items_answer(items: Sequence[JsonObject]) -> JsonObject:
    """A list without pages."""
    return {"items": list(items)}


def single_answer(data: JsonObject) -> JsonObject:
    """One employee read by id: wrapped, unlike the list and unlike the answer to a write."""
    return {"success": True, "data": data}


def done_answer() -> JsonObject:
    """An act on an employee that answers nothing of its own."""
    return {"success": True}


def deleted_answer() -> JsonObject:
    return {"message": "success"}
