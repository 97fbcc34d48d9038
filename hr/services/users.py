"""Acts on users: who may sign in, as what. Deactivation and deletion end every session at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from hr.models import Employee, Role, User, UserRole
from hr.services import changes as differences
from hr.services import passwords, sessions
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.roles import ALL_POWERFUL


class Changes(TypedDict, total=False):
    """What an update may set."""

    email: str
    password: str
    employee_id: UUID | None
    is_active: bool
    roles: list[str]


def create(
    *,
    email: str,
    password: str,
    employee_id: UUID | None = None,
    roles: Iterable[str] = (),
    by: User | None,
    at: datetime,
) -> User:
    """Somebody new who may sign in. Raises Invalid for a weak password, an unknown employee or role."""
    row = User(email=email.strip(), created_at=at)
    passwords.check(password=password, user=row)
    row.set_password(password)
    with transaction.atomic():
        row.employee_id = _chosen_employee(employee_id)
        differences.check(row)
        row.save(force_insert=True)
        held = _set_roles(row, roles)
        meta = {"email": row.email, "roles": held, "employee_id": row.employee_id}
        activity.record(action="user.created", resource_type="user", resource_id=row.pk, by=by, meta=meta, at=at)
    return row


def update(*, user: User, changes: Changes, by: User | None, at: datetime) -> User:
    """Change what is given. A new password or deactivation ends every session of the user.

    Raises Invalid when nobody would be left who may do everything.
    """
    with transaction.atomic():
        powerful = _lock_administrators()
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        wanted: dict[str, Any] = {key: changes[key] for key in ("email", "is_active") if key in changes}
        if "employee_id" in changes:
            wanted["employee_id"] = _chosen_employee(changes["employee_id"])
        difference = differences.apply(row, wanted)
        if difference:
            differences.save(row, difference)
        if "roles" in changes:
            difference.update(_roles_changed(row, changes["roles"], at))
        if "password" in changes:
            passwords.change(user=row, new_password=changes["password"], by=by, at=at, field="password")
        if difference:
            _log("user.updated", row, by, at, changes=difference)
        if "is_active" in difference and not row.is_active:
            sessions.end_all(user=row, reason="deactivated", by=by, at=at)
        _administrator_left(powerful, field="roles" if "roles" in difference else "is_active")
    return row


def delete(*, user: User, by: User | None, at: datetime) -> None:
    """Take a user out of every list and end her sessions. Her acts stay in the log under her id."""
    with transaction.atomic():
        powerful = _lock_administrators()
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row.deleted_at = at
        row.save(update_fields=["deleted_at", "updated_at"])
        _log("user.deleted", row, by, at)
        sessions.end_all(user=row, reason="deleted", by=by, at=at)
        _administrator_left(powerful, field="user")


def _chosen_employee(employee_id: UUID | None) -> UUID | None:
    if employee_id is not None and not Employee.objects.alive().filter(pk=employee_id).exists():
        raise Invalid.field("employee_id", "There is no employee with this id.", code="unknown_employee")
    return employee_id


def _set_roles(row: User, names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    found = {role.name: role for role in Role.objects.alive().filter(name__in=wanted)}
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise Invalid.field("roles", f"There is no role named {', '.join(unknown)}.", code="unknown_role")
    held = set(
        UserRole.objects.filter(user=row, deleted_at=None, role__deleted_at=None).values_list("role__name", flat=True)
    )
    UserRole.objects.bulk_create(UserRole(user=row, role=found[name]) for name in wanted if name not in held)
    return wanted


def _roles_changed(row: User, names: Iterable[str], at: datetime) -> differences.Difference:
    held = UserRole.objects.filter(user=row, deleted_at=None)
    before = sorted(held.values_list("role__name", flat=True))
    after = _set_roles(row, names)
    held.exclude(role__name__in=after).update(deleted_at=at, updated_at=at)
    return {} if before == after else {"roles": [before, after]}


def _lock_administrators() -> bool:
    """Whether somebody may do everything now. Two changes that could each take the last one away wait here."""
    list(Role.objects.filter(name__in=ALL_POWERFUL).select_for_update(no_key=True).order_by("id"))
    return _administrators_exist()


def _administrators_exist() -> bool:
    return UserRole.objects.filter(
        deleted_at=None,
        role__deleted_at=None,
        role__name__in=ALL_POWERFUL,
        user__is_active=True,
        user__deleted_at=None,
    ).exists()


def _administrator_left(were_there: bool, *, field: str) -> None:
    if were_there and not _administrators_exist():
        raise Invalid.field(
            field,
            "Nobody would be left who may administer. Make somebody else superadmin first.",
            code="last_administrator",
        )


def _log(action: str, row: User, by: User | None, at: datetime, **more: Any) -> None:
    meta = {"email": row.email, **more}
    activity.record(action=action, resource_type="user", resource_id=row.pk, by=by, meta=meta, at=at)
