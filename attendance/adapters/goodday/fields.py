"""PURE. One field of a GoodDay request at a time: its type, its format, and GoodDay's sentence when it is wrong.

Null, an empty text and a missing key are all "not sent": a form cannot say null, and clients send both.
Which fields a request has does not belong here. Every reader raises `Invalid`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone

from attendance.adapters import text
from peoplesync.kernel.errors import Invalid

ID_LIMIT = 64
#: GoodDay names no limit; a remark longer than this is a program's mistake, not a remark.
COMMENT_LIMIT = 1000

# .NET sends seven fractional digits, Java up to nine; what is finer than a microsecond is cut off.
_INSTANT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-5][0-9]))?"
)


def read_body(body: object) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise Invalid("The body must be a JSON object or a form with the documented fields.", code="invalid_body")
    return body


def invalid(field: str, remark: str) -> Invalid:
    return Invalid(f"{field} {remark}.", code="invalid")


def _text(sent: Mapping[str, object], name: str) -> str | None:
    """The text of a field; null, an empty text and a missing key are all "not sent"."""
    value = sent.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise invalid(name, "must be a string")
    return value


def _required(sent: Mapping[str, object], name: str) -> str:
    value = _text(sent, name)
    if value is None:
        raise Invalid(f"{name} is required.", code="required")
    return value


def is_id(value: str) -> bool:
    return text.is_one_line(value, ID_LIMIT)


def _checked_id(value: str, name: str) -> str:
    if not is_id(value):
        raise invalid(name, f"is not an id: it is blank, longer than {ID_LIMIT} characters or holds control characters")
    return value


def required_id(sent: Mapping[str, object], name: str) -> str:
    return _checked_id(_required(sent, name), name)


def optional_id(sent: Mapping[str, object], name: str) -> str | None:
    value = _text(sent, name)
    return None if value is None else _checked_id(value, name)


def id_list(sent: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    value = _text(sent, name)
    if value is None:
        return None
    parts = tuple(_checked_id(part.strip(), name) for part in value.split(",") if part.strip())
    if not parts:
        raise invalid(name, "names nobody; leave it out to ask for everybody")
    return parts


def comment(sent: Mapping[str, object], name: str) -> str | None:
    value = _text(sent, name)
    if value is not None and (len(value) > COMMENT_LIMIT or not text.is_storable(value)):
        raise invalid(name, f"must be at most {COMMENT_LIMIT} characters of plain text without control characters")
    return value


def day(sent: Mapping[str, object], name: str, *, is_bound: bool = False) -> date:
    """A required day. A bound of a query may lie anywhere in the calendar: beyond our years nothing is recorded."""
    found = text.read_day(_required(sent, name))
    if found is None or not (is_bound or text.is_workable(found)):
        raise invalid(name, "must be a date of the calendar as YYYY-MM-DD")
    return min(max(found, text.FIRST_DAY), text.LAST_DAY)


def instant(sent: Mapping[str, object], name: str) -> datetime:
    at = read_instant(_required(sent, name))
    if at is None:
        raise invalid(name, "must be a time in UTC as YYYY-MM-DDTHH:MM:SS")
    return at


def read_instant(value: str) -> datetime | None:
    """The UTC instant of an ISO text: no suffix and `Z` mean UTC, an offset is converted. None when it is not one.

    >>> read_instant("2025-07-18T08:00:00.5+07:00").isoformat()
    '2025-07-18T01:00:00.500000+00:00'
    """
    found = _INSTANT.fullmatch(value)
    if found is None:
        return None
    day, clock = text.read_day(found["day"]), text.read_clock(found["clock"])
    if day is None or clock is None or not text.is_workable(day) or int(found["hours"] or 0) > 23:
        return None
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return _shifted(day, clock, found["fraction"], -offset if found["sign"] == "-" else offset)


def _shifted(day: date, clock: time, fraction: str | None, offset: timedelta) -> datetime:
    finer = clock.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
    return datetime.combine(day, finer, timezone(offset)).astimezone(UTC)
