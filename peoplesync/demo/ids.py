"""Ids and choices of the demo: the same number gives the same id and the same luck, in Python and in SQL alike.

Ids look like our other ids: first the milliseconds of an instant, so rows land at the end of every index, then bits that
come from the row's name instead of from chance.
"""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

#: The instant the demo's lasting things (people, departments) carry in their ids, whenever they are made.
FOUNDED_AT = datetime(2015, 1, 5, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def demo_id(name: str, at: datetime = FOUNDED_AT) -> UUID:
    """The id of the thing called `name`, dated `at`.

    >>> demo_id("department:ENG")
    UUID('014ab764-2000-7739-84e3-3d1ce1b70721')
    """
    digits = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return UUID(f"{id_head(at)}7{digits[:3]}8{digits[3:18]}")


def id_head(at: datetime) -> str:
    """The digits an id dated `at` begins with."""
    return f"{(at - datetime(1970, 1, 1, tzinfo=UTC)) // _MILLISECOND:012x}"


def demo_id_sql(name: str, at: str) -> str:
    """The same id inside a statement; `name` and `at` are expressions of type text and timestamptz."""
    return (
        f"(lpad(to_hex(floor(extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || substr(md5({name}), 1, 3)"
        f" || '8' || substr(md5({name}), 4, 15))::uuid"
    )


def drawn_id_sql(head: str, mark: str) -> str:
    """An id made of a head and the row's `digits`, of which luck took the first seven; `mark`, a digit, tells ids of a row apart.

    Millions of rows get several ids each: one hash does for all of them.
    """
    return f"({head} || '7' || substr(digits, 8, 3) || '8{mark}' || substr(digits, 11, 14))::uuid"


def luck(*names: object) -> random.Random:
    """A source of choices that depends on nothing but its names."""
    return random.Random(":".join(map(str, names)))  # noqa: S311 reproducible on purpose, nothing secret
