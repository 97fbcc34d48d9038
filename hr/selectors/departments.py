"""Reads of departments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from hr.models import Department
from peoplesync.kernel.errors import Invalid


def listed() -> Any:
    """Every department that has not been deleted; everybody signed in may read them."""
    return Department.objects.alive()


def by_id(ids: Iterable[UUID | None]) -> dict[UUID, Department]:
    """These departments, as far as they live, in one statement."""
    return {row.pk: row for row in listed().filter(pk__in={one for one in ids if one is not None})}


def children_of(ids: Iterable[UUID]) -> dict[UUID, list[Department]]:
    """The live departments directly below each of these, in one statement; none is an empty list."""
    found: dict[UUID, list[Department]] = {one: [] for one in ids}
    for row in listed().filter(parent_id__in=found):
        found[row.parent_id].append(row)
    return found


def chosen(department_id: UUID | None, *, field: str = "department_id") -> UUID | None:
    """The id of a live department, or None for none. Raises Invalid naming `field` when there is no such department."""
    if department_id is not None and not listed().filter(pk=department_id).exists():
        raise Invalid.field(field, "There is no department with this id.", code="unknown_department")
    return department_id
