"""The day: one row per employee and work date, recomputed at once for the days a change touches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from hr.models import Employee, PeriodLock
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import Record


class DaySummaryQuerySet(ScopedQuerySet):
    resource = "attendances"

    def stored(self, employee_ids: Collection[UUID] | None, first: date, last: date) -> DaySummaryQuerySet:
        """The days from `first` to `last` of these people, or (None) of everybody."""
        days = self.filter(work_date__range=(first, last))
        return days if employee_ids is None else days.filter(employee_id__in=list(employee_ids))

    def not_closed(self) -> DaySummaryQuerySet:
        """The days no lock closes, whatever their mark says."""
        whose = models.Q(employee__isnull=True) | models.Q(employee_id=models.OuterRef("employee_id"))
        on = models.OuterRef("work_date")
        locks = PeriodLock.objects.filter(whose, released_at=None, first_on__lte=on, last_on__gte=on)
        return self.filter(~models.Exists(locks))


class DaySummary(Record):
    """What a day came to: derived, never typed in. Lengths in seconds, instants in UTC."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, db_index=False, related_name="days")
    work_date = models.DateField()
    #: How the day's punches become stays: set by the day's first punch; empty while it has none.
    policy = models.CharField(max_length=14, blank=True, default="")
    day_type = models.CharField(max_length=20, default="work")
    status = models.CharField(max_length=20, default="absent")
    is_locked = models.BooleanField(default=False)
    scheduled_start_at = models.DateTimeField(null=True)
    scheduled_end_at = models.DateTimeField(null=True)
    scheduled_seconds = models.PositiveIntegerField(default=0)
    first_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    worked_seconds = models.PositiveIntegerField(default=0)
    break_seconds = models.PositiveIntegerField(default=0)
    late_seconds = models.PositiveIntegerField(default=0)
    early_leave_seconds = models.PositiveIntegerField(default=0)
    early_arrival_seconds = models.PositiveIntegerField(default=0)
    short_seconds = models.PositiveIntegerField(default=0)
    auto_closed_seconds = models.PositiveIntegerField(default=0)
    #: Kind of overtime -> seconds: what was found, and what approval lets count.
    overtime = models.JSONField(default=dict)
    counted_overtime = models.JSONField(default=dict)
    #: Decided by a person, kept when the day is computed again; empty: not decided.
    approved_overtime_seconds = models.PositiveIntegerField(null=True)
    #: The named counters payroll reads -> number.
    counters = models.JSONField(default=dict)
    exceptions = ArrayField(models.CharField(max_length=24), default=list)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DaySummaryQuerySet.as_manager()

    class Meta:
        ordering = ["-work_date", "employee_id"]
        verbose_name_plural = "day summaries"
        constraints = [
            models.UniqueConstraint(fields=["employee", "work_date"], name="attendance_daysummary_one_a_day")
        ]
        indexes = [models.Index(fields=["-work_date", "employee"], name="attendance_daysummary_newest")]

    def __str__(self) -> str:
        return f"{self.work_date:%-d %b %Y}"
