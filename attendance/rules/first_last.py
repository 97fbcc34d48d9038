"""PURE. Independent events: any number of ins and outs, one stay a day from the first in to the last out.

For terminals and the vendor whose punches know no state: in-in and out-out are normal, order of arrival is nothing.
Which day an event after midnight belongs to is decided here too, since that decides what is first and last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from attendance.rules.pairing import Pairing, compare, keep_ids, new_stay, only_latest_open, presence
from attendance.rules.punches import Fact, PunchKind, Stay
from attendance.rules.work_dates import DayAttribution, MaximumLength
from peoplesync.kernel.dates import ONE_DAY

#: How long after the planned end of a shift over midnight an event still counts to that shift.
AFTER_SHIFT = timedelta(hours=4)


def days_of_events(
    facts: Iterable[Fact],
    scheduled_ends: Mapping[date, datetime] | None = None,
    maximum: MaximumLength | None = None,
) -> dict[date, list[Fact]]:
    """The events of each work date, each list ascending and without repeats (same kind, same instant).

    An event on the morning after counts to the day before when that day's shift is planned to end this morning and
    the event comes no later than `AFTER_SHIFT` past it; or, when it is this day's first and no in, when the day
    before has no out after its last in and began within `maximum`. A stored `work_date` is obeyed.
    `scheduled_ends` gives the planned end (UTC) of the shift of a local day. Pass events from two days before the
    first day wanted, so that the first morning is judged with its evening.
    """
    limit = (maximum or MaximumLength()).length
    days: dict[date, list[Fact]] = {}
    for fact in presence(facts):
        day = fact.work_date or _day_of(fact, days, scheduled_ends or {}, limit)
        events = days.setdefault(day, [])
        if not any(known.at == fact.at and known.kind == fact.kind for known in events):
            events.append(fact)
    return days


def _day_of(
    fact: Fact, days: Mapping[date, list[Fact]], scheduled_ends: Mapping[date, datetime], limit: timedelta
) -> date:
    today, yesterday = fact.local_day, fact.local_day - ONE_DAY
    before = days.get(yesterday, [])
    planned = scheduled_ends.get(yesterday)
    if not before or fact.at - before[0].at > limit or today in days:
        return today
    if planned is not None and planned.astimezone(fact.local.tzinfo).date() == today:
        return yesterday if fact.at <= planned + AFTER_SHIFT else today
    return yesterday if fact.kind != PunchKind.IN and _awaits_out(before) else today


def _awaits_out(events: Sequence[Fact]) -> bool:
    """Whether a day's events end with somebody inside: the last is an in, or a single toggle."""
    return events[-1].kind == PunchKind.IN or (events[-1].kind == PunchKind.TOGGLE and len(events) == 1)


def first_in_last_out(events: Sequence[Fact]) -> tuple[Fact | None, Fact | None]:
    """The in and the out of one day's events (ascending). The first toggle may be the in, a later one the out.

    None for an in that never came (the outs then stay unpaired) or an out that did not.
    """
    first = next((fact for fact in events if fact.kind != PunchKind.OUT), None)
    if first is None:
        return None, None
    outs = [fact for fact in events if fact.kind != PunchKind.IN and fact.at > first.at]
    return first, outs[-1] if outs else None


def pair_events(
    facts: Iterable[Fact],
    stays: Sequence[Stay] = (),
    scheduled_ends: Mapping[date, datetime] | None = None,
    maximum: MaximumLength | None = None,
    attribution: DayAttribution = DayAttribution.START,
) -> Pairing:
    """One stay for each work date that has an in; days with outs only leave them unpaired.

    `stays` are the person's stored stays of the days the facts cover. A stay keeps its id while its start stays,
    and also when an earlier in arrives late: it is still that day's one stay.
    """
    wanted, unpaired = [], []
    for day, events in sorted(days_of_events(facts, scheduled_ends, maximum).items()):
        first, last = first_in_last_out(events)
        if first is None:
            unpaired += events
            continue
        stay = new_stay(first, last, attribution)
        wanted.append(stay if attribution != DayAttribution.START else replace(stay, work_date=day))
    kept = _keep_day_ids(keep_ids(wanted, stays), stays)
    return compare(stays, only_latest_open(kept), unpaired)


def _keep_day_ids(wanted: Iterable[Stay], stays: Sequence[Stay]) -> list[Stay]:
    """The stays, those still without id taking over the id of their day's stored stay."""
    settled = list(wanted)
    taken = {stay.id for stay in settled}
    spare = {stay.work_date: stay for stay in stays if stay.id not in taken}
    for place, stay in enumerate(settled):
        stored = spare.get(stay.work_date)
        if stay.id is None and stored is not None:
            settled[place] = replace(stay, id=stored.id, comment=stored.comment, breaks=stored.breaks)
    return settled
