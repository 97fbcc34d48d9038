"""The stay: from in to out, derived from punches through a pairing policy. Impossible states are refused here."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Func, Value, When

from attendance.models.punch import Door, Punch, Source
from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import SoftDeleted, TouchedRecord
from peoplesync.kernel.dates import zone


class SyncStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    SYNCED = "synced", "Synced"
    FAILED = "failed", "Failed"


class AttendanceQuerySet(ScopedQuerySet):
    resource = "attendances"

    def open(self) -> AttendanceQuerySet:
        """Stays somebody is in now."""
        return self.filter(clock_out=None, is_unfinished=False, deleted_at=None)

    def for_the_wire(self) -> AttendanceQuerySet:
        """With the in punch's evidence in the same statement: what every list shows."""
        return self.select_related("in_punch__evidence")


def time_range(first: str, last: str, bounds: str) -> Func:
    """The stretch of time between two columns, for exclusion constraints."""
    return Func(first, last, Value(bounds), function="tstzrange", output_field=DateTimeRangeField())


#: When a stay occupies: closed up to (not including) its end, open for ever, unfinished only its start.
OCCUPIED = Case(
    When(is_unfinished=True, then=time_range("clock_in", "clock_in", "[]")),
    default=time_range("clock_in", "clock_out", "[)"),
)


class Attendance(TouchedRecord, SoftDeleted):
    """One presence. Open: no end, somebody is in. Unfinished: no end and nobody waits for one; it blocks nobody."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="attendances")
    clock_in = models.DateTimeField()
    clock_out = models.DateTimeField(null=True)
    timezone = models.CharField(max_length=64)
    work_date = models.DateField()
    is_unfinished = models.BooleanField(default=False)
    door = models.CharField(max_length=12, choices=Door.choices)
    source = models.CharField(max_length=50, choices=Source.choices, default=Source.WEB)
    sync_status = models.CharField(max_length=10, choices=SyncStatus.choices, default=SyncStatus.SYNCED)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    #: How the end came when no punch gave it (auto_closed, corrected, voided).
    reason = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    client_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 the device's own id, when there is one
    in_punch = models.ForeignKey(Punch, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    out_punch = models.ForeignKey(Punch, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    time_clock = models.ForeignKey(
        "attendance.TimeClock", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    work_job = models.ForeignKey(
        "attendance.WorkJob", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: The caller's own name of the planned shift; never interpreted here.
    shift_ref = models.CharField(max_length=64, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["-clock_in", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=models.Q(clock_out__isnull=True, is_unfinished=False, deleted_at__isnull=True),
                name="attendance_attendance_one_open",
            ),
            ExclusionConstraint(
                name="attendance_attendance_no_overlap",
                expressions=[("employee", RangeOperators.EQUAL), (OCCUPIED, RangeOperators.OVERLAPS)],
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(clock_out__isnull=True) | models.Q(clock_out__gt=models.F("clock_in")),
                name="attendance_attendance_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(is_unfinished=False) | models.Q(clock_out__isnull=True),
                name="attendance_attendance_unfinished_has_no_end",
            ),
            models.CheckConstraint(
                condition=models.Q(door__in=Door.values), name="attendance_attendance_door_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=Source.values), name="attendance_attendance_source_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sync_status__in=SyncStatus.values), name="attendance_attendance_sync_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "-clock_in", "-id"], name="attendance_by_employee"),
            models.Index(fields=["-clock_in", "-id"], name="attendance_newest"),
            models.Index(fields=["work_date", "employee"], name="attendance_by_day"),
            models.Index(
                fields=["clock_in"],
                condition=models.Q(clock_out__isnull=True, is_unfinished=False, deleted_at__isnull=True),
                name="attendance_waiting_for_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_in.astimezone(zone(self.timezone)):%-d %b %Y %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether the person is in now."""
        return self.clock_out is None and not self.is_unfinished
