"""Reads of users: who may sign in, with the names of their roles in the same statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from hr.models import User, UserRole


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


def signed_in(*, user_id: UUID, session_id: str) -> User | None:
    """The live user of a session that has not been ended, with her roles and employee: one statement."""
    ended = BlacklistedToken.objects.filter(token__jti=session_id)
    live = with_roles(User.objects.alive()).filter(~Exists(ended), pk=user_id, is_active=True)
    return next(iter(role_names_known(live)), None)


def role_names_of_employees(employee_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Employee -> the names of her live user's roles, for those who have one: one statement."""
    users = with_roles(User.objects.alive().filter(employee_id__in=list(employee_ids), is_active=True))
    return {user.employee_id: frozenset(user.held_roles) for user in users}
