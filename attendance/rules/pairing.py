"""PURE. What the pairing policies share: their names, which one a day follows, and the outcome they hand back.

The policies themselves: `clocking` (state machine), `paired_day`, `first_last`; facts of phones without signal in
`offline`. Adapters choose a policy by door here; no service ever asks which vendor it speaks to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from attendance.rules.punches import PRESENCE_KINDS, Door, Fact, PunchKind, Refusal, Stay, StayFlag, overlapping
from attendance.rules.work_dates import (
    DayAttribution,
    MaximumLength,
    as_unfinished,
    close_forgotten,
    work_date_of,
)


class PairingPolicy(StrEnum):
    """How a person's punches of one day become stays."""

    STATE_MACHINE = "state_machine"  # an in opens, an out closes, nothing else fits
    PAIRED_DAY = "paired_day"  # all instants of the day sorted and paired anew with every punch
    FIRST_LAST = "first_last"  # independent events: one stay from the first in to the last out


_BY_DOOR = {
    Door.KENJO: PairingPolicy.PAIRED_DAY,
    Door.WORKLY: PairingPolicy.FIRST_LAST,
    Door.KIOSK: PairingPolicy.FIRST_LAST,
}
#: An out before an in of the same instant, so that back-to-back stays touch instead of overlapping.
_KIND_ORDER = {PunchKind.OUT: 0, PunchKind.BREAK_END: 1, PunchKind.BREAK_START: 2, PunchKind.TOGGLE: 3, PunchKind.IN: 4}

#: Flags that come from how a stay ends; the others describe its punches and stay with it when the end moves.
END_FLAGS = frozenset({StayFlag.MISSING_OUT, StayFlag.OVERNIGHT})


def policy_of_door(door: Door) -> PairingPolicy:
    """The policy a day follows when its first punch came through `door`."""
    return _BY_DOOR.get(door, PairingPolicy.STATE_MACHINE)


def in_order(fact: Fact) -> tuple[datetime, int, str]:
    """Sort key of facts: by instant, an out before an in, then by id so that equal ones have one order."""
    return fact.at, _KIND_ORDER[fact.kind], str(fact.id or fact.client_id or "")


def presence(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that bound stays (ins, outs, toggles), in order."""
    return sorted((fact for fact in facts if fact.kind in PRESENCE_KINDS), key=in_order)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The stays as they should now be stored.

    `stays` holds all of them, ascending by start; of these `added` have no id yet and `changed` have an id and new
    content; `removed` were stored and are no longer wanted. Write removed (and parked changes) before added: the
    exclusion constraint is checked row by row. `unpaired` facts stay in the log without making a stay.
    With a `refusal` nothing changes and `in_the_way` names the stay the punch collides with.
    """

    stays: tuple[Stay, ...]
    added: tuple[Stay, ...] = ()
    changed: tuple[Stay, ...] = ()
    removed: tuple[Stay, ...] = ()
    unpaired: tuple[Fact, ...] = ()
    refusal: Refusal | None = None
    in_the_way: Stay | None = None

    @property
    def is_unchanged(self) -> bool:
        return not (self.added or self.changed or self.removed)


def compare(existing: Sequence[Stay], wanted: Iterable[Stay], unpaired: Iterable[Fact] = ()) -> Pairing:
    """The outcome of a pairing: what differs between the stored stays and the wanted ones.

    Raises ValueError when a stored stay has no id: it could never be told apart from a new one.
    """
    if any(stay.id is None for stay in existing):
        raise ValueError("stored stays must carry their ids")
    stays = tuple(sorted(wanted, key=lambda stay: stay.start_at))
    before = {stay.id: stay for stay in existing}
    kept = {stay.id for stay in stays}
    return Pairing(
        stays=stays,
        added=tuple(stay for stay in stays if stay.id is None),
        changed=tuple(stay for stay in stays if stay.id is not None and before.get(stay.id) != stay),
        removed=tuple(stay for stay in existing if stay.id not in kept),
        unpaired=tuple(unpaired),
    )


def refused(existing: Sequence[Stay], refusal: Refusal, in_the_way: Stay | None = None) -> Pairing:
    """The outcome of a punch that fits nowhere: every stay as it was."""
    stays = tuple(sorted(existing, key=lambda stay: stay.start_at))
    return Pairing(stays=stays, refusal=refusal, in_the_way=in_the_way)


def keep_ids(wanted: Iterable[Stay], existing: Iterable[Stay]) -> list[Stay]:
    """Wanted stays, each with the id, breaks, comment and first door of the stored stay that has the same start.

    The wanted stay says how it ends; one that nobody waited for any more stays unfinished while it has no end.
    """
    by_start = {stay.start_at: stay for stay in existing}
    return [_as(stay, by_start.get(stay.start_at)) for stay in wanted]


def _as(wanted: Stay, stored: Stay | None) -> Stay:
    if stored is None:
        return wanted
    is_unfinished = stored.is_unfinished and wanted.end_at is None
    return replace(
        wanted,
        id=stored.id,
        is_unfinished=is_unfinished,
        reason=stored.reason if wanted.end_at == stored.end_at else wanted.reason,
        breaks=wanted.breaks or stored.breaks,
        comment=wanted.comment or stored.comment,
        door=stored.door,
        client_id=stored.client_id or wanted.client_id,
        in_punch_id=stored.in_punch_id or wanted.in_punch_id,
        out_punch_id=wanted.out_punch_id or (stored.out_punch_id if wanted.end_at == stored.end_at else None),
        flags=wanted.flags | (stored.flags - END_FLAGS) | ({StayFlag.MISSING_OUT} if is_unfinished else set()),
    )


def only_latest_open(stays: Iterable[Stay]) -> list[Stay]:
    """The stays, ascending, with every open one but the very last made unfinished: a person is in at most once."""
    ordered = sorted(stays, key=lambda stay: stay.start_at)
    return [as_unfinished(stay) if stay.is_open else stay for stay in ordered[:-1]] + ordered[-1:]


def new_stay(fact: Fact, end: Fact | None, attribution: DayAttribution) -> Stay:
    """The stay two facts bound; without `end` it is open."""
    end_at = None if end is None else end.at
    return Stay(
        start_at=fact.at,
        end_at=end_at,
        work_date=work_date_of(fact.at, end_at, fact.zone, attribution),
        zone=fact.zone,
        door=fact.door,
        client_id=fact.client_id,
        in_punch_id=fact.id,
        out_punch_id=None if end is None else end.id,
    )


def give_up_waiting(
    policy: PairingPolicy,
    stay: Stay,
    as_of: datetime,
    maximum: MaximumLength,
    scheduled_end_at: datetime | None = None,
    attribution: DayAttribution = DayAttribution.START,
    *,
    others: Iterable[Stay] = (),
) -> Stay | None:
    """What a forgotten stay becomes under the policy of its day, or None while its out may still come.

    The state machine closes it at the scheduled end or the maximum. The two policies that pair anew leave it
    unfinished instead: a later punch of that day (or the next, with the overnight flag) must still find it without
    an end. A closing that would run into one of `others` leaves it unfinished too.
    """
    closed = close_forgotten(stay, as_of, maximum, scheduled_end_at, attribution)
    if closed is None:
        return None
    if policy == PairingPolicy.STATE_MACHINE and overlapping(closed, others) is None:
        return closed
    return as_unfinished(stay)
