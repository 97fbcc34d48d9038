"""PURE. The re-paired day: all instants of a local day, sorted and paired anew with every punch.

The first is an in, the second its out, the third an in ...; an odd last one has no end. So the outcome does not
depend on the order of arrival. What a punch calls itself hardly matters; only an explicit out, or a punch flagged as
ending an overnight shift, may close the day before. Source: the re-pairing vendor's track-time page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise

from attendance.rules.pairing import (
    END_FLAGS,
    Pairing,
    compare,
    in_order,
    keep_ids,
    new_stay,
    only_latest_open,
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


def track(
    punch: Fact,
    stays: Sequence[Stay],
    attribution: DayAttribution = DayAttribution.START,
    flagged: Collection[datetime] = (),
) -> Pairing:
    """The stays after one more punch.

    `stays` are the person's stored stays that began on the punch's local day or the day before, those that overlap the
    day, and all later ones (whichever is in, only the last stays open). `flagged` are the instants of logged punches
    that may end an overnight shift; none are needed unless `needs_flags`.

    A day's first punch ends the entry that the day before left open, if it says so and lies in the window; the rest of
    the day is paired by itself. That holds whatever comes when: an evening that is closed otherwise gives the morning's
    punch back to its own day, and one that is left without an end takes it.
    A punch whose instant is already there changes nothing. Refused as overlapping when it falls inside a stay that is
    not paired anew: one whose overnight end no flagged punch gave.
    """
    if any(punch.at in (stay.start_at, stay.end_at) for stay in stays):
        return compare(stays, stays)
    says_so = punch.is_overnight or punch.kind == PunchKind.OUT
    pairing = _paired_on(punch, stays, attribution, {*flagged, punch.at} if says_so else set(flagged))
    # What cannot end an evening, because another stay lies between, is still a punch of its own day: never lost.
    return pairing if pairing.refusal is None else _paired_on(punch, stays, attribution, set())


def needs_flags(punch: Fact, stays: Iterable[Stay]) -> bool:
    """Whether the outcome depends on what logged punches say of themselves: a later day or night is there already."""
    day = punch.local_day
    return any(s.began_on > day or (s.is_overnight and s.end_at is not None and s.end_at > punch.at) for s in stays)


def _paired_on(punch: Fact, stays: Sequence[Stay], attribution: DayAttribution, flagged: Set[datetime]) -> Pairing:
    """The punch's day paired anew, and every day after it that this gives a punch to or takes one from."""
    day = punch.local_day
    now, loose = list(stays), [punch]
    for night in (stay for stay in stays if stay.began_on == day - ONE_DAY and stay.end_at in flagged):
        end = next((bound for bound in _bounds(night) if bound.at == night.end_at and night.is_overnight), None)
        if end is not None and punch.at < end.at:  # it is no longer the day's first
            now[now.index(night)] = _reopened(night)
            loose.append(end)
    while loose or any(stay.began_on == day and stay.start_at in flagged for stay in now):
        now, loose = _day_anew(day, loose, now, attribution, flagged)
        day += ONE_DAY
    return _settled(stays, now)


def _day_anew(
    day: date, loose: Iterable[Fact], stays: Sequence[Stay], attribution: DayAttribution, flagged: Set[datetime]
) -> tuple[list[Stay], list[Fact]]:
    """The stays with one day's instants paired anew, and the punches its evening gives back to the next day.

    A stay with an overnight end that no flagged punch gave keeps it and is left alone.
    """
    pool = [stay for stay in stays if stay.began_on == day and (not stay.is_overnight or stay.end_at in flagged)]
    others = [stay for stay in stays if stay not in pool]
    bounds = [*loose, *(fact for stay in pool for fact in _bounds(stay))]
    facts = sorted((fact for fact in bounds if fact.local_day <= day), key=in_order)
    before = (stay for stay in others if stay.began_on == day - ONE_DAY and not stay.is_closed)
    evening = max(before, key=lambda stay: stay.start_at, default=None)
    if evening is not None and facts and facts[0].at in flagged and _may_end(evening, facts[0]):
        others.remove(evening)
        others.append(replace(ended(evening, facts[0].at, attribution), out_punch_id=facts[0].id))
        facts = facts[1:]
    return [*others, *keep_ids(_pairs(facts, attribution), pool)], [fact for fact in bounds if fact.local_day > day]


def _may_end(evening: Stay, fact: Fact) -> bool:
    return evening.start_at < fact.at and is_in_overnight_window(fact.local.time())


def _reopened(night: Stay) -> Stay:
    """The evening as it was before the morning ended it."""
    return replace(night, end_at=None, out_punch_id=None, work_date=night.began_on, flags=night.flags - END_FLAGS)


def _bounds(stay: Stay) -> Iterator[Fact]:
    """The facts behind a stored stay."""
    yield Fact(PunchKind.IN, stay.start_at, stay.zone, stay.door, id=stay.in_punch_id)
    if stay.end_at is not None:
        yield Fact(PunchKind.OUT, stay.end_at, stay.zone, stay.door, id=stay.out_punch_id)


def _pairs(facts: Sequence[Fact], attribution: DayAttribution) -> list[Stay]:
    """Consecutive pairs of facts (ascending); an odd last one has no end.

    A pair of one instant (the seam of two stays that touched, with a punch before it) is no stay.
    """
    pairs = zip(facts[::2], [*facts[1::2], None], strict=False)
    return [new_stay(first, last, attribution) for first, last in pairs if last is None or first.at < last.at]


def _settled(stays: Sequence[Stay], wanted: Iterable[Stay]) -> Pairing:
    """The outcome, or a refusal when two wanted stays overlap."""
    settled = only_latest_open(wanted)
    for earlier, later in pairwise(settled):
        if earlier.overlaps(later):
            return refused(stays, Refusal.OVERLAPS, earlier if earlier.id is not None else later)
    return compare(stays, settled)
