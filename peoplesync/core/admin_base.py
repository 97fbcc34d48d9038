"""The one module that knows the admin theme. Apps import `ModelAdmin`, the inlines and `StaffSite` from here.

Rights in the admin are the rights of the API: each admin names its `resource` in the matrix, and sees the same rows.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin as ThemedModelAdmin
from unfold.admin import StackedInline as ThemedStackedInline
from unfold.admin import TabularInline as ThemedTabularInline
from unfold.sites import UnfoldAdminSite

from peoplesync.core.api.permissions import scope_of
from peoplesync.kernel.roles import STAFF, Scope


class StaffSite(UnfoldAdminSite):
    """Entered by live users with at least one staff role."""

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_authenticated and user.is_active and STAFF.intersection(user.role_names))


class MatrixRights:
    """Answers Django's admin permission questions from the rights matrix.

    `resource` is the matrix's name; `write_action` None means nothing may be edited here (acts are buttons).
    """

    resource: ClassVar[str] = ""
    read_action: ClassVar[str] = "read"
    write_action: ClassVar[str | None] = "write"
    may_add: ClassVar[bool] = True
    may_delete: ClassVar[bool] = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._reach(request, self.read_action) >= Scope.DEPARTMENT

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.write_action is not None and self._reach(request, self.write_action) is Scope.ALL

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_add and self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_delete and self.has_change_permission(request, obj)

    def _reach(self, request: HttpRequest, action: str) -> Scope:
        user: Any = request.user
        if not getattr(user, "is_active", False):
            return Scope.NONE
        return scope_of(user, self.resource, action)


class ModelAdmin(MatrixRights, ThemedModelAdmin):
    """A themed admin page that lists at most fifty rows and never counts a big table twice."""

    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> Any:
        """The rows this member of staff may see: the same queryset the API starts from, where the model has one."""
        rows = super().get_queryset(request)
        visible_to = getattr(rows, "visible_to", None)
        return visible_to(request.user) if visible_to else rows


class TabularInline(MatrixRights, ThemedTabularInline):
    extra = 0


class StackedInline(MatrixRights, ThemedStackedInline):
    extra = 0


register = admin.register
