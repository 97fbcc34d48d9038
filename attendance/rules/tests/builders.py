"""Plain builders for the rules' tests: local wall clocks in, facts and stays out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid5

from attendance.rules.pairing import Pairing
from attendance.rules.punches import Door, Fact, PunchKind, Stay
from attendance.rules.schedule_day import Shift
from peoplesync.kernel.dates import local_day, zone

JAKARTA = "Asia/Jakarta"
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
NINE_TO_FIVE = Shift(time(9), time(17))
_NAMESPACE = UUID(int=0)


def instant(text: str, zone_name: str = JAKARTA) -> datetime:
    """'2026-02-03 22:00' on the wall clock of a zone, as UTC; with a trailing Z the text is UTC already."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=zone(zone_name)).astimezone(UTC)


def clock(moment: datetime | None, zone_name: str = JAKARTA) -> str | None:
    return None if moment is None else moment.astimezone(zone(zone_name)).strftime("%m-%d %H:%M")


def fact(text: str, kind: PunchKind = PunchKind.TOGGLE, zone_name: str = JAKARTA, **more: Any) -> Fact:
    more.setdefault("door", Door.KENJO)
    return Fact(kind, instant(text, zone_name), zone_name, **more)


def stay(start: str, end: str | None = None, zone_name: str = JAKARTA, **more: Any) -> Stay:
    start_at = instant(start, zone_name)
    more.setdefault("id", uuid5(_NAMESPACE, start))
    more.setdefault("work_date", local_day(start_at, zone_name))
    return Stay(start_at, None if end is None else instant(end, zone_name), zone=zone_name, **more)


def stored(pairing: Pairing) -> list[Stay]:
    """The stays as the database would hand them back: each with an id."""
    return [
        each if each.id else replace(each, id=uuid5(_NAMESPACE, each.start_at.isoformat())) for each in pairing.stays
    ]


def spans(stays: Iterable[Stay], zone_name: str = JAKARTA) -> list[tuple[str | None, str | None]]:
    return [(clock(each.start_at, zone_name), clock(each.end_at, zone_name)) for each in stays]
