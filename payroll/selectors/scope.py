"""Whom a payroll concerns: decided by the dates of employment, never by a status."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from hr.models import Department, Employee
from payroll.engine.inputs import Kind
from payroll.engine.window import calendar_month
from payroll.models import PayrollRun
from peoplesync.kernel.errors import Invalid


def employee_ids(
    *, year: int, month: int, kind: str, department_id: UUID | None, named: Collection[UUID] | None
) -> list[UUID]:
    """The people of a payroll in the order of their ids, in one statement."""
    found = people(year=year, month=month, kind=kind, department_id=department_id, named=named)
    return list(found.order_by("pk").values_list("pk", flat=True))


def of_run(run: PayrollRun) -> Any:
    """The people a run is for, as they are now."""
    return people(
        year=run.period_year,
        month=run.period_month,
        kind=run.kind,
        department_id=run.department_id,
        named=run.employee_ids,
    )


def people(*, year: int, month: int, kind: str, department_id: UUID | None, named: Collection[UUID] | None) -> Any:
    """The people of a payroll, in no order.

    Everybody employed on a day of the month, on leave or leaving alike; both filters narrow. Who is named is in whatever
    her dates say, so that the run can say why she is not paid. Final pay is for those whose last day lies in the month. A
    bonus or a correction may reach people who have left.
    """
    found = Employee.objects.alive()
    if named is not None:
        found = found.filter(pk__in=list(named))
    elif kind in {Kind.REGULAR, Kind.FINAL}:
        window = calendar_month(year, month)
        found = found.employed_between(window.starts_on, window.ends_on)
        found = found.filter(ended_on__lte=window.ends_on) if kind == Kind.FINAL else found
    return found if department_id is None else found.filter(department_id=department_id)


def check(*, department_id: UUID | None, named: Collection[UUID] | None) -> None:
    """Raises Invalid when a department or somebody named does not exist, or nobody named is in the department."""
    if department_id is not None and not Department.objects.alive().filter(pk=department_id).exists():
        raise Invalid.field("department_id", "There is no such department.", code="unknown")
    if named is None:
        return
    wanted = set(named)
    found = set(Employee.objects.alive().filter(pk__in=wanted).values_list("pk", flat=True))
    missing = sorted(str(employee_id) for employee_id in wanted - found)
    if missing:
        shown = ", ".join(missing[:5]) + (" and others" if len(missing) > 5 else "")
        raise Invalid.field("employee_ids", f"There is no employee {shown}.", code="unknown")
    people = Employee.objects.alive().filter(pk__in=wanted, department_id=department_id)
    if department_id is not None and not people.exists():
        sentence = "Nobody named is in this department. Leave one of the two out, or name people of the department."
        raise Invalid.field("employee_ids", sentence, code="outside_department")
