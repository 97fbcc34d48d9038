"""What hr adds to the API beside its routes: what `include` adds to its rows, and what phones keep."""

from __future__ import annotations

from hr.api import changes, departments, employees, leaves
from peoplesync.core.api import includes


def register() -> None:
    """Called with the routes: a process without them has no use for it."""
    changes.register_feeds()
    includes.register("departments", "parent", departments.expand_parent, shape=departments.DepartmentSerializer)
    includes.register(
        "departments", "children", departments.expand_children, shape=departments.DepartmentSerializer, is_list=True
    )
    includes.register("employees", "department", employees.expand_department, shape=departments.DepartmentSerializer)
    includes.register("leaves", "employee", leaves.expand_employee, shape=employees.EmployeeSerializer)
    includes.register("leaves", "approver", leaves.expand_approver, shape=leaves.ApproverSerializer)
