"""The punch log: what was said, through which door, and when it reached us. Nothing in it is ever changed or deleted.

A correction is a new punch that supersedes; deleting through a vendor's API voids with a new row. What retention may
delete (position, photo, device, addresses) lies in `evidence`.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from hr.models import Employee, WorkSite
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import Record
from peoplesync.kernel.dates import zone


class PunchKind(models.TextChoices):
    IN = "in", "In"
    OUT = "out", "Out"
    BREAK_START = "break_start", "Break begins"
    BREAK_END = "break_end", "Break ends"
    TOGGLE = "toggle", "In or out"


class Door(models.TextChoices):
    NATIVE = "native", "Our app"
    OFFLINE = "offline", "Our app, sent later"
    ADMIN = "admin", "Staff"
    KIOSK = "kiosk", "Terminal"
    GOODDAY = "goodday", "GoodDay client"
    KENJO = "kenjo", "Kenjo client"
    WORKLY = "workly", "Workly client"
    CONNECTEAM = "connecteam", "Connecteam client"


class Source(models.TextChoices):
    """The contract's words for where a record came from; the door says it more exactly."""

    MOBILE = "mobile", "Phone"
    WEB = "web", "Web"
    OFFLINE = "offline", "Offline"


class Verdict(models.TextChoices):
    ACCEPT = "accept", "Accepted"
    FLAG = "flag", "Flagged"
    REJECT = "reject", "Rejected"


class PunchQuerySet(ScopedQuerySet):
    resource = "attendances"

    def counting(self) -> PunchQuerySet:
        """The punches that count: not rejected, not superseded, and no voiding rows."""
        replaced = Punch.objects.filter(supersedes=models.OuterRef("pk"))
        return self.filter(is_void=False).exclude(verdict=Verdict.REJECT).exclude(models.Exists(replaced))


class Punch(Record):
    """One fact. `at` is the instant that counts (UTC), `client_at` what the device's clock said, `received_at` ours."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="punches")
    kind = models.CharField(max_length=12, choices=PunchKind.choices)
    at = models.DateTimeField()
    timezone = models.CharField(max_length=64)
    work_date = models.DateField()
    door = models.CharField(max_length=12, choices=Door.choices)
    source = models.CharField(max_length=50, choices=Source.choices, default=Source.WEB)
    #: Deliberately without a database constraint, as in the activity log: one index lookup less in every punch.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    #: The device's own id of the record: the same id of the same person never makes a second punch, ever.
    client_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 NULLs never collide
    client_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=6, choices=Verdict.choices, default=Verdict.ACCEPT)
    #: The reasons of the verdict, one entry per signal: name, value, what it says.
    signals = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    site = models.ForeignKey(WorkSite, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    distance_metres = models.PositiveIntegerField(null=True)
    time_clock = models.ForeignKey(
        "attendance.TimeClock", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    work_job = models.ForeignKey(
        "attendance.WorkJob", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: The caller's own name of the planned shift; never interpreted here.
    shift_ref = models.CharField(max_length=64, blank=True)
    is_overnight = models.BooleanField(default=False)
    supersedes = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="superseded_by"
    )
    #: The row only takes back the one it supersedes.
    is_void = models.BooleanField(default=False)
    reason = models.CharField(max_length=255, blank=True)

    objects = PunchQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "punches"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "client_id", "kind"],
                condition=models.Q(client_id__isnull=False),
                name="attendance_punch_client_id_once",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=models.Q(supersedes__isnull=False),
                name="attendance_punch_superseded_once",
            ),
            models.CheckConstraint(
                condition=models.Q(is_void=False) | models.Q(supersedes__isnull=False),
                name="attendance_punch_void_names_a_punch",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=PunchKind.values), name="attendance_punch_kind_is_known"
            ),
            models.CheckConstraint(condition=models.Q(door__in=Door.values), name="attendance_punch_door_is_known"),
            models.CheckConstraint(
                condition=models.Q(source__in=Source.values), name="attendance_punch_source_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="attendance_punch_verdict_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "-at"], name="attendance_punch_by_employee"),
            models.Index(fields=["work_date", "employee"], name="attendance_punch_by_day"),
            models.Index(
                fields=["site", "-at"], condition=models.Q(site__isnull=False), name="attendance_punch_by_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at.astimezone(zone(self.timezone)):%-d %b %Y %H:%M}"
