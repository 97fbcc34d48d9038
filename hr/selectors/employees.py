"""Reads of employees, and who may see whose pay."""

from __future__ import annotations

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


def today_of(employee: Employee, at: datetime) -> date:
    """The employee's calendar day at an instant: in her own zone, else the organisation's."""
    return local_day(at, employee.timezone or organisation.settings().timezone)
