"""HR's routes."""

from django.urls import path

from hr.api import (
    auth,
    departments,
    employees,
    holidays,
    leaves,
    period_locks,
    roles,
    schedules,
    settings,
    users,
    work_sites,
)

urlpatterns = [
    path("auth/login", auth.Login.as_view()),
    path("auth/refresh", auth.Refresh.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("auth/change_password", auth.ChangePassword.as_view()),
    path("auth/me", auth.Me.as_view()),
    path("roles", roles.Roles.as_view()),
    path("roles/<uuid:id>", roles.RoleDetail.as_view()),
    path("users", users.Users.as_view()),
    path("users/<uuid:id>", users.UserDetail.as_view()),
    path("settings", settings.Settings.as_view()),
    path("departments", departments.Departments.as_view()),
    path("departments/<uuid:id>", departments.DepartmentDetail.as_view()),
    path("employees", employees.Employees.as_view()),
    path("employees/<uuid:id>", employees.EmployeeDetail.as_view()),
    path("leaves", leaves.LeaveList.as_view()),
    path("leaves/<uuid:id>", leaves.LeaveDetail.as_view()),
    path("leaves/<uuid:id>/approve", leaves.LeaveDecision.as_view()),
    path("leaves/<uuid:id>/withdraw", leaves.LeaveWithdrawal.as_view()),
    path("leave_types", leaves.LeaveTypeList.as_view()),
    path("leave_balances", leaves.LeaveBalanceList.as_view()),
    path("schedules", schedules.ScheduleList.as_view()),
    path("schedules/<uuid:id>", schedules.ScheduleDetail.as_view()),
    path("schedules/<uuid:id>/assignments", schedules.AssignmentList.as_view()),
    path("schedules/<uuid:id>/assignments/<uuid:assignment_id>", schedules.AssignmentDetail.as_view()),
    path("work_sites", work_sites.WorkSiteList.as_view()),
    path("work_sites/<uuid:id>", work_sites.WorkSiteDetail.as_view()),
    path("holidays", holidays.HolidayList.as_view()),
    path("period_locks", period_locks.PeriodLockList.as_view()),
    path("period_locks/<uuid:id>/release", period_locks.PeriodLockRelease.as_view()),
]
