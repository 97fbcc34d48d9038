"""Computing days anew, many at once: after imports and syncs, and when what a day asks of people has changed.

A constant number of statements per chunk, whatever the number of people and days in it. The day of a single punch is
written with the punch itself (`day_rows`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from attendance.models import DaySummary
from attendance.rules.day_summary import summarise
from attendance.rules.pairing import policy_of_door
from attendance.rules.punches import Stay
from attendance.rules.work_dates import LONGEST, DayAttribution, dates_giving_time, days_given_time
from attendance.selectors import day_grounds
from attendance.selectors.demands import schedule_of
from attendance.selectors.house_rules import house_rules
from attendance.selectors.stays import of_days as stays_between
from attendance.services import day_batches
from attendance.services.day_batches import Computed
from attendance.services.day_rows import columns_of
from hr.selectors import locks, schedules
from peoplesync.kernel.dates import ONE_DAY

Days = Mapping[UUID, Collection[date]]
Held = Mapping[UUID, Sequence[Stay]]
#: People times days of one chunk: bounds memory and the time any lock is held.
CHUNK_DAYS = 20_000
#: How often days that a punch wrote meanwhile are tried again; whoever writes later than that has read later, too.
ATTEMPTS = 5


def compute(*, days: Days, at: datetime, held: Held | None = None) -> int:
    """Compute these days of these people as of `at`; the number of rows written.

    `held` are all stays from `reach_of` these days on, of people whom the caller has locked: they are not read again.
    """
    wanted = {employee_id: frozenset(dates) for employee_id, dates in days.items() if dates}
    count = 0
    for part in chunks(wanted):
        with transaction.atomic():
            count += _compute_chunk(part, at, held or {})
    return count


def reach_of(days: Collection[date]) -> date:
    """The UTC day that whoever holds all stays from its end on holds every stay of these days for, in any zone."""
    return min(days) - LONGEST - ONE_DAY


def compute_stored(
    *, employee_ids: Collection[UUID] | None, first: date, last: date, at: datetime, with_locked: bool = False
) -> int:
    """Compute the days that have rows between `first` and `last`, of these people or (None) of everybody.

    Closed days keep what was paid, unless `with_locked`. All these days are in memory at once: bound them.
    """
    stored = DaySummary.objects.stored(employee_ids, first, last)
    wanted: dict[UUID, set[date]] = defaultdict(set)
    for employee_id, day in (stored if with_locked else stored.not_closed()).values_list("employee_id", "work_date"):
        wanted[employee_id].add(day)
    return compute(days=wanted, at=at)


def chunks(days: Mapping[UUID, frozenset[date]]) -> Iterator[dict[UUID, frozenset[date]]]:
    """The wanted days cut so that people times the whole span of days stays bounded, people in the order of their ids."""
    part: dict[UUID, frozenset[date]] = {}
    first, last = date.max, date.min
    for employee_id in sorted(days):
        lowest, highest = min(first, *days[employee_id]), max(last, *days[employee_id])
        if part and (len(part) + 1) * ((highest - lowest).days + 1) > CHUNK_DAYS:
            yield part
            part, lowest, highest = {}, min(days[employee_id]), max(days[employee_id])
        part[employee_id], first, last = days[employee_id], lowest, highest
    if part:
        yield part


def _compute_chunk(days: Mapping[UUID, frozenset[date]], at: datetime, held: Held) -> int:
    """Compute and write; what a punch wrote in between is read and computed again."""
    count = 0
    for _ in range(ATTEMPTS):
        computed = _computed(days, at, held)
        written = day_batches.write(computed, at)
        count += len(written)
        left: dict[UUID, set[date]] = defaultdict(set)
        for day in computed:
            if day.key not in written:
                left[day.key[0]].add(day.key[1])
        if not left:
            break
        days = {employee_id: frozenset(dates) for employee_id, dates in left.items()}
    return count


def _computed(days: Days, at: datetime, held: Held) -> list[Computed]:
    ids = list(days)
    first, last = min(map(min, days.values())), max(map(max, days.values()))
    about = house_rules()
    # The stored days are read before the stays: what is written later than that is not overwritten.
    known = day_grounds.seen_days(ids, first, last)
    zones = day_grounds.zones_of(ids)
    attribution = about.day_policy.attribution
    read = [who for who in ids if who not in held]
    stays = {**held, **(stays_between(read, *dates_giving_time(first, last, attribution)) if read else {})}
    by_day = {who: _by_day(stays.get(who, ()), attribution) for who in ids}
    pauses = day_grounds.paid_breaks(ids, first, last)
    closed = locks.locked_days(ids, first, last)
    found = []
    for plan in schedules.each_plan(ids, first, last):
        who, day = plan.employee_id, plan.on
        if day not in days[who]:
            continue
        before = known.get((who, day))
        demand = schedule_of(plan, zones[who] or about.zone)
        here = by_day[who].get(day, ())
        summary = summarise(
            here,
            demand,
            at,
            about.day_policy,
            breaks=pauses.get((who, day), ()),
            is_locked=day in closed[who],
            approved_overtime_seconds=before.approved_overtime_seconds if before else None,
        )
        policy = (before.policy if before else "") or first_policy(stay for stay in here if stay.work_date == day)
        columns = {**columns_of(summary, demand, who, at), "policy": policy}
        found.append(Computed(columns, before.updated_at if before else None, before.exceptions if before else ()))
    return found


def _by_day(stays: Iterable[Stay], attribution: DayAttribution) -> dict[date, list[Stay]]:
    """Stays by the days they belong to or give time to: a day asks only for its own, however many somebody has."""
    found: dict[date, list[Stay]] = defaultdict(list)
    for stay in stays:
        for day in days_given_time((stay,), attribution):
            found[day].append(stay)
    return found


def first_policy(stays: Iterable[Stay]) -> str:
    """The pairing policy of a day no punch has set one for: its earliest stay's door; empty without a stay."""
    first = min(stays, key=lambda stay: stay.start_at, default=None)
    return policy_of_door(first.door).value if first else ""
