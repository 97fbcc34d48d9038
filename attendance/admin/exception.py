"""Days somebody should look at, and the fix that needs no thought: the out that was forgotten."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from attendance.admin.stay import PEOPLE, WorkDateFilter
from attendance.models import Attendance, DayException
from attendance.rules.punches import Door
from attendance.services import amendments, day_exceptions
from attendance.services.presented import Presented
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import RelatedDropdownFilter, display
from peoplesync.kernel.errors import Conflict

MISSING_OUT = "missing_out"


class OutForm(forms.Form):
    clock_out = forms.SplitDateTimeField(label="Out", help_text="In the organisation's time.")
    reason = forms.CharField(max_length=255)


def _set_out(request: HttpRequest, row: DayException, values: dict[str, Any]) -> str:
    day_exceptions.ensure_may_resolve(exception=row, by=request.user)
    stays = Attendance.objects.alive().filter(employee=row.employee_id, work_date=row.work_date, clock_out=None)
    stay = stays.order_by("clock_in").first()
    if stay is None:
        raise Conflict("No stay of this day waits for an out any more.", code="nothing_open")
    now = timezone.now()
    punch = Presented(door=Door.ADMIN, at=now, received_at=now, made_by=request.user)
    amendments.change(attendance_id=stay.pk, by=punch, clock_out=values["clock_out"], reason=values["reason"])
    return f"{row.employee.full_name} went at {show.instant(values['clock_out'])}."


class NoteForm(forms.Form):
    note = forms.CharField(max_length=255, help_text="What you found: it stays with the day.")


def _resolve(request: HttpRequest, row: DayException, values: dict[str, Any]) -> str:
    day_exceptions.resolve(exception=row, note=values["note"], by=request.user, at=timezone.now())
    return f"Settled: {row.employee.full_name}, {row}."


class OpenFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return (("open", "Open"), ("resolved", "Resolved"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(resolved_at__isnull=self.value() == "open") if self.value() else queryset


@register(DayException)
class DayExceptionAdmin(ModelAdmin):
    """Missing outs, late comings, absences: by day, until somebody has looked."""

    resource = "exceptions"
    section, icon, position, called = "Presence", "report", 12, "Exceptions"
    list_display = ("employee", "work_date", "what", "shown_state", "note")
    list_filter = (OpenFilter, "kind", WorkDateFilter, ("employee__department", RelatedDropdownFilter))
    list_select_related = ("employee", "resolved_by")
    search_fields = PEOPLE
    fields = ("employee", "work_date", "what", "shown_state", "resolved_by", "note")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="set_out",
            label="Set the out",
            icon="logout",
            question="When did this person go? The punch is written in your name.",
            action="resolve",
            run=_set_out,
            form=OutForm,
            offered=lambda row: row.kind == MISSING_OUT and row.resolved_at is None,
        ),
        Act(
            name="resolve",
            label="Settle",
            icon="task_alt",
            question="Have you looked at this? It leaves the list.",
            action="resolve",
            run=_resolve,
            form=NoteForm,
            offered=lambda row: row.resolved_at is None,
            is_bulk=True,
        ),
    )

    def summary(self, request: HttpRequest, row: DayException) -> list[tuple[str, str]]:
        return [("Employee", str(row.employee)), ("Day", f"{row.work_date:%A, %-d %B %Y}"), ("What", self.what(row))]

    def panels(self, request: HttpRequest, row: DayException) -> list[Panel]:
        stays = (
            Attendance.objects.alive().filter(employee=row.employee_id, work_date=row.work_date).order_by("clock_in")
        )
        cells = [(show.instant(one.clock_in), show.instant(one.clock_out)) for one in stays]
        query = urlencode({"employee": row.employee_id, "month": f"{row.work_date:%Y-%m}"})
        month = [(Link("Her month", reverse("admin:attendance_month") + "?" + query),)]
        return [Panel("Stays of the day", ("In", "Out"), cells, "None."), Panel("Calendar", ("",), month)]

    @display(description="What", ordering="kind")
    def what(self, row: DayException) -> str:
        return row.kind.replace("_", " ").capitalize()

    @display(description="State", label={"Open": "warning", "Resolved": "success"})
    def shown_state(self, row: DayException) -> str:
        return "Resolved" if row.resolved_at else "Open"


def _open(request: HttpRequest) -> int:
    return DayException.objects.visible_to(request.user).filter(resolved_at=None).count()


def _link() -> str:
    return reverse("admin:attendance_dayexception_changelist") + "?state=open"


admin.site.figure(Figure("Exceptions open", "report", "exceptions", "resolve", _link, _open, position=15, calls=bool))
