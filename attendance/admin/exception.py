"""Days somebody should look at, and the fix that needs no thought: the out that was forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.admin import stay
from attendance.admin.stay import PEOPLE, SEARCHED, WorkDateFilter
from attendance.models import Attendance, DayException, DaySummary
from attendance.rules.day_summary import DayException as Trouble
from attendance.rules.punches import Door, EndReason
from attendance.services import amendments, day_exceptions
from attendance.services.presented import Presented
from peoplesync.core.staff import leads, show
from peoplesync.core.staff.acts import BACK_TO_LIST, Act, may
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import AutocompleteSelectFilter, display, one_of
from peoplesync.kernel.errors import Conflict

MISSING_OUT = "missing_out"


class OutForm(forms.Form):
    clock_out = forms.SplitDateTimeField(label="Out", help_text="In the organisation's time.")
    reason = forms.CharField(max_length=255, initial="The out was forgotten.")


def _without_out(row: DayException) -> Attendance | None:
    """The day's stay whose out nobody gave: it has no end, or a rule ended it."""
    return _stays(row).filter(Q(clock_out=None) | Q(reason=EndReason.AUTO_CLOSED.value)).first()


def _stays(row: DayException) -> Any:
    stays = Attendance.objects.alive().filter(employee=row.employee_id, work_date=row.work_date)
    return stays.order_by("clock_in")


def _out_form(model_admin: Any, request: HttpRequest, row: DayException) -> type[OutForm]:
    """The question with the likely answer in it: the end of the shift."""
    stay = _without_out(row)
    day = DaySummary.objects.filter(employee=row.employee_id, work_date=row.work_date).first()
    likely = (stay.clock_out if stay else None) or (day.scheduled_end_at if day else None)
    field = forms.SplitDateTimeField(label="Out", help_text="In the organisation's time.", initial=likely)
    return type("LikelyOutForm", (OutForm,), {"clock_out": field})


def _set_out(request: HttpRequest, row: DayException, values: dict[str, Any]) -> str:
    day_exceptions.ensure_may_resolve(exception=row, by=request.user)
    stay = _without_out(row)
    if stay is None:
        raise Conflict("No stay of this day waits for an out any more.", code="nothing_open")
    now = timezone.now()
    punch = Presented(door=Door.ADMIN, at=now, received_at=now, made_by=request.user)
    amendments.change(attendance_id=stay.pk, by=punch, clock_out=values["clock_out"], reason=values["reason"])
    return f"{row.employee.full_name} went at {show.instant(values['clock_out'])}."


class NoteForm(forms.Form):
    note = forms.CharField(max_length=255, required=False, help_text="What you found: it stays with the day.")


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
    list_display = ("employee", "work_date", "what", "shown_state", "fix", "note")
    list_filter = (
        OpenFilter,
        one_of("kind", Trouble),
        WorkDateFilter,
        ("employee__department", AutocompleteSelectFilter),
    )
    list_select_related = ("employee", "resolved_by")
    search_fields, search_help_text = PEOPLE, SEARCHED
    fields = ("employee", "work_date", "what", "shown_state", "resolved_by", "note")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="set_out",
            label="Set the out",
            icon="logout",
            question="When did this person go? The punch is written in your name.",
            action="resolve",
            run=_set_out,
            form=_out_form,
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

    def named(self, request: HttpRequest, rows: list[Any]) -> list[str]:
        return [f"{row.employee}: {row}" for row in rows]

    def summary(self, request: HttpRequest, row: DayException) -> list[tuple[str, str]]:
        stays = [f"{show.instant(one.clock_in)} to {show.instant(one.clock_out)}" for one in _stays(row)]
        return [
            ("Employee", str(row.employee)),
            ("Day", f"{row.work_date:%A, %-d %B %Y}"),
            ("What", self.what(row)),
            ("In and out", "\n".join(stays) or show.EMPTY),
        ]

    def panels(self, request: HttpRequest, row: DayException) -> list[Panel]:
        return [stay.of_day(row.employee_id, row.work_date), stay.month_of(row.employee_id, row.work_date)]

    @display(description="What", ordering="kind")
    def what(self, row: DayException) -> str:
        return _word(row.kind)

    @display(description="Fix")
    def fix(self, row: DayException) -> str:
        """Settled with one click, in the list's own form; an out that is missing has to be asked for."""
        if row.resolved_at is not None:
            return show.EMPTY
        set_out, settle = self.acts
        act = set_out if set_out.offered(row) else settle
        link = reverse(f"admin:attendance_dayexception_act_{act.name}", args=[row.pk])
        if act is set_out:
            return format_html('<a class="ps-link" href="{}">{}</a>', link, act.label)
        button = '<button class="ps-link" type="submit" formaction="{}" name="{}" value="state=open">{}</button>'
        return format_html(button, link, BACK_TO_LIST, act.label)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the fix for whoever only reads."""
        shown = super().get_list_display(request)
        return shown if may(self, request, self.acts[1]) else tuple(name for name in shown if name != "fix")

    @display(description="State", label={"Open": "warning", "Resolved": "success"})
    def shown_state(self, row: DayException) -> str:
        return "Resolved" if row.resolved_at else "Open"


def _leads(request: HttpRequest, keys: Mapping[str, list[str]]) -> dict[str, Link]:
    """The exceptions of one kind on one day: a message names everybody at once."""
    if not admin.site.get_model_admin(DayException).has_view_permission(request):
        return {}
    listed = reverse("admin:attendance_dayexception_changelist")
    return {key: Link(_word(kind), f"{listed}?kind={kind}&since={day}") for key, (kind, day, *_) in keys.items()}


leads.register("exceptions", _leads)


def _word(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _open(request: HttpRequest) -> int:
    return DayException.objects.visible_to(request.user).filter(resolved_at=None).count()


def _link() -> str:
    return reverse("admin:attendance_dayexception_changelist") + "?state=open"


admin.site.figure(Figure("Exceptions open", "report", "exceptions", "resolve", _link, _open, position=15, calls=bool))
