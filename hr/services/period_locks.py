"""Close days and open them again. What a closed day refuses stands in `hr/selectors/locks.py`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hr.models import LockSource, PeriodLock
from hr.selectors import locks
from hr.services.day_facts import day_locks_changed
from peoplesync.core.models import ActivityLog, new_id
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict, Invalid

# For a hundred thousand people at once, while changes of days wait: one statement.
_LOCK_MANY = """
    INSERT INTO hr_periodlock
        (id, created_at, updated_at, employee_id, first_on, last_on, source, source_id, reason, locked_by_id)
    SELECT given.id, %(at)s, %(at)s, given.employee_id, %(first_on)s, %(last_on)s, %(source)s, %(source_id)s, %(reason)s,
        %(by)s::uuid
    FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS given (id, employee_id)
    ON CONFLICT DO NOTHING
"""


def close_gate() -> None:
    """Wait until every change of days that has begun is over; later ones wait for the caller's transaction.

    For who closes days by what she finds on them: called before she looks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.GATE])


def _check_order(first_on: date, last_on: date) -> None:
    if last_on < first_on:
        raise Invalid.field("last_on", "The last day is before the first day. Give the days in their order.")


@transaction.atomic
def lock(
    *,
    employee_id: UUID | None,
    first_on: date,
    last_on: date,
    reason: str,
    by: Any,
    at: datetime,
    source: str = "manual",
) -> PeriodLock:
    """Close `first_on` to `last_on`, both inside, for one employee or (None) for everybody."""
    _check_order(first_on, last_on)
    close_gate()
    made = PeriodLock.objects.create(
        employee_id=employee_id,
        first_on=first_on,
        last_on=last_on,
        reason=reason,
        source=LockSource(source),
        locked_by=by,
        created_at=at,
    )
    _entry(made, "period_lock.created", by=by, at=at).save(force_insert=True)
    day_locks_changed(None if employee_id is None else [employee_id], first_on, last_on)
    return made


@transaction.atomic
def lock_many(
    *,
    employee_ids: Collection[UUID],
    first_on: date,
    last_on: date,
    source_id: UUID,
    reason: str,
    by: Any,
    at: datetime,
) -> int:
    """Close the days that a posted payroll counted, for everybody in it; the number of new locks.

    Doing it again for the same run and days adds nothing.
    """
    _check_order(first_on, last_on)
    close_gate()
    ids = list(employee_ids)
    bound = {
        "ids": [new_id() for _ in ids], "people": ids, "first_on": first_on, "last_on": last_on, "reason": reason,
        "source": LockSource.PAYROLL.value, "source_id": source_id, "by": by and by.pk, "at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_MANY, bound)
        made = cursor.rowcount
    activity.record(
        action="period_lock.created",
        resource_type="payroll_run",
        resource_id=source_id,
        by=by,
        at=at,
        meta={"first_on": first_on.isoformat(), "last_on": last_on.isoformat(), "employee_count": made},
    )
    day_locks_changed(employee_ids, first_on, last_on)
    return made


@transaction.atomic
def lock_each(
    *, employee_id: UUID, days: Collection[date], source: str, reason: str, by: Any, at: datetime
) -> list[PeriodLock]:
    """Close days of one employee with a lock a day, so that each may be opened alone; closed ones stay as they are."""
    close_gate()
    closed = locks.locked_days([employee_id], min(days), max(days))[employee_id]
    made = PeriodLock.objects.bulk_create(
        PeriodLock(
            employee_id=employee_id,
            first_on=day,
            last_on=day,
            reason=reason,
            source=LockSource(source),
            locked_by=by,
            created_at=at,
        )
        for day in sorted(set(days) - set(closed))
    )
    activity.record_many(_entry(each, "period_lock.created", by=by, at=at) for each in made)
    if made:
        day_locks_changed([employee_id], made[0].first_on, made[-1].last_on)
    return made


def release(*, lock: PeriodLock, by: Any, at: datetime) -> PeriodLock:
    """Open the days again. Raises Conflict when that was done already, or when a posted payroll stands on them."""
    release_all(held=[lock], by=by, at=at)
    lock.refresh_from_db()
    return lock


@transaction.atomic
def release_all(*, held: Collection[PeriodLock], by: Any, at: datetime) -> None:
    """Open the days of several locks, each an act of its own in the log. Raises as `release`, and then none is released."""
    if any(lock.source == LockSource.PAYROLL for lock in held):
        raise Conflict(
            "A posted payroll counted these days, so they stay closed. Enter a correction, a pay rate or a salary "
            "assignment with allow_retro, and the next payroll names it; for anything else ask payroll to pay the "
            "difference as a one-off salary line of the next month.",
            code="locked_by_payroll",
        )
    live = PeriodLock.objects.filter(pk__in=[lock.pk for lock in held], released_at=None)
    if live.update(released_at=at, released_by=by, updated_at=at) < len(held):
        raise Conflict("This lock was released before. The days are open.", code="already_released")
    activity.record_many(_entry(lock, "period_lock.released", by=by, at=at) for lock in held)
    spans: dict[UUID | None, list[PeriodLock]] = {}
    for lock in held:
        spans.setdefault(lock.employee_id, []).append(lock)
    for employee_id, of_one in spans.items():
        first, last = min(lock.first_on for lock in of_one), max(lock.last_on for lock in of_one)
        day_locks_changed(None if employee_id is None else [employee_id], first, last)


def _entry(lock: PeriodLock, action: str, *, by: Any, at: datetime) -> ActivityLog:
    return activity.entry(
        action=action,
        resource_type="period_lock",
        resource_id=lock.pk,
        by=by,
        at=at,
        meta={
            "employee_id": str(lock.employee_id) if lock.employee_id else None,
            "first_on": lock.first_on.isoformat(),
            "last_on": lock.last_on.isoformat(),
            "reason": lock.reason,
        },
    )
