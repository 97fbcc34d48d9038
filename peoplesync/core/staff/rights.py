"""Rights of staff pages: the matrix the API asks, and the same rows.

A reach that covers all rows opens a page; a narrower one does so only where the model can say which rows it means.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest

from peoplesync.core.api.permissions import scope_of
from peoplesync.kernel.roles import Scope


def reach_of(request: HttpRequest, resource: str, action: str) -> Scope:
    """How far the signed-in user reaches; NONE for nobody and for a user who was switched off."""
    user: Any = request.user
    return scope_of(user, resource, action) if getattr(user, "is_active", False) else Scope.NONE


def may(request: HttpRequest, resource: str, action: str) -> bool:
    """Whether the signed-in user may take the action on somebody besides herself."""
    return reach_of(request, resource, action) >= Scope.DEPARTMENT


class MatrixRights:
    """Answers Django's admin permission questions from the rights matrix.

    `resource` is the matrix's name; `write_action` None means nothing may be edited here (acts are buttons).
    """

    resource: ClassVar[str] = ""
    read_action: ClassVar[str] = "read"
    write_action: ClassVar[str | None] = None
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    #: The lookup that leads to the user a row belongs to, for models whose queryset has no `visible_to`.
    owner: ClassVar[str | None] = None
    model: Any

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        reach = reach_of(request, self.resource, self.read_action)
        return reach is Scope.ALL or (reach is not Scope.NONE and self._knows_whose())

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_change and self._may_write(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_add and self._may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing is deleted by the admin's own delete view: rows are retired by acts, which the services know."""
        return False

    def rows(self, request: HttpRequest, action: str | None = None) -> Any:
        """The live rows this member of staff may take `action` on (read, unless named)."""
        wanted = action or self.read_action
        rows = self.model._default_manager.all()
        if any(field.name == "deleted_at" for field in self.model._meta.fields):
            rows = rows.filter(deleted_at=None)
        reach = reach_of(request, self.resource, wanted)
        if reach is Scope.NONE or (reach is not Scope.ALL and not self._knows_whose()):
            return rows.none()
        if hasattr(rows, "visible_to"):
            return rows.visible_to(request.user, wanted)
        return rows if reach is Scope.ALL else rows.filter(**{str(self.owner): request.user.pk})

    def _may_write(self, request: HttpRequest) -> bool:
        return self.write_action is not None and reach_of(request, self.resource, self.write_action) is Scope.ALL

    def _knows_whose(self) -> bool:
        return self.owner is not None or hasattr(self.model._default_manager.all(), "visible_to")
