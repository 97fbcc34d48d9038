"""Reads of users: who may sign in, with the names of their roles in the same statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef

from hr.models import Employee, User, UserRole
from peoplesync.core import prepared


def with_roles(users: Any) -> Any:
    """Users with the names of their roles as `held_roles`, and their employee, in the same statement."""
    held = UserRole.objects.filter(user=OuterRef("pk"), deleted_at=None, role__deleted_at=None)
    return users.select_related("employee").annotate(held_roles=ArraySubquery(held.values("role__name")))


def role_names_known(users: Iterable[User]) -> list[User]:
    """The users of `with_roles`, with `role_names` filled so that nothing asks the database again."""
    known = list(users)
    for user in known:
        user.role_names = frozenset(user.held_roles)  # type: ignore[attr-defined]  # annotated by with_roles
    return known


def listed() -> Any:
    """Every user that has not been deleted, in the order of the list."""
    return with_roles(User.objects.alive())


def found(user_id: UUID) -> User | None:
    """One user that has not been deleted, with her roles."""
    return next(iter(role_names_known(listed().filter(pk=user_id))), None)


def signed_in(*, user_id: UUID, session_id: str | None = None) -> User | None:
    """The live user, with her roles and employee, unless the API's session named has been ended: one statement.

    Written by hand and prepared, because every call of the API and every page of the admin pays for it.
    """
    row = prepared.first_row(_signed_in_sql(), [user_id, session_id])
    if row is None:
        return None
    roles, *values = row
    user_fields, employee_fields = _columns(User), _columns(Employee)
    user = User.from_db("default", [name for name, _ in user_fields], values[: len(user_fields)])
    user.held_roles = roles  # type: ignore[attr-defined]  # as with_roles would have annotated it
    user.role_names = frozenset(roles)
    if user.employee_id is not None:
        of_employee = values[len(user_fields) :]
        user.employee = Employee.from_db("default", [name for name, _ in employee_fields], of_employee)
    return user


@lru_cache(maxsize=2)
def _columns(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Attribute and column of every field, in the order the model is built in."""
    return tuple((str(field.attname), str(field.column)) for field in model._meta.concrete_fields)


@lru_cache(maxsize=1)
def _signed_in_sql() -> str:
    user = ", ".join(f"u.{column}" for _, column in _columns(User))
    employee = ", ".join(f"e.{column}" for _, column in _columns(Employee))
    return f"""
        SELECT ARRAY(SELECT r.name FROM hr_userrole h JOIN hr_role r ON r.id = h.role_id
                     WHERE h.user_id = u.id AND h.deleted_at IS NULL AND r.deleted_at IS NULL), {user}, {employee}
        FROM hr_user u LEFT JOIN hr_employee e ON e.id = u.employee_id
        WHERE u.id = %s AND u.is_active AND u.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM token_blacklist_blacklistedtoken b JOIN token_blacklist_outstandingtoken t ON t.id = b.token_id
            WHERE t.jti = %s)
        """  # noqa: S608 column names are our models'; values are bound


def role_names_of_employees(employee_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Employee -> the names of her live user's roles, for those who have one: one statement."""
    users = with_roles(User.objects.alive().filter(employee_id__in=list(employee_ids), is_active=True))
    return {user.employee_id: frozenset(user.held_roles) for user in users}
