"""HR's routes."""

from django.urls import path

from hr.api import (
    auth,
    departments,
    employees,
    holidays,
    leaves,
    period_locks,
    registrations,
    roles,
    schedules,
    settings,
    users,
    work_sites,
)

registrations.register()

urlpatterns = [
    path("auth/login", auth.Login.as_view()),
    path("auth/refresh", auth.Refresh.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("auth/change_password", auth.ChangePassword.as_view()),
    path("auth/me", auth.Me.as_view()),
    path("roles", roles.Roles.as_view()),
    path("roles/<id:id>", roles.RoleDetail.as_view()),
    path("users", users.Users.as_view()),
    path("users/<id:id>", users.UserDetail.as_view()),
    path("settings", settings.Settings.as_view()),
    path("departments", departments.Departments.as_view()),
    path("departments/<id:id>", departments.DepartmentDetail.as_view()),
    path("employees", employees.Employees.as_view()),
    path("employees/<id:id>", employees.EmployeeDetail.as_view()),
    path("leaves", leaves.LeaveList.as_view()),
    path("leaves/<id:id>", leaves.LeaveDetail.as_view()),
    path("leaves/<id:id>/approve", leaves.LeaveDecision.as_view()),
    path("leaves/<id:id>/withdraw", leaves.LeaveWithdrawal.as_view()),
    path("leave_types", leaves.LeaveTypeList.as_view()),
    path("leave_balances", leaves.LeaveBalanceList.as_view()),
    path("schedules", schedules.ScheduleList.as_view()),
    path("schedules/<id:id>", schedules.ScheduleDetail.as_view()),
    path("schedules/<id:id>/assignments", schedules.AssignmentList.as_view()),
    path("schedules/<id:id>/assignments/<id:assignment_id>", schedules.AssignmentDetail.as_view()),
    path("work_sites", work_sites.WorkSiteList.as_view()),
    path("work_sites/<id:id>", work_sites.WorkSiteDetail.as_view()),
    path("holidays", holidays.HolidayList.as_view()),
    path("period_locks", period_locks.PeriodLockList.as_view()),
    path("period_locks/<id:id>/release", period_locks.PeriodLockRelease.as_view()),
]
