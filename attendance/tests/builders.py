"""Plain builders for tests of presence: wall clocks of Jakarta in, punches as doors present them out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from attendance.rules.punches import Door
from attendance.services.presented import Presented


def at(text: str) -> datetime:
    """'2026-11-16 08:00' on the wall clock of Jakarta, as an instant."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def wall(moment: datetime | None) -> str | None:
    """An instant back on Jakarta's wall clock."""
    return (
        None
        if moment is None
        else (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
        .astimezone(datetime.fromisoformat("2026-01-01T00:00+07:00").tzinfo)
        .strftime("%m-%d %H:%M")
    )


def presented(text: str, door: Door = Door.NATIVE, **more: Any) -> Presented:
    """A punch at a wall-clock time, received at once."""
    moment = at(text)
    return Presented(**{"door": door, "at": moment, "received_at": moment, **more})
