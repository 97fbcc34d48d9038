"""Leave types and their terms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from hr.models import LeaveType
from hr.services import leave_types
from peoplesync.core.staff import show
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import display


@register(LeaveType)
class LeaveTypeAdmin(ModelAdmin):
    """The kinds of leave there are."""

    resource = "leave_types"
    write_action = "write"
    section, icon, position = "Leave", "category", 20
    list_display = ("name", "code", "is_paid", "uses_balance", "shown_days", "needs_evidence")
    search_fields = ("name", "code")
    search_help_text = "A name or a code"
    fields = ("code", "name", "is_paid", "uses_balance", "yearly_days", "needs_evidence")
    readonly_fields = ("code",)
    may_add = False
    helps: ClassVar[dict[str, str]] = {"code": "What a request names; the contract knows four, and no others."}

    @display(description="Days a year", ordering="yearly_days")
    def shown_days(self, row: LeaveType) -> str:
        return show.days(row.yearly_days)

    def change(self, request: HttpRequest, row: LeaveType, values: dict[str, Any]) -> LeaveType:
        return leave_types.update(leave_type=row, changes=values, by=request.user, at=self.now())  # type: ignore[arg-type]
