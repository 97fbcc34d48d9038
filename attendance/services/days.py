"""Computing days anew, many at once: after imports and syncs, and when what a day asks of people has changed.

A constant number of statements per chunk, whatever the number of people and days in it. The day of a single punch is
written with the punch itself (`day_rows`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance, DaySummary
from attendance.rules.day_summary import summarise
from attendance.rules.pairing import policy_of_door
from attendance.rules.punches import Stay
from attendance.selectors.demands import schedule_of
from attendance.selectors.organisation import organisation
from attendance.selectors.stays import breaks_of, paid_breaks_between, stay_of
from attendance.services import day_batches
from attendance.services.day_batches import Computed
from attendance.services.day_rows import columns_of
from hr.models import Employee
from hr.selectors import locks, schedules
from peoplesync.kernel.dates import ONE_DAY, days_between

Days = Mapping[UUID, Collection[date]]
#: People times days of one chunk: bounds memory and the time any lock is held.
CHUNK_DAYS = 20_000
#: How often days that a punch wrote meanwhile are tried again; whoever writes later than that has read later, too.
ATTEMPTS = 5


def compute(*, days: Days, at: datetime) -> int:
    """Compute these days of these people as of `at`; the number of rows written."""
    wanted = {employee_id: frozenset(dates) for employee_id, dates in days.items() if dates}
    count = 0
    for part in chunks(wanted):
        with transaction.atomic():
            count += _compute_chunk(part, at)
    return count


def compute_span(*, employee_ids: Iterable[UUID], first: date, last: date, at: datetime) -> int:
    """Compute every day from `first` to `last` for these people; the number of rows written."""
    return compute(days=dict.fromkeys(employee_ids, frozenset(days_between(first, last))), at=at)


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


def _compute_chunk(days: Mapping[UUID, frozenset[date]], at: datetime) -> int:
    """Compute and write; what a punch wrote in between is read and computed again."""
    count = 0
    for _ in range(ATTEMPTS):
        computed = _computed(days, at)
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


def _computed(days: Mapping[UUID, frozenset[date]], at: datetime) -> list[Computed]:
    ids = list(days)
    first, last = min(map(min, days.values())), max(map(max, days.values()))
    about = organisation()
    known = _known(ids, first, last)
    zones = dict(Employee.objects.filter(pk__in=ids).values_list("pk", "timezone"))
    stays = stays_between(ids, first - ONE_DAY, last + ONE_DAY)
    pauses = paid_breaks_between(ids, first, last)
    closed = locks.locked_days(ids, first, last)
    found = []
    for plan in schedules.each_plan(ids, first, last):
        if plan.on not in days[plan.employee_id]:
            continue
        before = known.get((plan.employee_id, plan.on))
        demand = schedule_of(plan, zones[plan.employee_id] or about.zone)
        mine = stays.get(plan.employee_id, [])
        summary = summarise(
            mine,
            demand,
            at,
            about.day_policy,
            breaks=pauses.get((plan.employee_id, plan.on), ()),
            is_locked=plan.on in closed[plan.employee_id],
            approved_overtime_seconds=before.approved_overtime_seconds if before else None,
        )
        policy = (before.policy if before else "") or first_policy(mine, plan.on)
        columns = {**columns_of(summary, demand, plan.employee_id, at), "policy": policy}
        found.append(Computed(columns, before.updated_at if before else None, before.exceptions if before else ()))
    return found


def _known(employee_ids: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], DaySummary]:
    """The days that have rows. They are read before the stays: what is written later than that is not overwritten."""
    stored = DaySummary.objects.filter(employee_id__in=list(employee_ids), work_date__range=(first, last))
    rows = stored.only("employee_id", "work_date", "policy", "approved_overtime_seconds", "updated_at", "exceptions")
    return {(row.employee_id, row.work_date): row for row in rows}


def first_policy(stays: Iterable[Stay], day: date) -> str:
    """The pairing policy of a day no punch has set one for: its earliest stay's door; empty without a stay."""
    first = min((stay for stay in stays if stay.work_date == day), key=lambda stay: stay.start_at, default=None)
    return policy_of_door(first.door).value if first else ""


def stays_between(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Stay]]:
    """The stays of these work dates by person, with their breaks, in two statements."""
    mine = Attendance.objects.alive().filter(employee_id__in=list(employee_ids), work_date__range=(first, last))
    rows = list(mine.order_by("clock_in"))
    pauses = breaks_of(rows)
    found: dict[UUID, list[Stay]] = defaultdict(list)
    for row in rows:
        found[row.employee_id].append(stay_of(row, pauses.get(row.pk, ())))
    return found
