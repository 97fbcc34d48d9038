"""Shape and constraints of everything in hr, one file per noun. Django finds its models through these names."""

from hr.models.approval import ApprovalDecision, ApprovalRequest, ApprovalStatus
from hr.models.calendar import Holiday, HolidayCalendar, HolidayKind
from hr.models.department import Department
from hr.models.employee import Employee, EmployeeStatus
from hr.models.leave import Leave, LeaveLedgerEntry, LeaveStatus, LeaveType, LedgerKind
from hr.models.organisation import Setting
from hr.models.period_lock import LockSource, PeriodLock
from hr.models.schedule import Schedule, ScheduleAssignment, ScheduleDay, ScheduleKind
from hr.models.user import Role, User, UserRole
from hr.models.work_site import SitePolicy, WorkSite, WorkSiteAssignment

__all__ = [
    "ApprovalDecision",
    "ApprovalRequest",
    "ApprovalStatus",
    "Department",
    "Employee",
    "EmployeeStatus",
    "Holiday",
    "HolidayCalendar",
    "HolidayKind",
    "Leave",
    "LeaveLedgerEntry",
    "LeaveStatus",
    "LeaveType",
    "LedgerKind",
    "LockSource",
    "PeriodLock",
    "Role",
    "Schedule",
    "ScheduleAssignment",
    "ScheduleDay",
    "ScheduleKind",
    "Setting",
    "SitePolicy",
    "User",
    "UserRole",
    "WorkSite",
    "WorkSiteAssignment",
]
