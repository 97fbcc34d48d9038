"""Departments: a tree without cycles."""

from __future__ import annotations

import pghistory
from django.db import models

from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


@pghistory.track()
class Department(TouchedRecord, SoftDeleted):
    """A part of the organisation. `code` is not unique by contract."""

    name = models.CharField(max_length=150)
    code = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001 null on the wire when there is none
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="hr_department_is_not_its_own_parent"
            )
        ]
        indexes = [models.Index(fields=["name", "id"], name="hr_department_by_name")]

    def __str__(self) -> str:
        return self.name
