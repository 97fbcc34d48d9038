"""Staff pages of people and the organisation, one file per noun. Django's admin finds them through these names."""

from hr.admin import (
    access,
    approval,
    calendar,
    department,
    employee,
    leave,
    leave_type,
    organisation,
    period_lock,
    schedule,
    work_site,
)

__all__ = [
    "access",
    "approval",
    "calendar",
    "department",
    "employee",
    "leave",
    "leave_type",
    "organisation",
    "period_lock",
    "schedule",
    "work_site",
]
