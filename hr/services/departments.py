"""Acts on departments. That the tree has no cycle is the database's promise, also for two changes at one moment."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.db import transaction

from hr.models import Department, Employee, User
from hr.models.scoping import subtree
from hr.selectors import departments, locks
from hr.services import changes as differences
from hr.services import schedules
from peoplesync.core.services import activity


class Changes(TypedDict, total=False):
    """What an update may set."""

    name: str
    code: str | None
    parent_id: UUID | None


def create(
    *, name: str, code: str | None = None, parent_id: UUID | None = None, by: User | None, at: datetime
) -> Department:
    """A new department. Raises Invalid when the parent does not exist."""
    row = Department(name=name, code=code or None, created_at=at)
    with transaction.atomic():
        row.parent_id = departments.chosen(parent_id, field="parent_id")
        differences.check(row)
        row.save(force_insert=True)
        _log("department.created", row, by, at, {})
    return row


def update(*, department: Department, changes: Changes, by: User | None, at: datetime) -> Department:
    """Change what is given. Raises Invalid when the parent is unknown, the department itself or below it."""
    with transaction.atomic():
        if "parent_id" in changes:
            locks.pass_gate()
        row = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
        wanted = dict(changes)
        if "parent_id" in changes:
            wanted["parent_id"] = departments.chosen(changes["parent_id"], field="parent_id")
        if "code" in changes:
            wanted["code"] = changes["code"] or None
        difference = differences.apply(row, wanted)
        if difference:
            differences.save(row, difference)
            _log("department.updated", row, by, at, difference)
            if "parent_id" in difference:
                schedules.department_changed(_people(row))
    return row


def delete(*, department: Department, by: User | None, at: datetime) -> None:
    """Take a department out of every list; its people and sub-departments stay, without it."""
    with transaction.atomic():
        locks.pass_gate()
        held = Employee.objects.filter(department=department.pk).order_by("pk").select_for_update(no_key=True)
        list(held.values_list("pk", flat=True))  # in the order of their ids, and before what a file moves them to
        row = Department.objects.select_for_update().get(pk=department.pk)
        concerned = _people(row)
        Employee.objects.filter(department=row).update(department=None, updated_at=at)
        Department.objects.filter(parent=row).update(parent=None, updated_at=at)
        row.deleted_at = at
        row.save(update_fields=["deleted_at", "updated_at"])
        _log("department.deleted", row, by, at, {})
        schedules.department_changed(concerned)


def _people(row: Department) -> list[UUID]:
    """Everybody in or below a department, in the order of their ids."""
    found = Employee.objects.alive().filter(department_id__in=subtree(row.pk)).order_by("pk")
    return list(found.values_list("pk", flat=True))


def _log(action: str, row: Department, by: User | None, at: datetime, difference: differences.Difference) -> None:
    meta = {"name": row.name, **({"changes": difference} if difference else {})}
    activity.record(action=action, resource_type="department", resource_id=row.pk, by=by, meta=meta, at=at)
