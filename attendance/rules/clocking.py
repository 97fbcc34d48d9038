"""PURE. The state machine: an in opens a stay, an out closes it. Used by the native door and two vendors' doors.

Decisions are values: a refusal is returned, each door words it. The same machine run over a list of facts
(`replay`) rebuilds stays after a correction. Breaks inside a stay stand in `breaks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from attendance.rules.pairing import (
    Pairing,
    compare,
    give_up_waiting,
    keep_ids,
    new_stay,
    only_latest_open,
    policy_of_door,
    presence,
)
from attendance.rules.punches import Door, EndReason, Fact, PunchKind, Refusal, Stay, in_utc, overlapping
from attendance.rules.work_dates import (
    DayAttribution,
    MaximumLength,
    as_unfinished,
    close_forgotten,
    ended,
    work_date_of,
)
from peoplesync.kernel.dates import local_day


@dataclass(frozen=True, slots=True)
class ClockingPolicy:
    """What the organisation (or a door) allows. Defaults are the native door's.

    `is_new_day_free`: an in on a later local day than the open stay's always succeeds; where it is False an open
    stay refuses every in until it is closed or forgotten (two vendors answer so).
    `is_out_held_by_locks`: an out on a closed day is refused (one vendor promises it). A live out on a day that only
    a payroll closed is still taken: pay never stands in the way of a live punch.
    """

    has_several_stays_a_day: bool = False
    is_new_day_free: bool = True
    is_out_held_by_locks: bool = False
    maximum: MaximumLength = field(default_factory=MaximumLength)
    attribution: DayAttribution = DayAttribution.START


NATIVE_CLOCKING = ClockingPolicy()
#: A timer that runs until it is stopped, several times a day.
TIMER_CLOCKING = ClockingPolicy(has_several_stays_a_day=True, is_new_day_free=False)


@dataclass(frozen=True, slots=True)
class ClockIn:
    """What an in does: `opened` is the new stay, `older` the stay left open before, as it must be stored first.

    With a `refusal` both are None and `in_the_way` is the stay that stands against it.
    """

    opened: Stay | None = None
    older: Stay | None = None
    refusal: Refusal | None = None
    in_the_way: Stay | None = None


@dataclass(frozen=True, slots=True)
class ClockOut:
    """What an out does: `stay` is the open stay as it must now be stored.

    After the maximum length that is the stay as the timetable would have settled it, whichever of the two came first; the
    punch is only kept in the log.
    """

    stay: Stay | None = None
    refusal: Refusal | None = None
    in_the_way: Stay | None = None


def decide_in(
    open_stay: Stay | None,
    latest_stays: Iterable[Stay],
    at: datetime,
    zone: str,
    policy: ClockingPolicy = NATIVE_CLOCKING,
    *,
    scheduled_end_at: datetime | None = None,
    door: Door = Door.NATIVE,
    punch_id: UUID | None = None,
) -> ClockIn:
    """Whether an in at `at` opens a stay, and what becomes of the one still open.

    `latest_stays` are the person's stays that began on the local day of `at` or end after `at`; `scheduled_end_at`
    is the planned end of the open stay's shift. "Today" is the day of `at` in `zone`; a stored stay keeps the local
    day of its own zone, so changing the organisation's zone moves no history. An `at` before the open stay's start
    (a host clock that jumped back) is refused like a second in.
    """
    today = local_day(at, zone)
    others = [stay for stay in latest_stays if open_stay is None or stay.id != open_stay.id]
    older = None
    if open_stay is not None:
        older = _let_go(open_stay, others, at, today, policy, scheduled_end_at)
        if older is None:
            return ClockIn(refusal=Refusal.ALREADY_CLOCKED_IN, in_the_way=open_stay)
        others.append(older)
    if not policy.has_several_stays_a_day:
        present = next((stay for stay in others if stay.began_on == today), None)
        if present is not None:
            return ClockIn(refusal=Refusal.ALREADY_CLOCKED_IN, in_the_way=present)
    work_date = work_date_of(at, None, zone, policy.attribution)
    opened = Stay(start_at=at, end_at=None, work_date=work_date, zone=zone, door=door, in_punch_id=punch_id)
    in_the_way = overlapping(opened, others)
    if in_the_way is not None:
        return ClockIn(refusal=Refusal.OVERLAPS, in_the_way=in_the_way)
    return ClockIn(opened=opened, older=older)


def _let_go(
    open_stay: Stay,
    others: Sequence[Stay],
    at: datetime,
    today: date,
    policy: ClockingPolicy,
    scheduled_end_at: datetime | None,
) -> Stay | None:
    """The open stay as a new in leaves it, or None when it refuses the new in."""
    if in_utc(at) <= open_stay.start_at:
        return None
    forgotten = _forgotten(open_stay, others, at, policy, scheduled_end_at)
    if forgotten is not None:
        return forgotten
    return as_unfinished(open_stay) if policy.is_new_day_free and today > open_stay.began_on else None


def _forgotten(
    open_stay: Stay, others: Iterable[Stay], at: datetime, policy: ClockingPolicy, scheduled_end_at: datetime | None
) -> Stay | None:
    """The open stay as its own day's policy gives up on it, or None while its out may still come."""
    how = policy_of_door(open_stay.door)
    return give_up_waiting(how, open_stay, at, policy.maximum, scheduled_end_at, policy.attribution, others=others)


def decide_out(
    open_stay: Stay | None,
    latest_stays: Iterable[Stay],
    at: datetime,
    policy: ClockingPolicy = NATIVE_CLOCKING,
    *,
    scheduled_end_at: datetime | None = None,
    punch_id: UUID | None = None,
) -> ClockOut:
    """Whether an out at `at` closes the open stay; across midnight and DST changes alike.

    `latest_stays` are the stays a closing could run into. A running break ends with the stay. With nothing open, the
    stay she left today stands in the way: her out may have been taken already.
    """
    if open_stay is None:
        return ClockOut(refusal=Refusal.NOT_CLOCKED_IN, in_the_way=_left_today(latest_stays, at))
    if in_utc(at) <= open_stay.start_at:
        return ClockOut(refusal=Refusal.NOT_AFTER_START, in_the_way=open_stay)
    others = [stay for stay in latest_stays if stay is not open_stay and stay.id != open_stay.id]
    forgotten = _forgotten(open_stay, others, at, policy, scheduled_end_at)
    if forgotten is not None:
        return ClockOut(stay=forgotten)
    closed = replace(ended(open_stay, at, policy.attribution), out_punch_id=punch_id)
    in_the_way = overlapping(closed, others)
    if in_the_way is not None:
        return ClockOut(refusal=Refusal.OVERLAPS, in_the_way=in_the_way)
    return ClockOut(stay=closed)


def _left_today(stays: Iterable[Stay], at: datetime) -> Stay | None:
    """The last stay that somebody ended on the local day of `at`."""
    left = [stay for stay in stays if stay.end_at is not None and stay.reason != EndReason.AUTO_CLOSED]
    today = [stay for stay in left if stay.end_at and local_day(stay.end_at, stay.zone) == local_day(at, stay.zone)]
    return max(today, key=lambda stay: stay.start_at, default=None)


def replay(
    facts: Iterable[Fact],
    existing: Sequence[Stay] = (),
    policy: ClockingPolicy = NATIVE_CLOCKING,
    scheduled_ends: Mapping[date, datetime] | None = None,
) -> Pairing:
    """The stays a person's accepted facts make, whatever order they arrived in.

    For rebuilding after a correction or a voided punch: pass every fact from the first in that may change to the
    next stay that may not. `scheduled_ends` gives the planned end of the shift of a local day. An in while a stay
    is open leaves that stay forgotten or unfinished; an out with nothing open stays unpaired, and so does whatever
    falls where `existing` stands firm (`_beside`).
    """
    stays: list[Stay] = []
    current: Fact | None = None
    acting, unpaired = _beside(existing, presence(facts))
    for fact in acting:
        is_out = fact.kind == PunchKind.OUT or (fact.kind == PunchKind.TOGGLE and current is not None)
        if current is None and not is_out:
            current = fact
        elif current is None or fact.at <= current.at:
            unpaired.append(fact)
        else:
            stay, used = _step(current, fact, is_out, policy, scheduled_ends or {})
            stays.append(stay)
            current = None if used else fact if fact.kind != PunchKind.OUT else None
            if not used and fact.kind == PunchKind.OUT:
                unpaired.append(fact)
    if current is not None:
        stays.append(new_stay(current, None, policy.attribution))
    return compare(existing, only_latest_open(keep_ids(stays, existing)), unpaired)


def _beside(stored: Sequence[Stay], facts: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """The facts that may act beside the stored stays, and those that only stay in the log.

    A stay both of whose punches are told is firm: nothing that was told besides cuts it. An in where somebody is in
    already says nothing new. What a phone kept is placed by the rules of offline records, or nowhere.
    """
    told = {(fact.at, is_out) for fact in facts for is_out in _sides(fact)}
    bounds = {(stay.start_at, False) for stay in stored} | {(stay.end_at, True) for stay in stored if stay.end_at}
    firm = [stay for stay in stored if {(stay.start_at, False), (stay.end_at, True)} <= told]
    endless = [stay for stay in stored if not stay.is_closed]
    acting: list[Fact] = []
    idle: list[Fact] = []
    for fact in facts:
        is_bound = any((fact.at, is_out) in bounds for is_out in _sides(fact))
        is_idle = not is_bound and (
            fact.door == Door.OFFLINE
            or any(_falls_into(fact, stay) for stay in firm)
            or (fact.kind == PunchKind.IN and any(_is_in_by(fact, stay, stored) for stay in endless))
        )
        (idle if is_idle else acting).append(fact)
    return acting, idle


def _sides(fact: Fact) -> tuple[bool, ...]:
    """Whether a fact may be an out: False, True, or both for a toggle."""
    return {PunchKind.IN: (False,), PunchKind.OUT: (True,)}.get(fact.kind, (False, True))


def _falls_into(fact: Fact, stay: Stay) -> bool:
    """Whether a fact lies inside a closed stay; an in at its very end may begin the next one."""
    return stay.end_at is not None and stay.start_at <= fact.at < stay.end_at


def _is_in_by(fact: Fact, stay: Stay, stored: Sequence[Stay]) -> bool:
    """Whether a stay without an end already says that she is in on the day of an in."""
    if fact.local_day != stay.began_on:
        return False
    if stay.is_open:
        return True
    return stay.start_at < fact.at and not any(stay.start_at < other.start_at <= fact.at for other in stored)


def _step(
    current: Fact, fact: Fact, is_out: bool, policy: ClockingPolicy, scheduled_ends: Mapping[date, datetime]
) -> tuple[Stay, bool]:
    """The stay that began with `current` once `fact` came, and whether `fact` is its out."""
    stay = new_stay(current, None, policy.attribution)
    forgotten = close_forgotten(
        stay, fact.at, policy.maximum, scheduled_ends.get(current.local_day), policy.attribution
    )
    if forgotten is not None:
        return forgotten, False
    if is_out:
        return replace(ended(stay, fact.at, policy.attribution), out_punch_id=fact.id), True
    return as_unfinished(stay), False
