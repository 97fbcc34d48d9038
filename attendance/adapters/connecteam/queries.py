"""PURE. Reading query strings: repeated keys, day ranges, bounded numbers. Bodies are read in `fields.py`.

A filter that was not sent is None; a sent one is the tuple of what it names, and the empty tuple matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from attendance.adapters.connecteam import fields
from attendance.adapters.connecteam.fields import Problems, Query

_COMMA_JOINED = re.compile(r"\s*[0-9]+\s*(,\s*[0-9]*\s*)+")


def last(query: Query, key: str) -> str | None:
    """The value that counts when a single-valued key is repeated."""
    values = query.get(key)
    return values[-1] if values else None


def integers(query: Query, key: str, problems: Problems, *, at_least: int | None = None) -> tuple[int, ...] | None:
    """Numbers from a repeated key.

    `userIds=1,2` names no user at all: the vendor answers it with an empty list, not with an error, so it is dropped
    here and leaves a filter that matches nothing.
    """
    if key not in query:
        return None
    places = enumerate(query[key])
    return tuple(
        fields.integer(value, ("query", key, index), problems, at_least)
        for index, value in places
        if _COMMA_JOINED.fullmatch(value) is None
    )


def texts(query: Query, key: str, problems: Problems) -> tuple[str, ...] | None:
    if key not in query:
        return None
    return tuple(fields.text(value, ("query", key, index), problems) for index, value in enumerate(query[key]))


def choices(query: Query, key: str, permitted: Sequence[str], problems: Problems) -> tuple[str, ...] | None:
    if key not in query:
        return None
    places = enumerate(query[key])
    return tuple(fields.choice(value, permitted, ("query", key, index), problems) for index, value in places)


def boolean(query: Query, key: str, problems: Problems) -> bool | None:
    value = last(query, key)
    return None if value is None else fields.boolean(value, ("query", key), problems)


def bounded(query: Query, key: str, problems: Problems, *, default: int, at_least: int, at_most: int | None) -> int:
    value = last(query, key)
    return default if value is None else fields.integer(value, ("query", key), problems, at_least, at_most)


def day_range(query: Query, problems: Problems, *, at_most_days: int) -> tuple[date, date]:
    """`startDate` and `endDate`, both required and inclusive, the end at most so many days after the start."""
    before = len(problems.found)
    start, end = (_required_day(query, key, problems) for key in ("startDate", "endDate"))
    if len(problems.found) > before:
        return start, end
    if end < start:
        problems.add(("query", "endDate"), "endDate must not be before startDate", "value_error")
    elif (end - start).days > at_most_days:
        message = f"endDate must be no more than {at_most_days} days after startDate"
        problems.add(("query", "endDate"), message, "value_error")
    return start, end


def _required_day(query: Query, key: str, problems: Problems) -> date:
    value = last(query, key)
    if value is None:
        problems.add(("query", key), "field required", "value_error.missing")
        return date(1970, 1, 1)
    return fields.day(value, ("query", key), problems)
