"""What people work on: jobs and their sub-jobs. (The asynchronous kind of job is `core.Job`.)"""

from __future__ import annotations

from django.db import models

from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class WorkJobQuerySet(SoftDeletedQuerySet):
    def choosable(self) -> WorkJobQuerySet:
        """Jobs somebody may start on: neither deleted nor archived, nor below one that is."""
        live = self.filter(deleted_at=None, is_archived=False)
        return live.exclude(parent__is_archived=True).exclude(parent__deleted_at__isnull=False)


class WorkJob(TouchedRecord, SoftDeleted):
    """A job, or with a parent a sub-job; one level deep."""

    name = models.CharField(max_length=150)
    code = models.CharField(max_length=50, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    #: Nobody starts on it any more; what was worked on it keeps its name.
    is_archived = models.BooleanField(default=False)

    objects = WorkJobQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(deleted_at__isnull=True) & ~models.Q(code=""),
                name="attendance_workjob_code_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="attendance_workjob_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name
