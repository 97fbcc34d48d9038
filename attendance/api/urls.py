"""Attendance's routes. Fixed words stand before ids."""

from django.urls import path

from attendance.api import attendances, changes, corrections, exceptions, overtime, sync, time_clocks, work_jobs

changes.register_feeds()
time_clocks.register_includes()

urlpatterns = [
    path("attendances/clock-in", attendances.ClockIn.as_view()),
    path("attendances/clock-out", attendances.ClockOut.as_view()),
    path("attendances", attendances.AttendanceList.as_view()),
    path("attendances/break-start", attendances.BreakStart.as_view()),
    path("attendances/break-end", attendances.BreakEnd.as_view()),
    path("attendances/today", attendances.TodayView.as_view()),
    path("attendances/days", attendances.DayList.as_view()),
    path("attendances/sync", sync.Sync.as_view()),
    path("attendances/sync/<slug:job_id>/records", sync.SyncRecords.as_view()),
    path("attendances/<id:id>", attendances.AttendanceDetail.as_view()),
    path("exceptions", exceptions.ExceptionList.as_view()),
    path("exceptions/<id:id>/resolve", exceptions.ExceptionResolution.as_view()),
    path("corrections", corrections.CorrectionList.as_view()),
    path("corrections/<id:id>", corrections.CorrectionDetail.as_view()),
    path("corrections/<id:id>/decide", corrections.CorrectionDecision.as_view()),
    path("corrections/<id:id>/withdraw", corrections.CorrectionWithdrawal.as_view()),
    path("overtime", overtime.OvertimeList.as_view()),
    path("overtime/<id:id>/decide", overtime.OvertimeDecision.as_view()),
    path("time_clocks", time_clocks.TimeClockList.as_view()),
    path("time_clocks/<id:id>", time_clocks.TimeClockDetail.as_view()),
    path("work_jobs", work_jobs.WorkJobList.as_view()),
    path("work_jobs/<id:id>", work_jobs.WorkJobDetail.as_view()),
]
