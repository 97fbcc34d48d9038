"""PURE. Breaks inside an open stay: when one may begin and end. How they count stands in `day_summary`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from attendance.rules.punches import Break, Refusal, Stay, in_utc

#: A mandatory break may be ended this much early: nobody is sent back for seconds (one vendor's published grace).
MINIMUM_BREAK_GRACE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class BreakTurn:
    """What a break punch does: `stay` is the open stay with its breaks as they must be stored, or a refusal."""

    stay: Stay | None = None
    refusal: Refusal | None = None


def running_break(stay: Stay) -> Break | None:
    """The break the person is on, or None."""
    return next((pause for pause in stay.breaks if pause.end_at is None), None)


def decide_break_start(
    open_stay: Stay | None, at: datetime, *, is_paid: bool = False, break_id: UUID | None = None
) -> BreakTurn:
    """Whether a break begins at `at`: only inside an open stay, after its start and after the last break's end."""
    if open_stay is None:
        return BreakTurn(refusal=Refusal.NOT_CLOCKED_IN)
    if running_break(open_stay) is not None:
        return BreakTurn(refusal=Refusal.ON_BREAK)
    earliest = max((pause.end_at for pause in open_stay.breaks if pause.end_at), default=open_stay.start_at)
    if in_utc(at) < earliest:
        return BreakTurn(refusal=Refusal.NOT_AFTER_START)
    pause = Break(at, is_paid=is_paid, id=break_id)
    return BreakTurn(stay=replace(open_stay, breaks=(*open_stay.breaks, pause)))


def decide_break_end(open_stay: Stay | None, at: datetime) -> BreakTurn:
    """Whether the running break ends at `at`: only after it began."""
    if open_stay is None:
        return BreakTurn(refusal=Refusal.NOT_CLOCKED_IN)
    pause = running_break(open_stay)
    if pause is None:
        return BreakTurn(refusal=Refusal.NOT_ON_BREAK)
    if in_utc(at) <= pause.start_at:
        return BreakTurn(refusal=Refusal.NOT_AFTER_START)
    breaks = tuple(replace(each, end_at=at) if each is pause else each for each in open_stay.breaks)
    return BreakTurn(stay=replace(open_stay, breaks=breaks))
