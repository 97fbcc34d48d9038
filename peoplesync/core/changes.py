"""What a phone keeps a copy of, and how a row says that it has changed: the registry behind `GET /changes`.

An app registers its feeds with its routes. Which rows have changed is read from the rows themselves: PostgreSQL
stores in every row version the transaction that wrote it (`xmin`), whatever service, command or hand wrote it, at no
cost to the writer. Times would not do: they are chosen before the commit, so a slow transaction would slip behind a
cursor that has passed it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet


@dataclass(frozen=True, slots=True)
class RowFeed:
    """Rows of one person, told one by one when they change.

    `rows(user, first)` are hers from `first` (a day) on, deleted ones too, reached through an index so that a long
    history costs nothing. `watched` maps a reverse one-to-one's model to its foreign key: what it says belongs to the row.
    """

    name: str
    rows: Callable[[Any, date], QuerySet]
    shown: Callable[[Sequence[Any], Any], list[dict[str, Any]]]
    shape: Any
    kept_for: timedelta
    is_gone: Callable[[Any], bool] = lambda row: False
    watched: tuple[tuple[Any, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class WholeFeed:
    """A small set that hangs on more than its own rows (assignments, the tree of departments, the day it is).

    `items(user, at)` is all of it at an instant; it is sent again, whole, whenever it differs from what the cursor knows of.
    """

    name: str
    items: Callable[[Any, datetime], list[dict[str, Any]]]
    shape: Any


#: What a phone keeps of what happens every day.
TWO_MONTHS = timedelta(days=62)

_row_feeds: dict[str, RowFeed] = {}
_whole_feeds: dict[str, WholeFeed] = {}


def register(*feeds: RowFeed | WholeFeed) -> None:
    """Add feeds; registering a name again replaces it (an app may be made ready twice in tests)."""
    for feed in feeds:
        if isinstance(feed, RowFeed):
            _row_feeds[feed.name] = feed
        else:
            _whole_feeds[feed.name] = feed


def row_feeds() -> list[RowFeed]:
    """By name: the order pages are cut in must be the same on every server."""
    return [_row_feeds[name] for name in sorted(_row_feeds)]


def whole_feeds() -> list[WholeFeed]:
    return [_whole_feeds[name] for name in sorted(_whole_feeds)]


class WrittenSince(models.Expression):
    """Whether the present version of a row was written by transaction number `base` or a later one.

    `xmin` holds the low 32 bits of the writer's number. The difference modulo 2^32 is right for every writer of the last
    2^31 transactions; an older row may be told again, never left out.
    """

    conditional = True

    def __init__(self, base: int) -> None:
        super().__init__(output_field=models.BooleanField())
        self.base = base

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        table = compiler.quote_name_unless_alias(compiler.query.get_initial_alias())
        return f"((({table}.xmin::text::bigint - %s) & 4294967295) < 2147483648)", (self.base,)


def oldest_running() -> int:
    """The number of the oldest transaction still running: what earlier ones wrote is seen by the reads that follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


#: A kept number is told from a later one for half as many transactions as `WrittenSince` tells apart.
_TOLD_APART = 2**30


def moment() -> dict[str, Any]:
    """`oldest_running` as it may be kept in a row, with the server whose number it is."""
    return {"transaction": oldest_running(), "server": _server()}


def number_of(kept: dict[str, Any]) -> int | None:
    """The transaction's number of a kept `moment`, None where it tells nothing: restored on another server, or long ago."""
    server = _server()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (following,) = cursor.fetchone()
    is_ours = server is not None and kept["server"] == server
    is_told_apart = 0 <= following - kept["transaction"] < _TOLD_APART
    return int(kept["transaction"]) if is_ours and is_told_apart else None


def _server() -> str | None:
    """Which server counts the transactions; None where its owner lets nobody know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        found: str = cursor.fetchone()[0]
    return found


def midnight(day: date) -> datetime:
    """The first instant of a window, for feeds that are kept by an instant (UTC)."""
    return datetime.combine(day, time.min, UTC)


def changed_rows(feed: RowFeed, user: Any, first: date, base: int | None) -> QuerySet:
    """The rows of a feed written since `base`, or (None) all of them, in the order of their ids.

    The ids are ordered as bytes, by a function no index knows: an order by the key itself would tempt the planner to
    walk through everybody's rows.
    """
    rows = feed.rows(user, first)
    if base is not None:
        changed = Q(WrittenSince(base))
        for model, key in feed.watched:
            beside = model.objects.filter(**{key: OuterRef("pk")})
            changed |= Q(Exists(beside.filter(WrittenSince(base))))
        rows = rows.filter(changed)
    return rows.order_by(Func(F("pk"), function="uuid_send", output_field=models.BinaryField()))
