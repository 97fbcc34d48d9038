"""PURE. What any vendor's text must be before its own rules look at it: storable characters, real calendar days.

Vendors' sentences and field names do not belong here: each adapter refuses in its own words.
"""

from __future__ import annotations

import re
from datetime import date, time

#: Days outside these bounds cannot be anybody's work; arithmetic around the calendar's ends would overflow.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)

# PostgreSQL refuses NUL, UTF-8 refuses lone surrogates, and no terminal or export survives the other controls.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKING = re.compile("[\t\n\r\u2028\u2029]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")


def is_storable(text: str) -> bool:
    """Whether `text` can be stored and sent back: no control characters but tab and line breaks, no lone surrogates.

    >>> [is_storable(text) for text in ("Zoë, at the gate", "two\\nlines", "nul\\x00", "half \\ud83d")]
    [True, True, False, False]
    """
    return _UNSTORABLE.search(text) is None


def is_one_line(text: str, limit: int) -> bool:
    """Whether `text` is storable, not blank, on one line and at most `limit` characters: an id, an e-mail, a name.

    >>> [is_one_line(text, 6) for text in ("SPvGQx", "", "  ", "a\\tb", "seven77")]
    [True, False, False, False, False]
    """
    return bool(text.strip()) and len(text) <= limit and is_storable(text) and not _LINE_BREAKING.search(text)


def read_day(text: str) -> date | None:
    """The day of an exact `YYYY-MM-DD` in ASCII digits, or None when it is not one or is not in the calendar.

    >>> [read_day(text) for text in ("2028-02-29", "2027-02-29", "2027-2-9", "20270209", "2027-02-09\\n")]
    [datetime.date(2028, 2, 29), None, None, None, None]
    """
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """The time of an exact `hh:mm:ss` from 00:00:00 to 23:59:59, or None.

    >>> [read_clock(text) for text in ("18:00:00", "18:00", "24:00:00", "08:00:00Z")]
    [datetime.time(18, 0), None, None, None]
    """
    if not _CLOCK.fullmatch(text):
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def is_workable(day: date) -> bool:
    """Whether a day lies inside the years this system keeps."""
    return FIRST_DAY <= day <= LAST_DAY
