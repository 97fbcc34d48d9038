"""PURE. Kenjo's log-in, track-time and list requests as values, and the token answer.

Times are the employee's wall clock and stay so: nothing here converts a zone. An entry's own keys and its three formats
are in `entries`, people and expected hours in `directory`, the pairing of punches in the attendance rules.
Keys nobody documented are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from attendance.adapters.kenjo import errors, fields
from peoplesync.kernel.errors import Invalid, Unauthenticated

LONGEST_LIST_DAYS = 31
#: Kenjo names no limit for expected hours; a leap year answers every yearly report and bounds the work.
LONGEST_EXPECTED_DAYS = 366
PAGE_SIZES = (25, 50, 100)
DEFAULT_PAGE_SIZE = 50

_PREFIX = "bearer"
_ECHOED = ("userId", "email", "externalId", "dateTime", "isOvernightShift")


@dataclass(frozen=True, slots=True)
class Who:
    """One employee by one, two or three of Kenjo's identifiers; those given must agree, which the caller checks."""

    user_id: str | None = None
    email: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One punch. `at` is naive: the wall clock of the employee. `echo` is the body of the answer."""

    who: Who
    at: datetime
    is_overnight: bool
    echo: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Entries that start on a day from `from_on` to `to_on`, both inside."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class ExpectedRequest:
    """One page of expected hours; `page` counts from 1, an id that is None does not narrow the people."""

    from_on: date
    to_on: date
    company_id: str | None
    office_id: str | None
    department_id: str | None
    user_ids: tuple[str, ...] | None
    page: int
    limit: int


def read_login(body: object) -> str:
    """The API key of a log-in. Raises Invalid."""
    return fields.required_text(fields.read_body(body), "apiKey")


def read_bearer(header: str | None) -> str:
    """The token in an `Authorization` header. Raises Unauthenticated when there is none.

    The token answer already carries `Bearer `. Some clients send it as it came, some cut the prefix off and add it
    again, and some add it without cutting: one prefix is needed, a second one is forgiven.
    """
    words = (header or "").split()
    if not words or words[0].lower() != _PREFIX:
        raise Unauthenticated(
            "The token is missing. Send the token of /api/v1/auth/login as the Authorization header.",
            code="missing_token",
        )
    rest = words[2:] if words[1:2] and words[1].lower() == _PREFIX else words[1:]
    if len(rest) != 1 or not rest[0].isascii():
        raise Unauthenticated("The token is not valid. Log in again.", code="invalid_token")
    return rest[0]


def write_token(token: str, expires_at: datetime) -> dict[str, object]:
    """The answer of a log-in; the expiry is a key of the body, in UTC with milliseconds and `Z`.

    >>> write_token("abc", datetime(2021, 7, 17, 21, 38, 35, 872999, UTC))
    {'token': 'Bearer abc', 'X-Expires-After': '2021-07-17T21:38:35.872Z'}
    """
    if expires_at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    expiry = expires_at.astimezone(UTC).replace(tzinfo=None)
    return {"token": f"Bearer {token}", "X-Expires-After": expiry.isoformat(timespec="milliseconds") + "Z"}


def read_who(sent: Mapping[str, object]) -> Who:
    """The identifiers of a body; at least one. Raises Invalid.

    >>> read_who({"email": "john@acme.io", "externalId": ""})
    Who(user_id=None, email='john@acme.io', external_id=None)
    """
    who = Who(
        user_id=fields.optional_id(sent, "userId"),
        email=fields.optional_name(sent, "email"),
        external_id=fields.optional_name(sent, "externalId"),
    )
    if who == Who():
        raise Invalid("One of the params 'userId', 'email' or 'externalId' is required.", code="required")
    return who


def read_track(body: object) -> TrackRequest:
    """The body of track-time. Raises Invalid.

    The answer is the input body: every documented key exactly as it was sent, absent ones absent, no default filled in
    and no entry id. Keys nobody documented are not sent back: the documented answer has only these, and unchecked
    content (of any depth, with characters that cannot be encoded) would otherwise go out under our name.
    """
    sent = fields.read_body(body)
    return TrackRequest(
        who=read_who(sent),
        at=fields.wall(sent, "dateTime"),
        is_overnight=fields.flag(sent, "isOvernightShift") or False,
        echo={key: value for key, value in sent.items() if key in _ECHOED},
    )


def _range(query: Mapping[str, object], longest_days: int) -> tuple[date, date]:
    first, last = fields.day(query, "from"), fields.day(query, "to")
    if last < first:
        raise errors.not_valid("to", "It must not be before 'from'.")
    if (last - first).days >= longest_days:
        raise errors.not_valid("to", f"The range from 'from' to 'to' holds at most {longest_days} days.")
    return first, last


def read_list(query: Mapping[str, object]) -> ListRequest:
    """The query string of the list: at most 31 days, counting both bounds. Raises Invalid."""
    return ListRequest(*_range(query, LONGEST_LIST_DAYS))


def read_expected(query: Mapping[str, object]) -> ExpectedRequest:
    """The query string of expected-time. Raises Invalid."""
    first, last = _range(query, LONGEST_EXPECTED_DAYS)
    limit = fields.whole(query, "limit", DEFAULT_PAGE_SIZE)
    if limit not in PAGE_SIZES:
        raise errors.not_valid("limit", "Send 25, 50 or 100.")
    return ExpectedRequest(
        from_on=first,
        to_on=last,
        company_id=fields.optional_id(query, "companyId"),
        office_id=fields.optional_id(query, "officeId"),
        department_id=fields.optional_id(query, "departmentId"),
        user_ids=fields.id_list(query, "userId"),
        page=fields.whole(query, "offset", 1),
        limit=limit,
    )


def page_bounds(request: ExpectedRequest, total: int) -> tuple[int, int]:
    """The rows of a page as a half-open range. Raises Invalid past the end: live clients stop on that 400.

    The first page exists even when it is empty, so that a question about nobody is answered.
    """
    start = (request.page - 1) * request.limit
    if start >= max(total, 1):
        raise errors.not_valid("offset", "There is no such page.")
    return start, min(start + request.limit, total)
