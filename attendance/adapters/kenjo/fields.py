"""PURE. One field of a Kenjo request at a time: its type, its format, and the sentence when it is wrong.

A null and a missing key are both "not sent": clients made from the vendor's specification write either. An empty text
is "not sent" only where a reader says so. Which fields a request has does not belong here. Readers raise `Invalid`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from attendance.adapters import ids, text
from attendance.adapters.kenjo import errors
from peoplesync.kernel.errors import Invalid

COMMENT_LIMIT = 150
NAME_LIMIT = 255
MOST_PEOPLE = 15

_WALL = re.compile(r"(?P<day>[0-9-]{10})T(?P<clock>[0-9:]{8})")
_WHOLE = re.compile(r"[1-9][0-9]{0,8}")


def read_body(body: object) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise Invalid("The body must be a JSON object with the documented fields.", code="invalid_body")
    return body


def _text(sent: Mapping[str, object], name: str, hint: str = "Send a string.") -> str | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.not_valid(name, hint)
    return value


def required_text(sent: Mapping[str, object], name: str) -> str:
    """A text that must be there and must not be blank."""
    value = _text(sent, name)
    if not value:
        raise errors.required(name)
    if not text.is_one_line(value, NAME_LIMIT):
        raise errors.not_valid(name)
    return value


def optional_name(sent: Mapping[str, object], name: str) -> str | None:
    """An e-mail or an external id; an empty one is not sent, so that a form with blanks still names somebody."""
    value = _text(sent, name)
    if not value:
        return None
    if not text.is_one_line(value, NAME_LIMIT):
        raise errors.not_valid(name)
    return value


def optional_id(sent: Mapping[str, object], name: str) -> str | None:
    """24 hexadecimal digits in either case, given back in lower case; an empty text is not sent."""
    value = _text(sent, name)
    return read_id(value, name) if value else None


def read_id(value: str, name: str = "id") -> str:
    """An id from the path or from a list. Raises Invalid with the sentence the vendor documents."""
    lowered = value.lower()
    if not ids.is_kenjo_id(lowered):
        raise errors.not_valid(name)
    return lowered


def id_list(sent: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """Up to 15 ids with commas between them, each once."""
    value = _text(sent, name)
    if not value:
        return None
    found = tuple(dict.fromkeys(read_id(part.strip(), name) for part in value.split(",")))
    if len(found) > MOST_PEOPLE:
        raise errors.not_valid(name, f"Send at most {MOST_PEOPLE} ids.")
    return found


def comment(sent: Mapping[str, object], name: str) -> str | None:
    """A comment of at most 150 characters. An empty text stays empty: in an update it removes the comment."""
    value = _text(sent, name)
    if value is not None and (len(value) > COMMENT_LIMIT or not text.is_storable(value)):
        raise errors.not_valid(name, f"Send at most {COMMENT_LIMIT} characters without control characters.")
    return value


def flag(sent: Mapping[str, object], name: str) -> bool | None:
    """True, false, or None when not sent. The text "true" is refused: read as false it would lose a night shift."""
    value = sent.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise errors.not_valid(name, "Send true or false.")


def day(sent: Mapping[str, object], name: str) -> date:
    """A required day of the calendar."""
    value = _text(sent, name, "Send a date as YYYY-MM-DD.")
    if not value:
        raise errors.required(name)
    found = text.read_day(value)
    if found is None or not text.is_workable(found):
        raise errors.not_valid(name, "Send a date as YYYY-MM-DD.")
    return found


def optional_clock(sent: Mapping[str, object], name: str) -> time | None:
    """A wall-clock time of day, None when not sent."""
    hint = "Send a time as hh:mm:ss."
    value = _text(sent, name, hint)
    if value is None:
        return None
    found = text.read_clock(value)
    if found is None:
        raise errors.not_valid(name, hint)
    return found


def required_clock(sent: Mapping[str, object], name: str) -> time:
    found = optional_clock(sent, name)
    if found is None:
        raise errors.required(name)
    return found


def wall(sent: Mapping[str, object], name: str) -> datetime:
    """A required moment on the employee's wall clock: a suffix or an offset is refused, not converted."""
    hint = "Send a date and a time as YYYY-MM-DDThh:mm:ss, without a zone."
    value = _text(sent, name, hint)
    if not value:
        raise errors.required(name)
    parts = _WALL.fullmatch(value)
    found_day, found_clock = (text.read_day(parts["day"]), text.read_clock(parts["clock"])) if parts else (None, None)
    if found_day is None or found_clock is None or not text.is_workable(found_day):
        raise errors.not_valid(name, hint)
    return datetime.combine(found_day, found_clock)


def whole(sent: Mapping[str, object], name: str, default: int) -> int:
    """A whole number from 1 up in a query string, written in digits."""
    value = _text(sent, name)
    if not value:
        return default
    if not _WHOLE.fullmatch(value):
        raise errors.not_valid(name, "Send a whole number from 1 up.")
    return int(value)
