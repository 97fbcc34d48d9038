"""The one lock table: days whose presence, leave and pay may no longer change."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hr.models.employee import Employee
from peoplesync.core.models import TouchedRecord


class LockSource(models.TextChoices):
    MANUAL = "manual", "Locked by hand"
    PAYROLL = "payroll", "Locked by a posted payroll"
    VENDOR = "vendor", "Locked through a clocking API"


class PeriodLock(TouchedRecord):
    """Days `first_on` to `last_on` are closed, for one employee or, with none, for everybody."""

    employee = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.CASCADE, related_name="period_locks")
    first_on = models.DateField()
    last_on = models.DateField()
    source = models.CharField(max_length=10, choices=LockSource.choices, default=LockSource.MANUAL)
    #: The run that locked it, when payroll did.
    source_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-last_on", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="hr_periodlock_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=LockSource.values), name="hr_periodlock_source_is_known"
            ),
            models.UniqueConstraint(
                fields=["source_id", "employee", "first_on", "last_on"],
                condition=models.Q(source_id__isnull=False, released_at__isnull=True),
                name="hr_periodlock_once_per_source",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_on", "first_on"],
                condition=models.Q(employee__isnull=True, released_at__isnull=True),
                name="hr_periodlock_everybody",
            ),
            models.Index(
                fields=["employee", "last_on", "first_on"],
                condition=models.Q(employee__isnull=False, released_at__isnull=True),
                name="hr_periodlock_one_employee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_on:%-d %b %Y} to {self.last_on:%-d %b %Y}"
