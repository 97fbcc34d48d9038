"""What a refused punch is told on our own doors. Vendors' doors read the code and say it in their own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction

from attendance.rules.punches import Refusal, Stay
from peoplesync.kernel.dates import zone
from peoplesync.kernel.errors import Conflict, PeopleSyncError

_SENTENCES = {
    Refusal.ALREADY_CLOCKED_IN: "You have already clocked in today{span}. Ask for a correction if that is wrong.",
    Refusal.NOT_CLOCKED_IN: "You are not clocked in. Clock in first, or ask for a correction.",
    Refusal.NOT_AFTER_START: "This is not after the start{since}. Check the time and send it again.",
    Refusal.OVERLAPS: "This overlaps with another attendance{span}. Correct that one first.",
    Refusal.ON_BREAK: "You are on a break already. End it first.",
    Refusal.NOT_ON_BREAK: "You are not on a break. Begin one first.",
    Refusal.BREAK_TOO_SHORT: "This break has not lasted its minimum yet. Try again later.",
}
_CLOCKED_OUT = "You have clocked out already{span}. See /attendances/today; ask for a correction if that is wrong."
#: What each constraint means when two requests race past the polite check.
BY_CONSTRAINT = {
    "attendance_attendance_one_open": Refusal.ALREADY_CLOCKED_IN,
    "attendance_attendance_no_overlap": Refusal.OVERLAPS,
    "attendance_break_no_overlap": Refusal.ON_BREAK,
    "attendance_standalonebreak_no_overlap": Refusal.ON_BREAK,
}


def refusal_error(refusal: Refusal, stay: Stay | None = None) -> PeopleSyncError:
    """The refusal as an error whose code is the rule's own name."""
    sentence = _SENTENCES[refusal]
    if refusal == Refusal.NOT_CLOCKED_IN and stay is not None and stay.is_closed:
        sentence = _CLOCKED_OUT  # her first tap may have been taken and its answer lost
    return Conflict(sentence.format(since=_since(stay), span=_span(stay)), code=refusal.value)


def refuse(refusal: Refusal, stay: Stay | None = None) -> NoReturn:
    """Raises the Conflict of a refusal; `stay` is what is in the way."""
    raise refusal_error(refusal, stay)


@contextmanager
def one_act() -> Iterator[None]:
    """A transaction in which a race that passed the polite checks is told as they would have told it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        refusal = BY_CONSTRAINT.get(name or "")
        if refusal is None:
            raise
        raise refusal_error(refusal) from error


def _since(stay: Stay | None) -> str:
    return "" if stay is None else f" ({_clock(stay.start_at, stay.zone)})"


def _span(stay: Stay | None) -> str:
    if stay is None or stay.end_at is None:
        return _since(stay)
    start, end = _clock(stay.start_at, stay.zone), _clock(stay.end_at, stay.zone)
    return f" ({start} to {end.removeprefix(start[:11])})"


def _clock(moment: datetime, zone_name: str) -> str:
    return moment.astimezone(zone(zone_name)).strftime("%Y-%m-%d %H:%M")
