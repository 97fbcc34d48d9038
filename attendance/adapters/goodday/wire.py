"""PURE. GoodDay's requests and answers as values: its keys, its formats, its nulls. No decision about presence.

Instants are UTC inside and leave as `YYYY-MM-DDTHH:MM:SS.ffffff` without a suffix; days are local and already decided.
Readers raise `Invalid` or `Unauthenticated` with a sentence for GoodDay's envelope. Keys nobody documented are ignored.
Ids are strings as the vendor's clients know them; which record has which id is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from attendance.adapters.goodday import fields
from peoplesync.kernel.errors import Unauthenticated

TOKEN_NAME = "gd-api-token"  # noqa: S105 - the public name of the parameter, not a secret
#: The body of a successful DELETE: a JSON string, so the answer is these two letters in quotes.
DELETED = "Ok"

_TOKEN = re.compile(r"[0-9a-fA-F]{32}")
_FURTHEST_WEST, _FURTHEST_EAST = timedelta(hours=-12), timedelta(hours=14)


class Place(Enum):
    """Where a token came from. A browser sends only a cookie on its own, so only that needs a check of the origin."""

    HEADER = "header"
    QUERY = "query"
    COOKIE = "cookie"


class EventType(Enum):
    CLOCK_IN = "CLOCK-IN"
    CLOCK_OUT = "CLOCK-OUT"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as sent, in lower case, and the place it stood in."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class PunchRequest:
    """A clock-in or clock-out now: GoodDay has no parameter for another moment."""

    user_id: str
    comment: str | None = None
    office_id: str | None = None


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A finished pair of the past. Instants are UTC; `day` is the local day that both events carry."""

    day: date
    clock_in_at: datetime
    clock_out_at: datetime
    user_id: str
    office_id: str | None = None
    clock_in_comment: str | None = None
    clock_out_comment: str | None = None


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """Events whose day lies from `start_on` to `end_on`, both inside; `user_ids` is None for everybody."""

    start_on: date
    end_on: date
    user_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One half of a pair as GoodDay shows it: it happened at `punched_at` and was recorded at `written_at`."""

    id: str
    type: EventType
    user_id: str
    created_by_id: str
    day: date
    written_at: datetime
    punched_at: datetime
    linked_id: str | None = None
    office_id: str | None = None
    ip_address: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    id: str
    company_role: str
    is_admin: bool
    created_at: datetime
    name: str
    primary_email: str | None = None
    reports_to_id: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    id: str
    name: str


def read_token(*, header: str | None, query: str | None, cookie: str | None) -> Token:
    """The token of a request: the header wins over the query string, that over the cookie; an empty one is not sent.

    Raises Unauthenticated when there is none or when it is not 32 hexadecimal digits.
    """
    for place, value in ((Place.HEADER, header), (Place.QUERY, query), (Place.COOKIE, cookie)):
        if value:
            if _TOKEN.fullmatch(value):
                return Token(value.lower(), place)
            raise Unauthenticated("The API token is not valid. It has 32 hexadecimal digits.", code="invalid_token")
    raise Unauthenticated(
        "The API token is missing. Send it as gd-api-token in a header, the query string or a cookie.",
        code="missing_token",
    )


def read_punch(body: object) -> PunchRequest:
    """The body of clock-in and clock-out, JSON or form. Raises Invalid."""
    sent = fields.read_body(body)
    return PunchRequest(
        user_id=fields.required_id(sent, "userId"),
        comment=fields.comment(sent, "comment"),
        office_id=fields.optional_id(sent, "officeId"),
    )


def read_create(body: object) -> CreateRequest:
    """The body of create, JSON or form. Raises Invalid.

    `date` must be the day of the clock-in somewhere on earth: the sent date decides what period the pair belongs to,
    and a free choice would carry time out of a locked month.
    """
    sent = fields.read_body(body)
    request = CreateRequest(
        day=fields.day(sent, "date"),
        clock_in_at=fields.instant(sent, "clockInTimestampUtc"),
        clock_out_at=fields.instant(sent, "clockOutTimestampUtc"),
        user_id=fields.required_id(sent, "userId"),
        office_id=fields.optional_id(sent, "officeId"),
        clock_in_comment=fields.comment(sent, "clockInComment"),
        clock_out_comment=fields.comment(sent, "clockOutComment"),
    )
    if request.clock_out_at <= request.clock_in_at:
        raise fields.invalid("clockOutTimestampUtc", "must be after clockInTimestampUtc")
    west, east = ((request.clock_in_at + offset).date() for offset in (_FURTHEST_WEST, _FURTHEST_EAST))
    if not west <= request.day <= east:
        raise fields.invalid("date", "is not the day of clockInTimestampUtc in any time zone")
    return request


def read_query(query: Mapping[str, object]) -> QueryRequest:
    """The query string of the list. Raises Invalid.

    `userId` and `userIds` together mean their union. A list of commas alone is refused: it is more likely an empty
    selection than a wish for everybody.
    """
    start_on, end_on = fields.day(query, "startDate", is_bound=True), fields.day(query, "endDate", is_bound=True)
    if end_on < start_on:
        raise fields.invalid("endDate", "must not be before startDate")
    single = fields.optional_id(query, "userId")
    several = fields.id_list(query, "userIds")
    if single is None and several is None:
        return QueryRequest(start_on, end_on)
    chosen = ([single] if single else []) + list(several or ())
    return QueryRequest(start_on, end_on, tuple(dict.fromkeys(chosen)))


def read_path_id(value: str) -> str | None:
    """An id from the path, or None when it cannot be one (the caller answers 404, as for an unknown id)."""
    return value if fields.is_id(value) else None


def write_event(event: Event) -> dict[str, object]:
    """An event with all eleven keys; what is not known is null, and an open clock-in has a null link."""
    return {
        "id": event.id,
        "linkedAttendanceEventId": event.linked_id,
        "userId": event.user_id,
        "createByUserId": event.created_by_id,
        "officeId": event.office_id,
        "date": event.day.isoformat(),
        "momentCreated": write_instant(event.written_at),
        "timestamp": write_instant(event.punched_at),
        "ipAddress": event.ip_address,
        "type": event.type.value,
        "comment": event.comment,
    }


def order(event: Event) -> tuple[datetime, bool, str]:
    """The place of an event in a list."""
    return event.punched_at, event.type is EventType.CLOCK_OUT, event.id


def write_created(clock_in: Event, clock_out: Event) -> dict[str, object]:
    """The answer of create: there, and only there, the clock-in has no link key while the clock-out has it."""
    first = write_event(clock_in)
    del first["linkedAttendanceEventId"]
    return {"clockIn": first, "clockOut": write_event(clock_out)}


def write_user(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "companyRole": user.company_role,
        "isAdmin": user.is_admin,
        "momentCreated": write_instant(user.created_at),
        "name": user.name,
        "primaryEmail": user.primary_email,
        "reportsToUserId": user.reports_to_id,
    }


def write_office(office: Office) -> dict[str, object]:
    """GoodDay does not publish an office's shape; an id and a name are what a client needs to fill `officeId`."""
    return {"id": office.id, "name": office.name}


def write_instant(at: datetime) -> str:
    """UTC with exactly six fractional digits and no suffix. Raises ValueError for an instant without a zone.

    >>> write_instant(datetime(2025, 7, 18, 8, 0, tzinfo=UTC))
    '2025-07-18T08:00:00.000000'
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
