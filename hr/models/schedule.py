"""Work schedules: what a week demands of whom, and from when to when."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from hr.models.calendar import HolidayCalendar
from hr.models.department import Department
from hr.models.employee import Employee
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class ScheduleKind(models.TextChoices):
    FIXED = "fixed", "Fixed hours"
    FLEXIBLE = "flexible", "Flexible hours"
    SHIFT = "shift", "Shifts"
    FREE = "free", "Free"


@pghistory.track()
class Schedule(TouchedRecord, SoftDeleted):
    """A weekly pattern. Who has none works the organisation's default: weekdays, 09:00 to 17:00 with an hour's break."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=ScheduleKind.choices, default=ScheduleKind.FIXED)
    #: Minutes of lateness that are not counted, and of leaving early.
    grace_in_minutes = models.PositiveSmallIntegerField(default=0)
    grace_out_minutes = models.PositiveSmallIntegerField(default=0)
    calendar = models.ForeignKey(
        HolidayCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="schedules"
    )
    is_default = models.BooleanField(default=False)

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ScheduleKind.values), name="hr_schedule_kind_is_known"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True, deleted_at__isnull=True),
                name="hr_schedule_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleDay(TouchedRecord):
    """One working day of the week. An end at or before the start is on the next day."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="days")
    #: Monday is 0.
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    break_minutes = models.PositiveSmallIntegerField(default=60)
    #: Flexible hours: what the day demands in minutes, whenever it is worked.
    required_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "weekday"], name="hr_scheduleday_once_a_week"),
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="hr_scheduleday_is_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.weekday}"


@pghistory.track()
class ScheduleAssignment(TouchedRecord):
    """Who works a schedule, from when to when: an employee, or a department for those without their own."""

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="assignments")
    employee = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.CASCADE, related_name="schedule_assignments"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="schedule_assignments"
    )
    #: Days of validity, `[first, last + 1)`; an open end is unlimited.
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(employee__isnull=False, department__isnull=True)
                | models.Q(employee__isnull=True, department__isnull=False),
                name="hr_scheduleassignment_has_one_subject",
            ),
            ExclusionConstraint(
                name="hr_scheduleassignment_employee_no_overlap",
                expressions=[("employee", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=models.Q(employee__isnull=False),
                violation_error_message="This employee has another schedule in these days. End that one first.",
            ),
            ExclusionConstraint(
                name="hr_scheduleassignment_department_no_overlap",
                expressions=[("department", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=models.Q(department__isnull=False),
                violation_error_message="This department has another schedule in these days. End that one first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} for {self.employee or self.department}"
