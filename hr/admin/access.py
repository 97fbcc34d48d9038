"""Users and roles: who may sign in, and as what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hr.models import Role, User
from hr.selectors import users as user_rows
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import RelatedDropdownFilter, display


@register(User)
class UserAdmin(ModelAdmin):
    """Everybody who may sign in."""

    resource = "users"
    section, icon, position = "People", "key", 30
    list_display = ("email", "employee", "held", "state")
    list_filter = ("is_active", ("roles", RelatedDropdownFilter))
    search_fields = ("email", "employee__first_name", "employee__last_name", "employee__employee_number")
    autocomplete_fields = ("employee",)
    fields = ("email", "employee", "held", "state")

    def get_queryset(self, request: HttpRequest) -> Any:
        return user_rows.with_roles(super().get_queryset(request))

    @display(description="Roles")
    def held(self, row: Any) -> str:
        return ", ".join(sorted(row.held_roles)) or "none"

    @display(description="State", label={"May sign in": "success", "Locked out": "danger"})
    def state(self, row: User) -> str:
        return "May sign in" if row.is_active else "Locked out"


@register(Role)
class RoleAdmin(ModelAdmin):
    """Roles. What each may do stands in the rights matrix."""

    resource = "roles"
    section, icon, position = "People", "shield_person", 40
    list_display = ("name", "description")
    search_fields = ("name",)
    fields = ("name", "description")
