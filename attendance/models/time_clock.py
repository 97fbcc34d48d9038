"""Time clocks and work jobs: who clocks in where, and what they work on."""

from __future__ import annotations

from django.db import models

from attendance.models.work_job import WorkJob
from hr.models import Employee
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class TimeClock(TouchedRecord, SoftDeleted):
    """A place to clock in, in the sense of an account: its people, its jobs, its zone."""

    name = models.CharField(max_length=100)
    #: Empty: the organisation's zone.
    timezone = models.CharField(max_length=64, blank=True)
    requires_job = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    #: Whether a client of a foreign clocking API may lock and unlock days of this clock's people.
    takes_day_locks = models.BooleanField(default=True)
    employees = models.ManyToManyField(Employee, through="TimeClockEmployee", related_name="time_clocks")
    jobs = models.ManyToManyField(WorkJob, through="TimeClockJob", related_name="time_clocks")

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(deleted_at__isnull=True), name="attendance_timeclock_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TimeClockEmployee(TouchedRecord):
    """Somebody who may use a clock."""

    time_clock = models.ForeignKey(TimeClock, on_delete=models.CASCADE, related_name="employee_links")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="time_clock_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["time_clock", "employee"], name="attendance_timeclockemployee_once")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} at {self.time_clock_id}"


class TimeClockJob(TouchedRecord):
    """A job that may be chosen at a clock; its sub-jobs come with it."""

    time_clock = models.ForeignKey(TimeClock, on_delete=models.CASCADE, related_name="job_links")
    work_job = models.ForeignKey(WorkJob, on_delete=models.CASCADE, related_name="time_clock_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["time_clock", "work_job"], name="attendance_timeclockjob_once")]

    def __str__(self) -> str:
        return f"{self.work_job_id} at {self.time_clock_id}"
