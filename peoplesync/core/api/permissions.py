"""Closed by default: a view answers only what it names in the rights matrix (`kernel/rights.toml`)."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission

from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope


def scope_of(user: Any, resource: str, action: str) -> Scope:
    """How far this signed-in user reaches; NONE for nobody. `user.role_names` was read with the user in one query."""
    return rights.scope(user.role_names, resource, action) if user is not None else Scope.NONE


class MatrixPermission(BasePermission):
    """Refuses every request whose view, method and roles have no place in the matrix.

    A view names `resource` and `actions = {"GET": "read", ...}`. What a scope narrower than ALL may see is the view's
    queryset (`visible_to`), so an invisible row is a 404, never a 403.
    """

    message = "Your role may not do this."

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.user is None:
            return False
        action = view.actions.get("GET" if request.method == "HEAD" else request.method)
        if action is None:  # an unknown method is answered 405 by the view itself
            return request.method not in view.allowed_methods or request.method == "OPTIONS"
        return scope_of(request.user, view.resource, action) is not Scope.NONE


class SignedIn(BasePermission):
    """Any live user: for routes about the caller herself (`/auth/me`)."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return request.user is not None


class Anonymous(BasePermission):
    """Open to everybody: login, refresh, health, the schema, signed file addresses. The permission test lists them."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return True
