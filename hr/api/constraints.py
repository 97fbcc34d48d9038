"""What a violated constraint of hr means to a person: the same words as the polite check before it."""

from __future__ import annotations

from peoplesync.core.errors import translate_constraint
from peoplesync.kernel.errors import Invalid

_CYCLE = "A department cannot lie below itself. Choose a parent outside of it and its sub-departments."
_FIELDS = (
    ("hr_employee_number_unique", "employee_number", "An employee with this number exists already.", "duplicate"),
    ("hr_employee_salary_not_negative", "current_salary", "Pay cannot be negative.", "negative"),
    ("hr_employee_status_is_known", "status", "Give one of: active, terminated, on_leave.", "invalid_choice"),
    ("hr_employee_ends_after_hire", "hired_at", "Employment cannot end before it began.", "ends_before_hire"),
    ("hr_department_is_not_its_own_parent", "parent_id", _CYCLE, "cycle"),
    ("hr_department_tree_has_no_cycle", "parent_id", _CYCLE, "cycle"),
    ("hr_user_email_unique", "email", "A user with this e-mail address exists already.", "duplicate"),
    ("hr_user_one_per_employee", "employee_id", "This employee has a user already.", "duplicate"),
    ("hr_userrole_once", "roles", "The user has this role already; send the request again.", "duplicate"),
    ("hr_role_name_unique_in_any_case", "name", "A role with this name exists already.", "duplicate"),
    ("hr_setting_cutoff_day_in_month", "payroll_cutoff_day", "Give a day from 1 to 31.", "out_of_range"),
    ("hr_leave_no_overlap", "start_date", "There is other leave in these days. Choose other days.", "overlap"),
    ("hr_leave_ends_after_it_begins", "end_date", "The last day is before the first day.", "invalid"),
    ("hr_leave_takes_days", "days", "Leave takes more than 0 days.", "invalid"),
    ("hr_approvalrequest_one_pending_per_subject", "status", "A decision is asked for already.", "already_asked"),
    ("hr_approvaldecision_one_per_person", "status", "You have decided on this already.", "decided_twice"),
    ("hr_periodlock_ends_after_it_begins", "last_on", "The last day is before the first day.", "invalid"),
    ("hr_schedule_one_default", "is_default", "Another schedule is the default. Change that one first.", "taken"),
    ("hr_scheduleday_once_a_week", "days", "Give each weekday once.", "duplicate"),
    (
        "hr_scheduleassignment_employee_no_overlap",
        "first_on",
        "This employee has another schedule in these days. End that one first.",
        "overlap",
    ),
    (
        "hr_scheduleassignment_department_no_overlap",
        "first_on",
        "This department has another schedule in these days. End that one first.",
        "overlap",
    ),
    ("hr_worksite_name_unique", "name", "A work site with this name exists already.", "duplicate"),
    ("hr_worksite_position_on_earth", "lat", "Give lat and lng together, or neither.", "invalid"),
    ("hr_worksiteassignment_has_one_subject", "employee_id", "Give an employee or a department, not both.", "invalid"),
    ("hr_worksiteassignment_employee_once", "employee_id", "This employee is assigned already.", "duplicate"),
    ("hr_worksiteassignment_department_once", "department_id", "This department is assigned already.", "duplicate"),
)


def translate() -> None:
    """Teach the error envelope these constraints; called once Django is ready."""
    for name, field, sentence, code in _FIELDS:
        translate_constraint(name, Invalid.field(field, sentence, code=code))
