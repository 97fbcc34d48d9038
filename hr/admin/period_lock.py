"""Closed days: close some, open them again. Both are acts of the service; a lock is never edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from hr.admin.choices import EmployeeField
from hr.models import LockSource, PeriodLock
from hr.services import period_locks
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act, Nothing
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display


class LockForm(forms.Form):
    employee = EmployeeField(required=False, help_text="Leave empty to close the days for everybody.")
    first_on = forms.DateField(label="First day")
    last_on = forms.DateField(label="Last day")
    reason = forms.CharField(max_length=255, required=False)


def _lock(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    employee = values["employee"]
    made = period_locks.lock(
        employee_id=employee.pk if employee else None,
        first_on=values["first_on"],
        last_on=values["last_on"],
        reason=values["reason"],
        by=request.user,
        at=timezone.now(),
    )
    return f"{show.span(made.first_on, made.last_on)} is locked for {employee or 'everybody'}."


def _release(request: HttpRequest, row: PeriodLock, values: dict[str, Any]) -> str:
    period_locks.release(lock=row, by=request.user, at=timezone.now())
    return f"{show.span(row.first_on, row.last_on)} is open again."


class LiveFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return (("live", "Locked"), ("released", "Released"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(released_at__isnull=self.value() == "live") if self.value() else queryset


@register(PeriodLock)
class PeriodLockAdmin(ModelAdmin):
    """Which days may no longer change, for whom, and who said so."""

    resource = "period_locks"
    section, icon, position = "Organisation", "lock", 60
    list_display = ("days", "whom", "shown_source", "reason", "locked_by", "state")
    list_filter = (LiveFilter, ("source", ChoicesDropdownFilter))
    list_select_related = ("employee", "locked_by", "released_by")
    search_fields = ("employee__employee_number__istartswith", "reason__icontains")
    search_help_text = "An employee number, or words of the reason"
    fields = ("days", "whom", "shown_source", "reason", "locked_by", "state", "released_by")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="lock",
            label="Lock a period",
            icon="lock",
            question="Close these days? Corrections, imports, leave and late records are refused on them from now on.",
            action="write",
            run=_lock,
            form=LockForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="release",
            label="Release",
            icon="lock_open",
            question="Open these days again?",
            action="write",
            run=_release,
            form=Nothing,
            offered=lambda row: row.released_at is None and row.source != LockSource.PAYROLL,
            is_dangerous=True,
        ),
    )

    @display(description="Days", ordering="last_on")
    def days(self, lock: PeriodLock) -> str:
        return show.span(lock.first_on, lock.last_on)

    @display(description="For")
    def whom(self, lock: PeriodLock) -> str:
        return str(lock.employee) if lock.employee_id else "Everybody"

    @display(description="Source")
    def shown_source(self, lock: PeriodLock) -> str:
        return LockSource(lock.source).label

    @display(description="State", label={"Locked": "warning"})
    def state(self, lock: PeriodLock) -> str:
        return "Locked" if lock.released_at is None else f"Released {show.instant(lock.released_at)}"
