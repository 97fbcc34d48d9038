"""Breaks that lie in no stay: one door ends the stay when a break begins, and begins a new one afterwards."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from attendance.models.attendance import Attendance, time_range
from attendance.models.pause import BreakKind
from attendance.models.punch import Punch
from attendance.models.time_clock import TimeClock
from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import TouchedRecord


class StandaloneBreakQuerySet(ScopedQuerySet):
    resource = "attendances"


class StandaloneBreak(TouchedRecord):
    """A break of its own. Without an end somebody is on it now; `after` is the stay it ended, if it ended one."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="standalone_breaks")
    kind = models.ForeignKey(BreakKind, on_delete=models.PROTECT, db_index=False, related_name="+")
    time_clock = models.ForeignKey(TimeClock, on_delete=models.PROTECT, db_index=False, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    timezone = models.CharField(max_length=64)
    work_date = models.DateField()
    is_paid = models.BooleanField(default=False)
    after = models.ForeignKey(Attendance, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    start_punch = models.ForeignKey(Punch, on_delete=models.PROTECT, db_index=False, related_name="+")
    end_punch = models.ForeignKey(Punch, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    comment = models.TextField(blank=True)

    objects = StandaloneBreakQuerySet.as_manager()

    class Meta:
        ordering = ["start_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gt=models.F("start_at")),
                name="attendance_standalonebreak_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="attendance_standalonebreak_no_overlap",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    (time_range("start_at", "end_at", "[)"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["employee"],
                condition=models.Q(end_at__isnull=True),
                name="attendance_break_running",
            ),
            models.Index(fields=["employee", "work_date"], name="attendance_break_by_employee"),
        ]

    def __str__(self) -> str:
        return f"break {self.start_at:%Y-%m-%d %H:%M}"
