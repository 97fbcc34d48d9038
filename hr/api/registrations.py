"""What hr tells core once Django is ready: its include expanders, and what the constraints of people
and departments mean to a person (those of presence and leave stand in `constraints`).
"""

from __future__ import annotations

from hr.api import departments, employees
from peoplesync.core.api import includes
from peoplesync.core.api.errors import translate_constraint
from peoplesync.kernel.errors import Invalid


def _field(name: str, sentence: str, code: str = "duplicate") -> Invalid:
    return Invalid.field(name, sentence, code=code)


_CYCLE = _field(
    "parent_id", "A department cannot lie below itself. Choose a parent outside of it and its sub-departments.", "cycle"
)
CONSTRAINTS = {
    "hr_employee_number_unique": _field("employee_number", "An employee with this number exists already."),
    "hr_employee_salary_not_negative": _field("current_salary", "Pay cannot be negative.", "negative"),
    "hr_employee_status_is_known": _field("status", "Give one of: active, terminated, on_leave.", "invalid_choice"),
    "hr_employee_ends_after_hire": _field("hired_at", "Employment cannot end before it began.", "ends_before_hire"),
    "hr_department_is_not_its_own_parent": _CYCLE,
    "hr_department_tree_has_no_cycle": _CYCLE,
    "hr_user_email_unique": _field("email", "A user with this e-mail address exists already."),
    "hr_user_one_per_employee": _field("employee_id", "This employee has a user already."),
    "hr_userrole_once": _field("roles", "The user has this role already; send the request again."),
    "hr_role_name_unique_in_any_case": _field("name", "A role with this name exists already."),
    "hr_setting_cutoff_day_in_month": _field("payroll_cutoff_day", "Give a day from 1 to 31.", "out_of_range"),
}


def register() -> None:
    """Called from `HrConfig.ready`."""
    for name, error in CONSTRAINTS.items():
        translate_constraint(name, error)
    includes.register("departments", "parent", departments.expand_parent, shape=departments.DepartmentSerializer)
    includes.register(
        "departments", "children", departments.expand_children, shape=departments.DepartmentSerializer, is_list=True
    )
    includes.register("employees", "department", employees.expand_department, shape=departments.DepartmentSerializer)
