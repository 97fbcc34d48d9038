"""Acts on roles. What a role may do stands in the rights matrix, by its name: the names it knows stay."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from hr.models import Role, User
from hr.services import changes as differences
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.roles import RoleName


class Changes(TypedDict, total=False):
    """What an update may set."""

    name: str
    description: str | None


def create(*, name: str, description: str | None = None, by: User | None, at: datetime) -> Role:
    """A new role; it may do what everybody may until the rights matrix knows its name."""
    row = Role(name=name, description=description, created_at=at)
    with transaction.atomic():
        differences.check(row)
        row.save(force_insert=True)
        _log("role.created", row, by, at, {})
    return row


def update(*, role: Role, changes: Changes, by: User | None, at: datetime) -> Role:
    """Change what is given. Raises Invalid when a role the rights matrix knows would lose its name."""
    with transaction.atomic():
        row = Role.objects.select_for_update(no_key=True).get(pk=role.pk)
        if row.name in set(RoleName) and changes.get("name", row.name) != row.name:
            raise Invalid.field("name", "The rights of this role hang on its name. Create another role.", code="fixed")
        difference = differences.apply(row, changes)
        if difference:
            differences.save(row, difference)
            _log("role.updated", row, by, at, difference)
    return row


def _log(action: str, row: Role, by: User | None, at: datetime, difference: differences.Difference) -> None:
    meta = {"name": row.name, **({"changes": difference} if difference else {})}
    activity.record(action=action, resource_type="role", resource_id=row.pk, by=by, meta=meta, at=at)
