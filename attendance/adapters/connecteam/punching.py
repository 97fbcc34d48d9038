"""What every clocking call does alike: a sent punch as the services take it, and their refusals in Connecteam's words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from attendance.adapters.answers import in_words
from attendance.adapters.connecteam import refusals, wire
from attendance.adapters.connecteam.clocks import Puncher
from attendance.adapters.door import Call
from attendance.rules.clocking import TIMER_CLOCKING
from attendance.rules.punches import Refusal
from attendance.services.presented import Presented
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import PeopleSyncError

#: A timer, which several clocks may run one after another; a closed day takes no out.
CLOCKING = replace(TIMER_CLOCKING, is_out_held_by_locks=True)
#: The columns that hold a position: a device may send more digits, or numbers that lie on no globe.
_DIGITS, _LONGEST_ADDRESS = 7, 255

_WORDS: dict[str, Callable[[], PeopleSyncError]] = {
    Refusal.ALREADY_CLOCKED_IN.value: refusals.already_in,
    Refusal.OVERLAPS.value: refusals.runs_into_recorded,
    Refusal.NOT_CLOCKED_IN.value: refusals.not_in,
    Refusal.NOT_AFTER_START.value: refusals.not_after_start,
    Refusal.ON_BREAK.value: refusals.already_on_break,
    Refusal.NOT_ON_BREAK.value: refusals.not_on_break,
}


def request_id() -> str:
    return str(uuid4())


def presented(call: Call, found: Puncher, sent: wire.PunchRequest, **more: Any) -> Presented:
    """The punch as services take it. Raises Refused (400) for its zone or its timestamp."""
    zone = wire.punch_zone(sent.timezone, found.clock.zone)
    place = sent.location or wire.Location()
    is_on_earth = _is_on_earth(place)
    return call.presented(
        wire.punch_instant(sent.timestamp, received_at=call.at),
        zone=zone,
        time_clock_id=found.clock.id,
        lat=round(place.latitude, _DIGITS) if is_on_earth and place.latitude is not None else None,
        lng=round(place.longitude, _DIGITS) if is_on_earth and place.longitude is not None else None,
        location=None if place.address is None else place.address[:_LONGEST_ADDRESS],
        **more,
    )


def _is_on_earth(place: wire.Location) -> bool:
    """No range is declared for degrees, so an impossible position is no fault; it is no position either."""
    return abs(place.latitude or Decimal(0)) <= 90 and abs(place.longitude or Decimal(0)) <= 180


def in_their_words(at: datetime, zone: str) -> AbstractContextManager[None]:
    """A refusal of the rules goes out in Connecteam's sentence; a locked one names the local day of `at`."""
    return in_words({**_WORDS, "period_locked": lambda: refusals.day_locked(local_day(at, zone))})
