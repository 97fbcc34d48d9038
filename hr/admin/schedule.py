"""Schedules: weekly patterns, and who works them from when to when."""

from __future__ import annotations

import calendar
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from hr.admin.choices import DepartmentField, EmployeeField
from hr.models import Schedule, ScheduleAssignment, ScheduleDay
from hr.services import schedules
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, TabularInline, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, StaffForm, display
from peoplesync.kernel.dates import ONE_DAY

WEEKDAYS = tuple(enumerate(calendar.day_name))
#: What a day of the week holds, as the service takes it.
DAY = ("weekday", "starts_at", "ends_at", "break_minutes", "required_minutes")


class DayForm(StaffForm):
    weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int)


class DayInline(TabularInline):
    """The working days of the week; an end at or before the start is on the next day."""

    model = ScheduleDay
    form = DayForm
    resource = "schedules"
    write_action = "write"
    may_delete_lines = True
    fields = DAY
    max_num = 7
    verbose_name_plural = "Week"


class AssignForm(forms.Form):
    employee = EmployeeField(required=False)
    department = DepartmentField(
        required=False, help_text="Everybody in it and below it without a schedule of her own."
    )
    first_on = forms.DateField(label="First day", required=False)
    last_on = forms.DateField(label="Last day", required=False)


def _assign(request: HttpRequest, row: Schedule, values: dict[str, Any]) -> str:
    employee, department = values["employee"], values["department"]
    schedules.assign(
        schedule=row,
        employee_id=employee and employee.pk,
        department_id=department and department.pk,
        first_on=values["first_on"],
        last_on=values["last_on"],
        by=request.user,
        at=timezone.now(),
    )
    return f"{employee or department} works {row}."


@register(Schedule)
class ScheduleAdmin(ModelAdmin):
    """Weekly patterns."""

    resource = "schedules"
    write_action = "write"
    section, icon, position = "Organisation", "calendar_view_week", 30
    list_display = ("name", "kind", "late_from", "early_from", "calendar", "is_default")
    list_filter = (("kind", ChoicesDropdownFilter), "is_default")
    list_select_related = ("calendar",)
    search_fields = ("name",)
    search_help_text = "A name"
    fields = ("name", "kind", "grace_in_minutes", "grace_out_minutes", "calendar", "is_default")
    inlines = (DayInline,)
    labels: ClassVar[dict[str, str]] = {
        "grace_in_minutes": "Late from (minutes)",
        "grace_out_minutes": "Early from (minutes)",
        "calendar": "Holiday calendar",
        "is_default": "For everybody without another",
    }
    helps: ClassVar[dict[str, str]] = {
        "grace_in_minutes": "So long after the start nobody is late yet.",
        "grace_out_minutes": "So long before the end nobody leaves early yet.",
        "calendar": "Empty: the default calendar.",
    }
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="assign",
            label="Assign",
            icon="person_add",
            question="Who works this schedule, and from when to when? Empty days are unlimited.",
            action="write",
            run=_assign,
            form=AssignForm,
        ),
    )

    @display(description="Late from", ordering="grace_in_minutes")
    def late_from(self, row: Schedule) -> str:
        return f"{row.grace_in_minutes} min"

    @display(description="Early from", ordering="grace_out_minutes")
    def early_from(self, row: Schedule) -> str:
        return f"{row.grace_out_minutes} min"

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Schedule:
        return schedules.create(values=_as_service(values), days=[], by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: Schedule, values: dict[str, Any]) -> Schedule:
        return schedules.update(schedule=row, values=_as_service(values), days=None, by=request.user, at=self.now())

    def change_lines(self, request: HttpRequest, row: Schedule, formset: Any) -> None:
        """The whole week as the lines say it."""
        kept = [
            form
            for form in formset.forms
            if form not in formset.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        days = [{name: form.cleaned_data[name] for name in DAY} for form in kept if form.cleaned_data.get("starts_at")]
        schedule = Schedule.objects.get(pk=row.pk)
        schedules.update(schedule=schedule, values={}, days=days, by=request.user, at=self.now())

    def panels(self, request: HttpRequest, row: Schedule) -> list[Panel]:
        rows = ScheduleAssignment.objects.filter(schedule=row).select_related("employee", "department")[:200]
        cells = [
            (
                str(one.employee or one.department),
                show.day(one.valid.lower) if one.valid.lower else "always",
                show.day(one.valid.upper - ONE_DAY) if one.valid.upper else "open",
            )
            for one in rows
        ]
        return [Panel("Who works it", ("Who", "From", "To"), cells, "Nobody is assigned.")]


def _as_service(values: dict[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "calendar" in given:
        chosen = given.pop("calendar")
        given["calendar_id"] = chosen and chosen.pk
    return given
