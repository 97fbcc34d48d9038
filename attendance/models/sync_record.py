"""What became of each record of an offline batch: the answer a phone asks for."""

from __future__ import annotations

from django.db import models

from attendance.models.attendance import Attendance
from peoplesync.core.models import Job, Record


class SyncState(models.TextChoices):
    CREATED = "created", "Created"
    DUPLICATE = "duplicate", "Known already"
    CONFLICT = "conflict", "Differs from what was sent before"
    REFUSED = "refused", "Refused"


class SyncRecord(Record):
    """One record of a batch by its place in it, as it was sent and as it was answered."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, db_index=False, related_name="sync_records")
    position = models.PositiveSmallIntegerField()
    client_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 null when the client gave none
    body = models.JSONField()
    #: Empty until it is answered.
    state = models.CharField(max_length=10, choices=SyncState.choices, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    #: Without an index: nobody asks from the stay, and no stay is ever deleted.
    attendance = models.ForeignKey(Attendance, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="attendance_syncrecord_once_per_job"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id or self.position} {self.state}"
