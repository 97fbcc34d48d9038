"""Close days and open them again. What a closed day refuses stands in `hr/selectors/locks.py`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hr.models import LockSource, PeriodLock
from hr.selectors.locks import GATE
from hr.services.day_facts import day_locks_changed
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict, Invalid


def close_gate() -> None:
    """Wait until every change of days that has begun is over; later ones wait for the caller's transaction.

    For who closes days by what she finds on them: called before she looks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])


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
    _log(made, "period_lock.created", by=by, at=at)
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
    before = PeriodLock.objects.filter(source=LockSource.PAYROLL, source_id=source_id).count()
    PeriodLock.objects.bulk_create(
        [
            PeriodLock(
                employee_id=employee_id,
                first_on=first_on,
                last_on=last_on,
                reason=reason,
                source=LockSource.PAYROLL,
                source_id=source_id,
                locked_by=by,
                created_at=at,
            )
            for employee_id in employee_ids
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )
    made = PeriodLock.objects.filter(source=LockSource.PAYROLL, source_id=source_id).count() - before
    _log_many(source_id, "period_lock.created", first_on, last_on, made, by=by, at=at)
    day_locks_changed(employee_ids, first_on, last_on)
    return made


@transaction.atomic
def release(*, lock: PeriodLock, by: Any, at: datetime) -> PeriodLock:
    """Open the days again. Raises Conflict when that was done already, or when a posted payroll stands on them."""
    if lock.source == LockSource.PAYROLL:
        raise Conflict(
            "A posted payroll counted these days, so they stay closed. Enter a correction, a pay rate or a salary "
            "assignment with allow_retro, and the next payroll names it; for anything else ask payroll to pay the "
            "difference as a one-off salary line of the next month.",
            code="locked_by_payroll",
        )
    claimed = PeriodLock.objects.filter(pk=lock.pk, released_at=None).update(
        released_at=at, released_by=by, updated_at=at
    )
    if not claimed:
        raise Conflict("This lock was released before. The days are open.", code="already_released")
    lock.refresh_from_db()
    _log(lock, "period_lock.released", by=by, at=at)
    day_locks_changed(None if lock.employee_id is None else [lock.employee_id], lock.first_on, lock.last_on)
    return lock


@transaction.atomic
def release_many(*, source_id: UUID, by: Any, at: datetime) -> int:
    """Open the days of a payroll that is taken back before it was paid; the number of locks released."""
    live = PeriodLock.objects.filter(source=LockSource.PAYROLL, source_id=source_id, released_at=None)
    spans: dict[tuple[date, date], list[UUID]] = {}
    for employee_id, first_on, last_on in live.values_list("employee_id", "first_on", "last_on"):
        spans.setdefault((first_on, last_on), []).append(employee_id)
    released = live.update(released_at=at, released_by=by, updated_at=at)
    for (first_on, last_on), employee_ids in spans.items():
        _log_many(source_id, "period_lock.released", first_on, last_on, len(employee_ids), by=by, at=at)
        day_locks_changed(employee_ids, first_on, last_on)
    return released


def _log(lock: PeriodLock, action: str, *, by: Any, at: datetime) -> None:
    activity.record(
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


def _log_many(
    source_id: UUID, action: str, first_on: date, last_on: date, count: int, *, by: Any, at: datetime
) -> None:
    activity.record(
        action=action,
        resource_type="payroll_run",
        resource_id=source_id,
        by=by,
        at=at,
        meta={"first_on": first_on.isoformat(), "last_on": last_on.isoformat(), "employee_count": count},
    )
