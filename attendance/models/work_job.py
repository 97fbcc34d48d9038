"""What people work on: jobs and their sub-jobs. (The asynchronous kind of job is `core.Job`.)"""

from __future__ import annotations

from django.db import models

from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class WorkJob(TouchedRecord, SoftDeleted):
    """A job, or with a parent a sub-job; one level deep."""

    name = models.CharField(max_length=150)
    code = models.CharField(max_length=50, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(deleted_at__isnull=True) & ~models.Q(code=""),
                name="attendance_workjob_code_unique",
            )
        ]

    def __str__(self) -> str:
        return self.name
