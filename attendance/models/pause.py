"""Breaks inside a stay, and the kinds of break a time clock offers."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from attendance.models.attendance import Attendance, time_range
from attendance.models.time_clock import TimeClock
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class BreakKind(TouchedRecord, SoftDeleted):
    """A break people may choose at a time clock: paid or not, and how long it must last at least."""

    time_clock = models.ForeignKey(TimeClock, on_delete=models.CASCADE, related_name="break_kinds")
    name = models.CharField(max_length=100)
    is_paid = models.BooleanField(default=False)
    minimum_minutes = models.PositiveSmallIntegerField(default=0)

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Break(TouchedRecord):
    """Time inside a stay that is not work; a paid one stays in the worked time. Without an end: she is on it now."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="breaks")
    kind = models.ForeignKey(BreakKind, null=True, on_delete=models.PROTECT, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    is_paid = models.BooleanField(default=False)

    class Meta:
        ordering = ["start_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gte=models.F("start_at")),
                name="attendance_break_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="attendance_break_no_overlap",
                expressions=[
                    ("attendance", RangeOperators.EQUAL),
                    (time_range("start_at", "end_at", "[)"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"break {self.start_at:%H:%M}"
