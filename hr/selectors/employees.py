"""Reads of employees, and who may see whose pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hr.models import Employee, User
from hr.selectors import organisation
from peoplesync.kernel import rights
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.roles import Scope


def listed() -> Any:
    """Every employee that has not been deleted, leavers included; everybody signed in may read the directory."""
    return Employee.objects.alive()


def may_read_pay(user: User, employee_id: UUID) -> bool:
    """Whether `user` sees what this employee earns: her own, or all with a role that pays or audits."""
    reach = rights.scope(user.role_names, "employees", "read_pay")
    return reach is Scope.ALL or (reach is Scope.OWN and user.employee_id == employee_id)


def register_own_payslips(find: Callable[[UUID], UUID | None]) -> None:
    """Payroll, which stands above, says which payslip an employee herself may read last: `find(employee_id)`."""
    _own_payslips[:] = [find]


_own_payslips: list[Callable[[UUID], UUID | None]] = []


def latest_payroll_of(user: User, employee: Employee) -> UUID | None:
    """The newest payslip of an employee that `user` may read: every state for who reads all pay, her own once approved."""
    if employee.latest_payroll_id is None or not may_read_pay(user, employee.pk):
        return None
    if rights.scope(user.role_names, "employees", "read_pay") is Scope.ALL:
        return employee.latest_payroll_id
    return next((find(employee.pk) for find in _own_payslips), None)


def today_of(employee: Employee, at: datetime) -> date:
    """The employee's calendar day at an instant: in her own zone, else the organisation's."""
    return local_day(at, employee.timezone or organisation.settings().timezone)
