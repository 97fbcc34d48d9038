"""PURE. The re-paired day: all instants of a local day, sorted and paired anew with every punch.

The first is an in, the second its out, the third an in ...; an odd last one has no end. So the outcome does not
depend on the order of arrival. What a punch calls itself hardly matters; only an explicit out, or a punch flagged as
ending an overnight shift, may close the day before. Source: the re-pairing vendor's track-time page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from itertools import pairwise

from attendance.rules.pairing import (
    Pairing,
    compare,
    in_order,
    keep_ids,
    new_stay,
    only_latest_open,
    presence,
    refused,
)
from attendance.rules.punches import Fact, PunchKind, Refusal, Stay
from attendance.rules.work_dates import DayAttribution, ended
from peoplesync.kernel.dates import ONE_DAY

#: Until when, by the wall clock, a punch may end the shift of the day before: from midnight, both ends included and
#: compared with seconds. Noon is inside it; the vendor's page once gives noon as an example of "too late", against
#: the interval it states three times, and the interval is the rule.
OVERNIGHT_UNTIL = time(18)


def is_in_overnight_window(clock: time) -> bool:
    """Whether a wall-clock time may end the shift of the day before.

    >>> [is_in_overnight_window(time(*t)) for t in ((0, 0), (12, 0), (18, 0), (18, 0, 1))]
    [True, True, True, False]
    """
    return clock <= OVERNIGHT_UNTIL


def track(punch: Fact, stays: Sequence[Stay], attribution: DayAttribution = DayAttribution.START) -> Pairing:
    """The stays after one more punch.

    `stays` are the person's stored stays that began on the punch's local day or the day before, those that overlap
    the day, and the latest one (whichever is in, only the last stays open). A punch whose instant is already there
    changes nothing. Refused as overlapping when it falls inside a stay that is not paired anew.
    """
    if _may_end_yesterday(punch):
        before = [stay for stay in stays if stay.began_on == punch.local_day - ONE_DAY]
        if any(stay.end_at == punch.at for stay in before):
            return compare(stays, stays)
        endless = max((s for s in before if not s.is_closed), key=lambda stay: stay.start_at, default=None)
        if endless is not None:
            closed = replace(ended(endless, punch.at, attribution), out_punch_id=punch.id)
            return _settled(stays, [closed, *(stay for stay in stays if stay is not endless)], ())
    if any(punch.at in (stay.start_at, stay.end_at) for stay in stays):
        return compare(stays, stays)
    return _pair_anew(punch, stays, attribution)


def pair_day(
    day: date, facts: Iterable[Fact], stays: Sequence[Stay], attribution: DayAttribution = DayAttribution.START
) -> Pairing:
    """The stays of `day` made from its facts alone: after a punch of it was voided or corrected.

    `facts` are the accepted ones of `day` and, of the next day, those that ended an overnight stay of `day`;
    `stays` as for `track`. An overnight stay survives while both its instants are still among the facts.
    """
    known = _distinct(facts)
    instants = {fact.at for fact in known}
    mine = [stay for stay in stays if stay.began_on == day]
    kept = [stay for stay in mine if stay.is_overnight and {stay.start_at, stay.end_at} <= instants]
    used = {moment for stay in kept for moment in (stay.start_at, stay.end_at)}
    free = [fact for fact in known if fact.at not in used]
    wanted = keep_ids(_pairs([fact for fact in free if fact.local_day == day], attribution), mine)
    spare = [fact for fact in free if fact.local_day != day]
    if spare and wanted and not wanted[-1].is_closed and _may_end_yesterday(spare[0]):
        wanted[-1] = replace(ended(wanted[-1], spare[0].at, attribution), out_punch_id=spare.pop(0).id)
    others = [stay for stay in stays if stay.began_on != day]
    return _settled(stays, [*wanted, *kept, *others], spare)


def _may_end_yesterday(punch: Fact) -> bool:
    says_so = punch.is_overnight or punch.kind == PunchKind.OUT
    return says_so and is_in_overnight_window(punch.local.time())


def _pair_anew(punch: Fact, stays: Sequence[Stay], attribution: DayAttribution) -> Pairing:
    """Pairs the punch with every instant of its day; stays with an overnight end keep it and are left alone."""
    pool = [stay for stay in stays if stay.began_on == punch.local_day and not stay.is_overnight]
    others = [stay for stay in stays if stay not in pool]
    bounds = [fact for stay in pool for fact in _bounds(stay)]
    wanted = keep_ids(_pairs(sorted([*bounds, punch], key=in_order), attribution), pool)
    return _settled(stays, [*wanted, *others], ())


def _bounds(stay: Stay) -> Iterator[Fact]:
    """The facts behind a stored stay."""
    yield Fact(PunchKind.IN, stay.start_at, stay.zone, stay.door, id=stay.in_punch_id)
    if stay.end_at is not None:
        yield Fact(PunchKind.OUT, stay.end_at, stay.zone, stay.door, id=stay.out_punch_id)


def _distinct(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in order, each instant once: a repeat is a retry. Only an out and an in may share one."""
    distinct: list[Fact] = []
    for fact in presence(facts):
        touches = bool(distinct) and distinct[-1].kind == PunchKind.OUT and fact.kind == PunchKind.IN
        if not distinct or distinct[-1].at != fact.at or touches:
            distinct.append(fact)
    return distinct


def _pairs(facts: Sequence[Fact], attribution: DayAttribution) -> list[Stay]:
    """Consecutive pairs of facts (ascending); an odd last one has no end.

    A pair of one instant (the seam of two stays that touched, with a punch before it) is no stay.
    """
    pairs = zip(facts[::2], [*facts[1::2], None], strict=False)
    return [new_stay(first, last, attribution) for first, last in pairs if last is None or first.at < last.at]


def _settled(stays: Sequence[Stay], wanted: Iterable[Stay], unpaired: Iterable[Fact]) -> Pairing:
    """The outcome, or a refusal when two wanted stays overlap."""
    settled = only_latest_open(wanted)
    for earlier, later in pairwise(settled):
        if earlier.overlaps(later):
            return refused(stays, Refusal.OVERLAPS, earlier if earlier.id is not None else later)
    return compare(stays, settled, unpaired)
