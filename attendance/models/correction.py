"""Corrections: what somebody says the day really was, until her manager or HR decides."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from attendance.models.attendance import Attendance
from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import TouchedRecord


class CorrectionStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CorrectionQuerySet(ScopedQuerySet):
    resource = "corrections"


class Correction(TouchedRecord):
    """A proposed in and out of one stay. `attendance` empty: a stay nobody recorded."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="corrections", db_index=False)
    attendance = models.ForeignKey(Attendance, null=True, on_delete=models.PROTECT, related_name="corrections")
    work_date = models.DateField()
    clock_in = models.DateTimeField()
    clock_out = models.DateTimeField(null=True)
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=CorrectionStatus.choices, default=CorrectionStatus.PENDING)
    #: It changes days that are locked: allowed on purpose, and paid as a difference later.
    is_retro = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=CorrectionStatus.values), name="attendance_correction_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(clock_out__isnull=True) | models.Q(clock_out__gt=models.F("clock_in")),
                name="attendance_correction_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["attendance"],
                condition=models.Q(status="pending", attendance__isnull=False),
                name="attendance_correction_one_pending_per_stay",
            ),
            models.UniqueConstraint(
                fields=["employee", "clock_in"],
                condition=models.Q(status="pending", attendance__isnull=True),
                name="attendance_correction_one_pending_per_start",
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "-created_at"], name="attendance_correction_by_empl"),
            models.Index(fields=["status", "-created_at"], name="attendance_correction_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.work_date:%-d %b %Y}, {self.status}"
