"""Movements of leave balances. Each has a natural key, so doing an act again moves nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hr.models import Employee, Holiday, HolidayKind, Leave, LeaveLedgerEntry, LeaveType, LedgerKind
from hr.selectors import leave_days, schedules
from peoplesync.core.services import activity
from peoplesync.kernel.dates import days_between
from peoplesync.kernel.errors import Forbidden, Invalid

#: Whom collective leave is taken from: the one type of the four that keeps a balance by law.
ANNUAL = "annual"
CHUNK = 5000
NOTHING = Decimal(0)

#: Everybody employed in the year and what the year grants her: a twelfth of the yearly days for each month that counts,
#: to the nearest half day. A month counts when she joined by its 15th; the month she leaves in counts from its 15th on.
_DUE_SQL = """
    WITH employed AS (
        SELECT id, greatest(hired_at, %(first)s::date) AS first_on, least(ended_on, %(last)s::date) AS last_on
        FROM hr_employee
        WHERE deleted_at IS NULL AND coalesce(hired_at, '-infinity') <= %(last)s::date
            AND coalesce(ended_on, 'infinity') >= %(first)s::date AND (%(only)s::uuid IS NULL OR id = %(only)s::uuid)
    ), counted AS (
        SELECT id, first_on, greatest(0,
            extract(month FROM last_on)::int - CASE WHEN extract(day FROM last_on) < 15 THEN 1 ELSE 0 END
            - extract(month FROM first_on)::int + CASE WHEN extract(day FROM first_on) > 15 THEN 0 ELSE 1 END
        ) AS months FROM employed
    ), due AS (
        SELECT counted.id AS employee_id, leavetype.id AS leave_type_id, counted.first_on,
            round(leavetype.yearly_days * counted.months / 12 * 2) / 2 AS days
        FROM counted CROSS JOIN hr_leavetype leavetype
        WHERE leavetype.uses_balance AND leavetype.yearly_days > 0
    ), missing AS (
        SELECT * FROM due WHERE days > 0 AND NOT EXISTS (
            SELECT FROM hr_leaveledgerentry entry WHERE entry.employee_id = due.employee_id
                AND entry.leave_type_id = due.leave_type_id AND entry.natural_key = %(key)s)
    )
"""
_COUNT_SQL = _DUE_SQL + "SELECT count(*), coalesce(sum(days), 0) FROM missing"  # noqa: S608 constants, bound values
#: A version 7 UUID made in place: the milliseconds, then a random version 4 with two bits of its version set.
_NEW_ID_SQL = """
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
"""
#: Only the constraint knows who has the grant already: asking the growing table first costs a square of the people.
_GRANT_SQL = (
    _DUE_SQL  # noqa: S608 constants, bound values
    + f""", written AS (
        INSERT INTO hr_leaveledgerentry
            (id, created_at, employee_id, leave_type_id, kind, days, effective_on, natural_key, note, made_by_id)
        SELECT {_NEW_ID_SQL}, %(at)s, employee_id, leave_type_id, 'granted', days, first_on, %(key)s, '', %(by)s::uuid
        FROM due WHERE days > 0 ON CONFLICT ON CONSTRAINT hr_leaveledgerentry_once DO NOTHING
        RETURNING days
    ) SELECT count(*), coalesce(sum(days), 0) FROM written"""  # noqa: S608 constants, bound values
)
_TAKE_COLLECTIVE_SQL = f"""
    INSERT INTO hr_leaveledgerentry
        (id, created_at, employee_id, leave_type_id, kind, days, effective_on, natural_key, note, made_by_id)
    SELECT {_NEW_ID_SQL}, %(at)s, taken.employee_id, %(leave_type)s, %(kind)s, -1, %(day)s, %(key)s, left(taken.note, 255),
        %(by)s::uuid
    FROM unnest(%(employee_ids)s::uuid[], %(notes)s::text[]) AS taken(employee_id, note)
    ON CONFLICT ON CONSTRAINT hr_leaveledgerentry_once DO NOTHING
"""  # noqa: S608 constants, bound values


@dataclass(frozen=True, slots=True)
class Granted:
    """How many balances a yearly grant moved, and by how many days in all."""

    count: int
    days: Decimal


@transaction.atomic
def grant_year(
    *, year: int, at: datetime, employee: Employee | None = None, by: Any = None, is_dry_run: bool = False
) -> Granted:
    """Grant everybody employed in `year` her days of it, joiners and leavers by the month; one statement for all.

    With an `employee` only her. Run again it reaches only those who have no grant of the year yet. A dry run counts and
    writes nothing. Raises Invalid for a year that is a slip of the finger.
    """
    if not 2000 <= year <= 2200:
        raise Invalid.field("year", "Give a year from 2000 to 2200.")
    parameters: dict[str, Any] = {
        "first": date(year, 1, 1), "last": date(year, 12, 31), "key": f"grant:{year}",
        "at": at, "by": getattr(by, "pk", None), "only": employee and employee.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SQL if is_dry_run else _GRANT_SQL, parameters)
        granted = Granted(*cursor.fetchone())
    if granted.count and not is_dry_run:
        counts = {"balance_count": granted.count, "days": f"{granted.days:f}"}
        _log("granted", year, employee, counts, by, at)
    return granted


def _log(act: str, year: int, employee: Employee | None, counts: dict[str, Any], by: Any, at: datetime) -> None:
    whose = {"employee_id": str(employee.pk)} if employee else {}
    activity.record(
        action=f"leave_ledger.{act}",
        resource_type="leave_ledger",
        resource_id=None,
        by=by,
        at=at,
        meta={"year": year, **whose, **counts},
    )


def take_collective(
    *,
    year: int,
    at: datetime,
    employee: Employee | None = None,
    by: Any = None,
    advance: Callable[[int], object] = lambda count: None,
) -> int:
    """Take the year's collective leave from everybody whose working day it falls on; the number of days newly taken.

    With an `employee` only from her. Goes through people by thousands, each batch in a transaction of its own: it may stop
    and be run again. `advance` is told, inside it, how many people a batch held.
    """
    annual = LeaveType.objects.get(code=ANNUAL)
    on = Holiday.objects.filter(kind=HolidayKind.COLLECTIVE_LEAVE, on__year=year).order_by("on")
    days = list(on.values_list("on", flat=True).distinct())
    people = Employee.objects.employed_between(date(year, 1, 1), date(year, 12, 31)).order_by("pk")
    count = 0
    for employee_ids in _batches(people.filter(pk=employee.pk) if employee else people):
        with transaction.atomic():
            taken = sum(_take_collective_day(annual, employee_ids, day, at, by) for day in days)
            if taken:
                _log("collective_taken", year, employee, {"days": str(taken)}, by, at)
            advance(len(employee_ids))
        count += taken
    return count


def _batches(people: Any) -> Iterator[list[Any]]:
    last = None
    while batch := list((people.filter(pk__gt=last) if last else people).values_list("pk", flat=True)[:CHUNK]):
        yield batch
        last = batch[-1]


def _take_collective_day(annual: LeaveType, employee_ids: list[Any], day: date, at: datetime, by: Any) -> int:
    """One statement; how many of these people had it taken now. Who had it taken before is passed over."""
    plans = [
        plan for plan in schedules.each_plan(employee_ids, day, day) if plan.is_collective_leave and plan.is_employed
    ]
    has_taken = _took_the_day(
        {plan.leave_id for plan in plans if plan.leave_id and plan.leave_code == annual.code}, day
    )
    taken = [(plan.employee_id, plan.holiday_name or "") for plan in plans if plan.leave_id not in has_taken]
    parameters = {
        "employee_ids": [employee_id for employee_id, _ in taken], "notes": [note for _, note in taken],
        "leave_type": annual.pk, "kind": LedgerKind.COLLECTIVE.value, "day": day, "key": f"collective:{day}",
        "at": at, "by": getattr(by, "pk", None),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_COLLECTIVE_SQL, parameters)
        return int(cursor.rowcount)


def _took_the_day(leave_ids: set[UUID], day: date) -> set[UUID]:
    """Of these leaves, those that took `day` from the balance before it became a collective one; it is not taken twice.

    A leave took as many of its collective days as it took more days than hold work by now: the last of those that were
    not taken as collective leave yet. Three statements.
    """
    leaves = list(Leave.objects.filter(pk__in=leave_ids))
    if not leaves:
        return set()
    people = [row.employee_id for row in leaves]
    first, last = min(row.start_date for row in leaves), max(row.end_date for row in leaves)
    plans = list(schedules.each_plan(people, first, last))
    due = {(plan.employee_id, plan.on) for plan in plans if plan.is_work_due}
    collective = {(plan.employee_id, plan.on) for plan in plans if plan.is_collective_leave and plan.is_employed}
    entries = LeaveLedgerEntry.objects.filter(
        employee_id__in=people, kind=LedgerKind.COLLECTIVE, effective_on__range=(first, last)
    )
    still_open = collective.difference(entries.values_list("employee_id", "effective_on"))
    found = set()
    for row in leaves:
        days = [(row.employee_id, on) for on in days_between(row.start_date, row.end_date)]
        more = max(0, ceil(row.days - len(due.intersection(days))))
        passed_over = [each for each in reversed(days) if each in still_open][:more]
        found |= {row.pk} if (row.employee_id, day) in passed_over else set()
    return found


def take(*, leave: Leave, by: Any, at: datetime) -> None:
    """Take an approved leave from the balances of the years it falls in; nothing for types that keep none.

    Runs in the deciding transaction.
    """
    if not leave.leave_type.uses_balance:
        return
    parts = leave_days.split(leave.employee_id, leave.start_date, leave.end_date, leave.days)
    LeaveLedgerEntry.objects.bulk_create(
        [_movement(leave, LedgerKind.TAKEN, year, -days, by, at) for year, days in parts.items() if days],
        ignore_conflicts=True,
    )


def give_back(*, leave: Leave, by: Any, at: datetime) -> None:
    """Return what an approved leave still takes, on the days it was taken. Runs in the withdrawing transaction."""
    keep_only(parts={leave: {}}, by=by, at=at)


def keep_only(*, parts: Mapping[Leave, Mapping[int, Decimal]], by: Any, at: datetime) -> dict[Leave, Decimal]:
    """Return what these leaves take beyond `parts` (days by year), and how many days of each that were; two statements.

    Leave that goes on has its new end already. Runs in the transaction of the change.
    """
    held: dict[UUID, dict[int, Decimal]] = defaultdict(dict)
    entries = LeaveLedgerEntry.objects.filter(leave__in=parts).values_list("leave_id", "effective_on__year", "days")
    for leave_id, year, days in entries:
        held[leave_id][year] = held[leave_id].get(year, NOTHING) - days
    movements = []
    returned = {}
    for leave, kept in parts.items():
        years = held[leave.pk]
        years |= {year: years.get(year, NOTHING) - days for year, days in kept.items() if years}
        until = leave.end_date if kept else None
        movements += [_movement(leave, LedgerKind.RETURNED, *part, by, at, until) for part in years.items() if part[1]]
        returned[leave] = sum(years.values(), NOTHING)
    LeaveLedgerEntry.objects.bulk_create(movements, ignore_conflicts=True)
    return returned


def _movement(
    leave: Leave, kind: LedgerKind, year: int, days: Decimal, by: Any, at: datetime, until: date | None = None
) -> LeaveLedgerEntry:
    return LeaveLedgerEntry(
        employee_id=leave.employee_id,
        leave_type=leave.leave_type,
        kind=kind,
        days=days,
        effective_on=max(leave.start_date, date(year, 1, 1)),
        leave=leave,
        natural_key=f"leave:{leave.pk}:{kind}:{year}" + (f":{until}" if until else ""),
        made_by=by,
        created_at=at,
    )


@transaction.atomic
def adjust(
    *,
    employee: Employee,
    leave_type: LeaveType,
    days: Decimal,
    effective_on: date,
    note: str,
    key: str,
    by: Any,
    at: datetime,
) -> LeaveLedgerEntry:
    """Move a balance by hand or by import (an opening balance, a correction), once per `key`; `note` says why.

    Returns the movement that stands: a repeat with the same key changes nothing. Raises Invalid without days or a note,
    Forbidden for one's own balance.
    """
    if employee.pk == getattr(by, "employee_id", None):
        raise Forbidden("Nobody changes her own leave balance. Somebody else must do it.", code="own_balance")
    if not days:
        raise Invalid.field("days", "Give the days to add, or a negative number to take away.")
    if not note.strip():
        raise Invalid.field("note", "Say why the balance is changed.")
    entry, is_new = LeaveLedgerEntry.objects.get_or_create(
        employee=employee,
        leave_type=leave_type,
        natural_key=f"adjust:{key}"[:120],
        defaults={
            "kind": LedgerKind.ADJUSTED, "days": days, "effective_on": effective_on, "note": note[:255],
            "made_by": by, "created_at": at,
        },
    )  # fmt: skip
    if is_new:
        meta = {"employee_id": str(employee.pk), "leave_type": leave_type.code, "days": f"{days:f}", "note": note}
        activity.record(
            action="leave_ledger.adjusted", resource_type="leave_ledger", resource_id=entry.pk, by=by, at=at, meta=meta
        )
    return entry
