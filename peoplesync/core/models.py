"""What every app stands on: record bases, activity log, notification, job, idempotency key, upload.

No HR noun belongs here; people appear only as `settings.AUTH_USER_MODEL`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils import compat


def new_id() -> UUID:
    """A time-ordered UUID (version 7): new rows land at the end of every index."""
    return compat.uuid7()


class Record(models.Model):
    """A row with our kind of id and the instant it was written (UTC)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class TouchedRecord(Record):
    """A record that may change, and says when it last did."""

    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class SoftDeletedQuerySet(models.QuerySet):
    def alive(self) -> Any:
        """Rows that have not been deleted: what every list, detail and choice starts from."""
        return self.filter(deleted_at__isnull=True)


class SoftDeleted(models.Model):
    """A row that leaves every list when it is deleted, but whose facts stay."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class ActivityLog(Record):
    """Who did what to which object. Append-only: the application login may insert and select, nothing else."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    action = models.CharField(max_length=255)
    resource_type = models.CharField(max_length=100)
    resource_id = models.UUIDField(null=True, blank=True)
    meta = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "activity"
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="core_activitylog_newest"),
            models.Index(fields=["action", "-created_at"], name="core_activitylog_by_action"),
            models.Index(fields=["user", "-created_at"], name="core_activitylog_by_user"),
            models.Index(fields=["resource_id", "-created_at"], name="core_activitylog_by_object"),
        ]

    def __str__(self) -> str:
        return self.action


class Notification(Record):
    """A message to one user, shown in her client."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=255)
    message = models.TextField()
    is_read = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: What it is about, unique per user: the same event told twice is one notification.
    event_key = models.CharField(max_length=200, null=True, blank=True, editable=False)  # noqa: DJ001 NULLs never collide
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "event_key"], name="core_notification_once_per_event"),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="core_notification_newest")]

    def __str__(self) -> str:
        return self.title


class JobStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    PROCESSING = "processing", "Processing"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


class Job(models.Model):
    """One asynchronous task as its caller sees it, and the outbox it is published from.

    A worker owns a job through a lease with a fencing number: whoever comes back late with an old number changes nothing.
    """

    id = models.CharField(primary_key=True, max_length=120, editable=False)
    kind = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=JobStatus.choices, default=JobStatus.QUEUED)
    processed = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(null=True, blank=True)  # noqa: DJ001 the wire says null until something failed
    attempt_count = models.PositiveSmallIntegerField(default=0)
    lease_number = models.PositiveIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=JobStatus.values), name="core_job_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(processed__lte=models.F("total")), name="core_job_progress_within_total"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "processing"]),
                name="core_job_unfinished",
            ),
            models.Index(fields=["user", "-created_at"], name="core_job_by_user"),
        ]

    def __str__(self) -> str:
        return self.id


class IdempotencyKey(Record):
    """A key a client sent with a POST, and the answer it got. Kept 24 hours; the lasting guard is each table's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)  # the rendered answer, byte for byte
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="core_idempotencykey_once"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="core_idempotencykey_expiry")]

    def __str__(self) -> str:
        return str(self.key)


class UploadStatus(models.TextChoices):
    PENDING = "pending", "Waiting for the file"
    STORED = "stored", "Stored and checked"
    ATTACHED = "attached", "Attached to a record"


class Upload(Record):
    """A file a person was allowed to send: where it lies, what it may be, and which record it belongs to."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255, unique=True)
    file_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    maximum_bytes = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=UploadStatus.choices, default=UploadStatus.PENDING)
    size_bytes = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    #: The record the file belongs to once attached: its reader is whoever may read that record.
    attached_to_type = models.CharField(max_length=60, blank=True)
    attached_to_id = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="core_upload_by_owner"),
            models.Index(
                fields=["expires_at"], condition=~models.Q(status="attached"), name="core_upload_unattached_expiry"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
