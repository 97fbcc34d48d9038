"""Exceptions: days somebody should look at, until somebody has."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import TouchedRecord


class DayExceptionQuerySet(ScopedQuerySet):
    resource = "exceptions"


class DayException(TouchedRecord):
    """One kind of trouble on one day. It closes by itself when the day is mended, or by a person with a note."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, db_index=False, related_name="day_exceptions")
    work_date = models.DateField()
    kind = models.CharField(max_length=24)
    resolved_at = models.DateTimeField(null=True)
    #: Empty although resolved: the day no longer shows it.
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=255, blank=True)
    #: When the manager was told of it; once, also when it comes back after the day was mended.
    notified_at = models.DateTimeField(null=True)

    objects = DayExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["-work_date", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "work_date", "kind"], name="attendance_dayexception_once_a_day")
        ]
        indexes = [
            models.Index(fields=["-work_date", "-id"], name="attendance_dayexception_newest"),
            models.Index(
                fields=["-work_date", "-id"],
                condition=models.Q(resolved_at__isnull=True),
                name="attendance_dayexception_open",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(notified_at__isnull=True, resolved_at__isnull=True),
                name="attendance_dayexception_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').capitalize()}, {self.work_date:%-d %b %Y}"
