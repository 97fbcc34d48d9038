"""The living row behind an id that somebody sent, or a refusal that names the field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from hr.models import Department, Employee, HolidayCalendar
from peoplesync.kernel.errors import Invalid


def employee(employee_id: UUID) -> Employee:
    """Raises Invalid (`employee_id`) when there is none."""
    return _one(Employee.objects.alive(), employee_id, "employee_id", "employee")


def department(department_id: UUID) -> Department:
    """Raises Invalid (`department_id`) when there is none."""
    return _one(Department.objects.alive(), department_id, "department_id", "department")


def calendar(calendar_id: UUID) -> HolidayCalendar:
    """Raises Invalid (`calendar_id`) when there is none."""
    return _one(HolidayCalendar.objects.all(), calendar_id, "calendar_id", "holiday calendar")


def _one(rows: Any, row_id: UUID, field: str, noun: str) -> Any:
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise Invalid.field(field, f"There is no {noun} with this id.", code="unknown")
    return found


def ensure_employees(employee_ids: Collection[UUID]) -> None:
    """Raises Invalid (`employee_ids`) that names the first id nobody has."""
    _all(Employee.objects.alive(), employee_ids, "employee_ids", "employee")


def ensure_departments(department_ids: Collection[UUID]) -> None:
    """Raises Invalid (`department_ids`) that names the first id no department has."""
    _all(Department.objects.alive(), department_ids, "department_ids", "department")


def _all(rows: Any, wanted: Collection[UUID], field: str, noun: str) -> None:
    known = set(rows.filter(pk__in=list(wanted)).values_list("pk", flat=True)) if wanted else set()
    missing = [str(row_id) for row_id in wanted if row_id not in known]
    if missing:
        raise Invalid.field(field, f"There is no {noun} with the id {missing[0]}.", code="unknown")
