"""Departments: a tree without cycles."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models

from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord

#: Two re-parentings at one moment could close a ring that neither sees: the advisory lock makes the second wait, and its
#: statements then read what the first committed.
_NO_CYCLE = """
    PERFORM pg_advisory_xact_lock(hashtext('hr_department.parent_id'));
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT id, parent_id FROM hr_department WHERE id = NEW.parent_id
            UNION
            SELECT upper.id, upper.parent_id FROM hr_department upper JOIN above ON upper.id = above.parent_id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'department % would be its own ancestor', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hr_department_tree_has_no_cycle';
    END IF;
    RETURN NEW;
"""


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
        triggers = [
            pgtrigger.Trigger(
                name="tree_has_no_cycle",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=_NO_CYCLE,
            )
        ]

    def __str__(self) -> str:
        return self.name
