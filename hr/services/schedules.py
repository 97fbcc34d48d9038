"""Schedules and who works them. Changing a pattern changes it for every open day; for a change from a day on, make
another schedule and assign that one from there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from hr.models import Department, Employee, Schedule, ScheduleAssignment, ScheduleDay
from hr.models.scoping import subtree
from hr.selectors import locks, references
from hr.services import changes
from hr.services.day_facts import day_facts_changed
from peoplesync.core.services import activity
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Invalid

#: Fields of a schedule that an act may set.
FIELDS = frozenset({"name", "kind", "grace_in_minutes", "grace_out_minutes", "calendar_id", "is_default"})


@transaction.atomic
def create(*, values: Mapping[str, Any], days: Sequence[Mapping[str, Any]], by: Any, at: datetime) -> Schedule:
    """A new schedule with its working days (`weekday`, `starts_at`, `ends_at` and optionally `break_minutes`,
    `required_minutes`). Made the default, it replaces the one before.
    """
    locks.pass_gate()
    made = Schedule(created_at=at)
    _set(made, values)
    made.save(force_insert=True)
    _write_days(made, days)
    _log("schedule.created", "schedule", made.pk, {"name": made.name, "day_count": len(days)}, by=by, at=at)
    if made.is_default:
        day_facts_changed(None, date.min, date.max)
    return made


@transaction.atomic
def update(
    *, schedule: Schedule, values: Mapping[str, Any], days: Sequence[Mapping[str, Any]] | None, by: Any, at: datetime
) -> Schedule:
    """Change what is given; `days` replaces the whole week. Raises NotFound when it was deleted meanwhile."""
    locks.pass_gate()
    schedule = changes.held(Schedule.objects, schedule.pk)
    concerned = schedule.is_default
    _set(schedule, values)
    schedule.save(update_fields=[*values, "updated_at"])
    if days is not None:
        ScheduleDay.objects.filter(schedule=schedule).delete()
        _write_days(schedule, days)
    changed = sorted([*values, *([] if days is None else ["days"])])
    _log("schedule.updated", "schedule", schedule.pk, {"name": schedule.name, "changed": changed}, by=by, at=at)
    if concerned or schedule.is_default:
        day_facts_changed(None, date.min, date.max)
    elif people := _people_of(schedule):
        day_facts_changed(people, date.min, date.max)
    return schedule


def _set(schedule: Schedule, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - FIELDS:
        raise LookupError(f"a schedule has no {sorted(unknown)}")
    if values.get("calendar_id"):
        references.calendar(values["calendar_id"])
    if values.get("is_default"):
        for former in Schedule.objects.alive().filter(is_default=True).exclude(pk=schedule.pk).select_for_update():
            former.is_default = False
            former.save(update_fields=["is_default", "updated_at"])
    for name, value in values.items():
        setattr(schedule, name, value)


def _write_days(schedule: Schedule, days: Sequence[Mapping[str, Any]]) -> None:
    weekdays = [day["weekday"] for day in days]
    if len(set(weekdays)) != len(weekdays):
        raise Invalid.field("days", "Give each weekday once: Monday is 0, Sunday is 6.", code="duplicate")
    ScheduleDay.objects.bulk_create([ScheduleDay(schedule=schedule, **day) for day in days])


def _people_of(schedule: Schedule) -> list[UUID]:
    """Everybody the schedule may hold for: assigned herself, or in or below an assigned department."""
    rows = ScheduleAssignment.objects.filter(schedule=schedule)
    concerned = Q(pk__in=rows.filter(employee__isnull=False).values("employee_id"))
    for department_id in rows.filter(department__isnull=False).values_list("department_id", flat=True):
        concerned |= Q(department_id__in=subtree(department_id))
    return list(Employee.objects.alive().filter(concerned).values_list("pk", flat=True))


@transaction.atomic
def assign(
    *,
    schedule: Schedule,
    employee_id: UUID | None,
    department_id: UUID | None,
    first_on: date | None,
    last_on: date | None,
    by: Any,
    at: datetime,
) -> ScheduleAssignment:
    """Let one employee, or one department with all below it, work the schedule from `first_on` to `last_on`, both inside
    (None is unlimited). Raises Invalid unless exactly one is named, and when another schedule holds in these days.
    """
    if (employee_id is None) == (department_id is None):
        raise Invalid.field("employee_id", "Give either employee_id or department_id.", code="one_subject")
    valid = _span(first_on, last_on)
    locks.pass_gate()
    _take_subject(employee_id, department_id)
    made = ScheduleAssignment.objects.create(
        schedule=schedule, employee_id=employee_id, department_id=department_id, valid=valid, created_at=at
    )
    _log("schedule.assigned", "schedule", schedule.pk, _meta(made), by=by, at=at)
    day_facts_changed(_subjects(employee_id, department_id), first_on or date.min, last_on or date.max)
    return made


@transaction.atomic
def change_days(
    *, assignment: ScheduleAssignment, first_on: date | None, last_on: date | None, by: Any, at: datetime
) -> ScheduleAssignment:
    """Give an assignment other days, for example its end. Raises Invalid when another schedule holds in them."""
    locks.pass_gate()
    before = assignment.valid
    valid = _span(first_on, last_on)
    _take_subject(assignment.employee_id, assignment.department_id)
    assignment.valid = valid
    assignment.save(update_fields=["valid", "updated_at"])
    _log("schedule.assignment_changed", "schedule", assignment.schedule_id, _meta(assignment), by=by, at=at)
    first = min(before.lower or date.min, first_on or date.min)
    last = max(before.upper - ONE_DAY if before.upper else date.max, last_on or date.max)
    day_facts_changed(_subjects(assignment.employee_id, assignment.department_id), first, last)
    return assignment


@transaction.atomic
def hand_over(*, schedule: Schedule, employee_id: UUID, first_on: date, by: Any, at: datetime) -> None:
    """From `first_on` on let one employee work this schedule and no other of her own; a standing one ends the day before.

    Where it holds already, without an end and with nothing after it, nothing changes.
    """
    locks.pass_gate()
    _take_subject(employee_id, None)
    rows = ScheduleAssignment.objects.filter(employee=employee_id, valid__overlap=DateRange(first_on, None))
    standing = list(rows.order_by("valid"))
    begun = [row for row in standing if row.valid.lower is None or row.valid.lower <= first_on]
    if len(standing) == 1 and begun and begun[0].schedule_id == schedule.pk and begun[0].valid.upper is None:
        return
    for row in standing:
        if row.valid.lower is None or row.valid.lower < first_on:
            change_days(assignment=row, first_on=row.valid.lower, last_on=first_on - ONE_DAY, by=by, at=at)
        else:
            _log("schedule.assignment_removed", "schedule", row.schedule_id, _meta(row), by=by, at=at)
            row.delete()
    assign(
        schedule=schedule, employee_id=employee_id, department_id=None, first_on=first_on, last_on=None, by=by, at=at
    )


def department_changed(employee_ids: Collection[UUID]) -> None:
    """These people are in another department, or theirs stands elsewhere: where any department works a schedule, their open
    days are computed by the one that holds for them now. In the transaction of the change.
    """
    if employee_ids and ScheduleAssignment.objects.filter(department__isnull=False).exists():
        day_facts_changed(employee_ids, date.min, date.max)


def _span(first_on: date | None, last_on: date | None) -> DateRange:
    if first_on and last_on and last_on < first_on:
        raise Invalid.field("last_on", "The last day is before the first day. Give the days in their order.")
    return DateRange(first_on, last_on + ONE_DAY if last_on else None, "[)")


def _take_subject(employee_id: UUID | None, department_id: UUID | None) -> None:
    """Lock whom it is about: two insertions into an exclusion constraint in the same moment would deadlock."""
    if employee_id is not None:
        references.employee(employee_id)
        Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    elif department_id is not None:
        references.department(department_id)
        Department.objects.select_for_update(no_key=True).get(pk=department_id)


def _subjects(employee_id: UUID | None, department_id: UUID | None) -> Collection[UUID]:
    if employee_id is not None:
        return [employee_id]
    below = Employee.objects.alive().filter(department_id__in=subtree(department_id))
    return list(below.values_list("pk", flat=True))


def _meta(assignment: ScheduleAssignment) -> dict[str, Any]:
    return {
        "employee_id": str(assignment.employee_id) if assignment.employee_id else None,
        "department_id": str(assignment.department_id) if assignment.department_id else None,
        "first_on": str(assignment.valid.lower) if assignment.valid.lower else None,
        "last_on": str(assignment.valid.upper - ONE_DAY) if assignment.valid.upper else None,
    }


def _log(action: str, noun: str, row_id: UUID, meta: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    activity.record(action=action, resource_type=noun, resource_id=row_id, by=by, at=at, meta=meta)
