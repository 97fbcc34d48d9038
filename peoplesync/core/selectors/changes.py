"""One page of what changed for one person since her cursor. Reads only; which feeds there are stands in `core.changes`.

A round begins by noting the oldest transaction still running: everything before it is finished, so everything it wrote
is seen by the reads that follow. The next round begins there. What was in flight meanwhile is told (again) then: at
least once, by id, so telling twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from peoplesync.core.changes import changed_rows, row_feeds, whole_feeds
from peoplesync.kernel.errors import Invalid

#: Beyond this many transactions the row versions' numbers repeat: an older cursor begins anew.
FARTHEST_BACK = 2**31 - 2**20
LONGEST_CURSOR = 2000
_STANDING = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint())
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a phone holds: `base` is where its state stands (None: it has nothing yet), `horizon` where it will stand
    after the round that `feed` and `after` are in the middle of. `place` names the database and the person.
    """

    place: str
    base: int | None = None
    horizon: int | None = None
    feed: str = ""
    after: str = ""
    known: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """What is new of one feed. `is_complete`: what is not in `changed` exists no more. `first`: older rows are not kept."""

    changed: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    is_complete: bool = False
    first: date = date.min


@dataclass(frozen=True, slots=True)
class Page:
    cursor: str
    has_more: bool
    is_reset: bool
    feeds: dict[str, Change]


def page(*, user: Any, cursor: str | None, limit: int, at: datetime) -> Page:
    """At most `limit` changed rows, and on a round's first page the small sets that differ.

    The feeds' windows are counted back from `at`, in UTC days. Raises Invalid (`cursor`) for what was no cursor.
    """
    horizon, place = _standing(user)
    begun = _resumed(cursor, place, horizon)
    is_new_round = begun.horizon is None
    round_ = replace(begun, horizon=horizon) if is_new_round else begun
    feeds = {feed.name: Change(first=at.date() - feed.kept_for) for feed in row_feeds()}
    feeds |= {feed.name: Change() for feed in whole_feeds()}
    known = _tell_whole(feeds, user, at, round_.known) if is_new_round else round_.known
    stop = _tell_rows(feeds, user, round_, limit)
    if stop is None:
        reached = Cursor(place, base=round_.horizon, known=known)
    else:
        reached = replace(round_, feed=stop[0], after=stop[1], known=known)
    return Page(_written(reached), stop is not None, is_new_round and begun.base is None, feeds)


def _standing(user: Any) -> tuple[int, str]:
    """The oldest running transaction, and a name of this database's history and this person's in it.

    Transaction numbers mean nothing in another cluster, nor after a restore to an earlier moment (a new timeline).
    """
    with connection.cursor() as reading:
        reading.execute(_STANDING)
        horizon, *history = reading.fetchone()
    said = f"{history}:{user.pk}:{user.employee_id}"
    return horizon, hashlib.sha256(said.encode()).hexdigest()[:16]


def _resumed(text: str | None, place: str, horizon: int) -> Cursor:
    """The cursor as sent, or a new beginning where it belongs elsewhere or is too old to compare."""
    sent = _read(text) if text else Cursor(place)
    oldest = sent.base if sent.base is not None else sent.horizon
    fits = oldest is None or horizon - FARTHEST_BACK < oldest <= horizon
    return sent if sent.place == place and fits else Cursor(place)


def _tell_whole(feeds: dict[str, Change], user: Any, at: datetime, known: dict[str, str]) -> dict[str, str]:
    found = {}
    for feed in whole_feeds():
        items = feed.items(user, at)
        digest = hashlib.sha256(json.dumps(items, default=str, sort_keys=True).encode()).hexdigest()[:12]
        found[feed.name] = digest
        if known.get(feed.name) != digest:
            feeds[feed.name] = Change(changed=items, is_complete=True)
    return found


def _tell_rows(feeds: dict[str, Change], user: Any, round_: Cursor, limit: int) -> tuple[str, str] | None:
    """Fill in the changed rows from where the round stands; where it must go on (feed, after id), or None at its end."""
    left, after = limit, round_.after
    for feed in row_feeds():
        if feed.name < round_.feed:
            continue
        if left == 0:
            return feed.name, ""
        rows = changed_rows(feed, user, feeds[feed.name].first, round_.base)
        if feed.name == round_.feed and after:
            rows = rows.filter(pk__gt=UUID(after))
        found = list(rows[: left + 1])
        told, left = found[:left], left - min(left, len(found))
        gone = [row for row in told if feed.is_gone(row)]
        feeds[feed.name].changed = feed.shown([row for row in told if not feed.is_gone(row)], user)
        feeds[feed.name].deleted = [] if round_.base is None else [str(row.pk) for row in gone]
        if len(found) > len(told):
            return feed.name, str(told[-1].pk)
    return None


def _written(cursor: Cursor) -> str:
    text = json.dumps({"v": 1, **asdict(cursor)}, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str) -> Cursor:
    refused = Invalid.field(
        "cursor", "This is no cursor. Send one as it was given, or none to begin anew.", code="cursor"
    )
    if len(text) > LONGEST_CURSOR:
        raise refused
    try:
        held = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if not isinstance(held, dict) or held.pop("v", None) != 1:
            raise refused
        found = Cursor(**held)
        if found.after:
            UUID(found.after)
    except (ValueError, TypeError, AttributeError, Base64Error, RecursionError) as error:
        raise refused from error
    if not _is_sound(found):
        raise refused
    return found


def _is_sound(cursor: Cursor) -> bool:
    """Whether every part is of its kind: a cursor has been in other hands."""
    numbers = (cursor.base, cursor.horizon)
    texts = (cursor.place, cursor.feed, cursor.after)
    return (
        all(number is None or (type(number) is int and 0 <= number < 2**63) for number in numbers)
        and all(isinstance(text, str) for text in texts)
        and isinstance(cursor.known, dict)
    )
