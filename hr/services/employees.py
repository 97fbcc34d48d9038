"""Acts on employees: hire, change, change pay, end employment.

Pay leaves hr upward through `salary_changed`: payroll turns it into a dated pay rate in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from hr.models import Employee, EmployeeStatus, User
from hr.selectors import departments, employees, locks
from hr.services import changes as differences
from hr.services import leave_endings, schedules
from hr.services.day_facts import day_facts_changed
from peoplesync.core.hooks import Hook
from peoplesync.core.services import activity
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Forbidden, Invalid

#: Somebody's pay was set: (employee with the new `current_salary`, the salary before, by, at).
salary_changed: Hook[[Employee, Decimal | None, User | None, datetime]] = Hook("hr.salary_changed")


#: What an update must promise for before it holds anybody (see `locks.pass_gate`).
CHANGES_DAYS_OR_PAY = frozenset({"department_id", "hired_at", "status", "current_salary"})


class Changes(TypedDict, total=False):
    """What an update may set. The number is a fact and has no update; the day of hire is entered once, where it is missing."""

    first_name: str
    last_name: str | None
    email: str | None
    phone: str | None
    department_id: UUID | None
    hired_at: date | None
    status: str
    current_salary: Decimal


def hire(
    *,
    employee_number: str,
    first_name: str,
    last_name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    department_id: UUID | None = None,
    hired_at: date | None = None,
    status: str = EmployeeStatus.ACTIVE,
    by: User | None,
    at: datetime,
) -> Employee:
    """A new employee; pay is set later, by an act of its own. Raises Invalid when the department does not exist."""
    row = Employee(
        employee_number=employee_number,
        first_name=first_name,
        last_name=last_name or None,
        email=email or None,
        phone=phone or None,
        hired_at=hired_at,
        status=status,
        created_at=at,
    )
    with transaction.atomic():
        row.department_id = departments.chosen(department_id)
        if status == EmployeeStatus.TERMINATED:
            row.ended_on = _last_day_now(row, at)
        differences.check(row)
        row.save(force_insert=True)
        _log("employee.created", row, by, at)
    return row


def update(*, employee: Employee, changes: Changes, by: User | None, at: datetime) -> Employee:
    """Change what is given, pay included. Raises Invalid for an unknown department or another first day than the one that is
    recorded, Forbidden for one's own pay.

    Another department counts for every open day: who moves from a day on has a schedule of her own for those before.
    Without a last day, `terminated` ends employment today, since pay follows the dates; another status takes it back.
    """
    with transaction.atomic():
        if not CHANGES_DAYS_OR_PAY.isdisjoint(changes):
            locks.pass_gate()
        row = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        wanted: dict[str, Any] = {key: value for key, value in changes.items() if key != "current_salary"}
        if row.hired_at is not None and changes.get("hired_at", row.hired_at) != row.hired_at:
            raise Invalid.field("hired_at", "The first day is entered once. Ask your administrator to put it right.")
        if "department_id" in changes and changes["department_id"] != row.department_id:
            departments.chosen(changes["department_id"])
        wanted.update({key: wanted[key] or None for key in ("last_name", "email", "phone") if key in wanted})
        wanted.update(_dates_of_status(row, changes.get("status"), at))
        difference = differences.apply(row, wanted)
        if difference:
            differences.save(row, difference)
            _log("employee.updated", row, by, at, changes=difference)
            if "hired_at" in difference and row.hired_at:
                day_facts_changed([row.pk], date.min, row.hired_at - ONE_DAY)
            if "department_id" in difference:
                schedules.department_changed([row.pk])
            _follow_last_day(row, difference, by, at)
        if "current_salary" in changes:
            _set_salary(row, changes["current_salary"], by, at)
    return row


def end(*, employee: Employee, last_day: date, reason: str, by: User | None, at: datetime) -> Employee:
    """End employment with a last day (worked and paid) and a reason; the user and pay are others' acts.

    Approved leave ends with it, and stored days after it are computed again. The status follows once the day has passed
    (`mark_ended`). Raises Invalid when the day is before the day of hire.
    """
    with transaction.atomic():
        locks.pass_gate()
        row = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        if row.hired_at and last_day < row.hired_at:
            raise Invalid.field(
                "last_day", f"The last day cannot be before the day of hire, {row.hired_at}.", code="before_hire"
            )
        is_over = last_day < employees.today_of(row, at)
        status = EmployeeStatus.TERMINATED if is_over else row.status
        difference = differences.apply(row, {"ended_on": last_day, "end_reason": reason, "status": status})
        if difference:
            differences.save(row, difference)
            meta = {"last_day": str(last_day), "reason_text": reason}
            _log("employee.employment_ended", row, by, at, **meta)
            _follow_last_day(row, difference, by, at)
    return row


def delete(*, employee: Employee, by: User | None, at: datetime) -> None:
    """Take an employee out of every list, for rows made by mistake; leavers are ended instead. Her user stays, alone."""
    with transaction.atomic():
        row = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        User.objects.filter(employee=row).update(employee=None, updated_at=at)
        row.deleted_at = at
        row.save(update_fields=["deleted_at", "updated_at"])
        _log("employee.deleted", row, by, at)


def _set_salary(row: Employee, salary: Decimal, by: User | None, at: datetime) -> None:
    if by is not None and by.employee_id == row.pk:
        raise Forbidden("Nobody changes her own pay. Ask a colleague from HR or payroll.", code="own_pay")
    before = row.current_salary
    difference = differences.apply(row, {"current_salary": salary})
    if difference:
        differences.save(row, difference)
        _log("employee.salary_changed", row, by, at, changes=difference)
        salary_changed(row, before, by, at)


def _dates_of_status(row: Employee, status: str | None, at: datetime) -> dict[str, Any]:
    if status == EmployeeStatus.TERMINATED and row.ended_on is None:
        return {"ended_on": _last_day_now(row, at)}
    if status is not None and status != EmployeeStatus.TERMINATED and row.status == EmployeeStatus.TERMINATED:
        return {"ended_on": None, "end_reason": ""}
    return {}


def _follow_last_day(row: Employee, difference: differences.Difference, by: User | None, at: datetime) -> None:
    """A last day that moved ends her leave with it, and changes what was asked of her on the days after it: nobody is
    absent who had left.
    """
    days = [day for day in difference.get("ended_on", ()) if day is not None]
    if days:
        leave_endings.follow(employee_ids=[row.pk], by=by, at=at)
        day_facts_changed([row.pk], min(days), date.max)


def _last_day_now(row: Employee, at: datetime) -> date:
    today = employees.today_of(row, at)
    return max(today, row.hired_at) if row.hired_at else today


def _log(action: str, row: Employee, by: User | None, at: datetime, **more: Any) -> None:
    meta = {"employee_number": row.employee_number, "name": row.full_name, **more}
    activity.record(action=action, resource_type="employee", resource_id=row.pk, by=by, meta=meta, at=at)
