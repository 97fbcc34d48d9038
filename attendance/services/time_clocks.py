"""Time clocks: who may clock in at them, and on which jobs. What a punch must satisfy stands in the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import TimeClock, TimeClockEmployee, TimeClockJob
from attendance.selectors.time_clocks import ensure_jobs
from hr.selectors import references
from peoplesync.core.services import activity
from peoplesync.kernel.dates import is_zone_name
from peoplesync.kernel.errors import Invalid

#: Fields of a clock that an act may set. An archived clock takes no clock-in any more.
FIELDS = frozenset({"name", "timezone", "requires_job", "is_archived", "takes_day_locks"})


@transaction.atomic
def create(
    *,
    values: Mapping[str, Any],
    employee_ids: Collection[UUID] = (),
    work_job_ids: Collection[UUID] = (),
    by: Any,
    at: datetime,
) -> TimeClock:
    """A new clock for these people and jobs. Raises Invalid for a name that is taken or an id nobody has."""
    made = TimeClock(created_at=at)
    _set(made, values)
    _assign(made, employee_ids, work_job_ids)
    meta = {"name": made.name, "employee_count": len(employee_ids), "work_job_count": len(work_job_ids)}
    _log("time_clock.created", made, meta, by=by, at=at)
    return made


@transaction.atomic
def update(
    *,
    clock: TimeClock,
    values: Mapping[str, Any],
    employee_ids: Collection[UUID] | None = None,
    work_job_ids: Collection[UUID] | None = None,
    by: Any,
    at: datetime,
) -> TimeClock:
    """Change what is given; a list of ids replaces all assignments of its kind. Raises as `create` does."""
    _set(clock, values)
    _assign(clock, employee_ids, work_job_ids)
    changed = sorted(values)
    changed += [] if employee_ids is None else ["employee_ids"]
    changed += [] if work_job_ids is None else ["work_job_ids"]
    _log("time_clock.updated", clock, {"name": clock.name, "changed": changed}, by=by, at=at)
    return clock


def _set(clock: TimeClock, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - FIELDS:
        raise LookupError(f"a time clock has no {sorted(unknown)}")
    if (zone := values.get("timezone")) and not is_zone_name(zone):
        raise Invalid.field("timezone", "Give an IANA time zone name, for example Asia/Jakarta.", code="unknown")
    for name, value in values.items():
        setattr(clock, name, value)
    taken = TimeClock.objects.alive().filter(name=clock.name).exclude(pk=clock.pk)
    if "name" in values and taken.exists():
        raise Invalid.field("name", "A time clock with this name exists already.", code="duplicate")
    clock.save()


def _assign(clock: TimeClock, employee_ids: Collection[UUID] | None, work_job_ids: Collection[UUID] | None) -> None:
    """Replace the assignments of each kind that is given; those that stay keep their rows."""
    if employee_ids is not None:
        references.ensure_employees(employee_ids)
        TimeClockEmployee.objects.filter(time_clock=clock).exclude(employee_id__in=list(employee_ids)).delete()
        people = [TimeClockEmployee(time_clock=clock, employee_id=row_id) for row_id in dict.fromkeys(employee_ids)]
        TimeClockEmployee.objects.bulk_create(people, ignore_conflicts=True, batch_size=1000)
    if work_job_ids is not None:
        ensure_jobs(work_job_ids)
        TimeClockJob.objects.filter(time_clock=clock).exclude(work_job_id__in=list(work_job_ids)).delete()
        jobs = [TimeClockJob(time_clock=clock, work_job_id=row_id) for row_id in dict.fromkeys(work_job_ids)]
        TimeClockJob.objects.bulk_create(jobs, ignore_conflicts=True, batch_size=1000)
    clock._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # what was read before the change is stale


def _log(action: str, clock: TimeClock, meta: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    activity.record(action=action, resource_type="time_clock", resource_id=clock.pk, by=by, at=at, meta=meta)
