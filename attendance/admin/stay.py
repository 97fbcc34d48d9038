"""Stays, punches and days for staff: read, with clocking for somebody as an act. Nothing recorded is edited here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from attendance.admin import looked_at
from attendance.models import Attendance, Punch
from attendance.rules.punches import Door, EndReason
from attendance.services import clocking
from attendance.services.presented import Presented
from hr.admin import employee_panels
from hr.admin.choices import EmployeeField
from hr.models import Employee
from peoplesync.core.api.client import address
from peoplesync.core.models import Job
from peoplesync.core.staff import leads, show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.theme import AutocompleteSelectFilter, ChoicesDropdownFilter, display
from peoplesync.kernel.errors import Conflict

PEOPLE = ("employee__first_name", "employee__last_name", "employee__employee_number")
SEARCHED = "A name or an employee number"
_ENDS = {EndReason.AUTO_CLOSED.value: "Ended by rule", EndReason.CORRECTED.value: "Corrected"}
DAYS = (("0", "Today"), ("1", "Since yesterday"), ("7", "The last 7 days"), ("31", "The last 31 days"))


def _day(value: str | None) -> date | None:
    """One day, as a link may ask for it."""
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


class WorkDateFilter(admin.SimpleListFilter):
    """By work date, as a range an index answers."""

    title = "day"
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        day = _day(self.value())
        return (*DAYS, (f"{day}", show.day(day))) if day else DAYS

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if day := _day(self.value()):
            return queryset.filter(work_date=day)
        if self.value() not in dict(DAYS):
            return queryset
        return queryset.filter(work_date__gte=timezone.localdate() - timedelta(days=int(self.value())))


class ClockForm(forms.Form):
    employee = EmployeeField()
    comment = forms.CharField(max_length=500, required=False, help_text="Why you clock for this person.")


def _clock(act: Any, word: str) -> Any:
    def run(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
        employee, now = values["employee"], timezone.now()
        punch = Presented(
            door=Door.ADMIN,
            at=now,
            received_at=now,
            made_by=request.user,
            comment=values["comment"],
            observed_ip=address(request),
        )
        try:
            act(employee_id=employee.pk, punch=punch)
        except Conflict as refusal:  # said to whoever clocks herself
            raise Conflict(f"{employee.full_name} would be told: {refusal.message}", code=refusal.code) from refusal
        return f"{employee.full_name} is clocked {word} at {show.instant(now)}."

    return run


def _clock_act(name: str, word: str, icon: str, act: Any) -> Act:
    return Act(
        name=name,
        label=f"Clock {word} for somebody",
        icon=icon,
        question=f"Whom do you clock {word}, now? It is kept in your name.",
        action="clock_others",
        run=_clock(act, word),
        form=ClockForm,
    )


@register(Attendance)
class AttendanceAdmin(ModelAdmin):
    """Who was there from when to when."""

    resource = "attendances"
    section, icon, position, called = "Presence", "schedule", 20, "Stays"
    list_display = ("employee", "work_date", "came", "went", "length", "shown_state", "door", "shown_flags")
    list_filter = (
        WorkDateFilter, ("door", ChoicesDropdownFilter), ("employee__department", AutocompleteSelectFilter), "is_unfinished",
    )  # fmt: skip
    list_select_related = ("employee",)
    search_fields, search_help_text = PEOPLE, SEARCHED
    fields = (
        "employee", "work_date", "came", "went", "length", "shown_state", "timezone", "door", "source", "shown_flags",
        "how", "comment", "time_clock", "work_job",
    )  # fmt: skip
    list_acts: ClassVar[tuple[Act, ...]] = (
        _clock_act("clock_in", "in", "login", clocking.clock_in),
        _clock_act("clock_out", "out", "logout", clocking.clock_out),
    )

    def panels(self, request: HttpRequest, row: Attendance) -> list[Panel]:
        punches = Punch.objects.filter(employee=row.employee, work_date=row.work_date).order_by("at", "pk")
        cells = [
            (
                show.instant(one.at),
                one.get_kind_display(),
                one.get_door_display(),
                one.get_verdict_display(),
                looked_at.said(one),
            )
            for one in punches.select_related("site")
        ]
        columns = ("When", "Kind", "Door", "Verdict", "Why")
        return [Panel("The day's punches", columns, cells)]

    @display(description="In", ordering="clock_in")
    def came(self, row: Attendance) -> str:
        return show.instant(row.clock_in)

    @display(description="Out", ordering="clock_out")
    def went(self, row: Attendance) -> str:
        return show.instant(row.clock_out)

    @display(description="Length")
    def length(self, row: Attendance) -> str:
        return show.duration(row.clock_out - row.clock_in) if row.clock_out else show.EMPTY

    @display(description="State", label={"In": "success", "Unfinished": "danger"})
    def shown_state(self, row: Attendance) -> str:
        if row.is_unfinished:
            return "Unfinished"
        return "In" if row.is_open else "Closed"

    @display(description="How it ended")
    def how(self, row: Attendance) -> str:
        return _how(row)

    @display(description="Flags")
    def shown_flags(self, row: Attendance) -> str:
        return ", ".join(flag.replace("_", " ") for flag in row.flags) or show.EMPTY


def of_day(employee_id: Any, on: date) -> Panel:
    """A person's stays of one work date."""
    stays = Attendance.objects.alive().filter(employee=employee_id, work_date=on).order_by("clock_in")
    cells = [(Link(show.instant(one.clock_in), link_to(one)), show.instant(one.clock_out), _how(one)) for one in stays]
    return Panel("Stays of the day", ("In", "Out", "How"), cells, "None.")


def month_of(employee_id: Any, on: date) -> Panel:
    """The way to a person's month."""
    query = urlencode({"employee": employee_id, "month": f"{on:%Y-%m}"})
    return Panel("Calendar", ("",), [(Link("Her month", reverse("admin:attendance_month") + "?" + query),)])


def _how(stay: Attendance) -> str:
    if stay.is_open:
        return "In now"
    if stay.is_unfinished:
        return "Without an out"
    return _ENDS.get(stay.reason, "Clocked out")


def _batches(request: HttpRequest, keys: Mapping[str, list[str]]) -> dict[str, Link]:
    """The batch of offline records a message is about, as the job it was."""
    page = admin.site.get_model_admin(Job)
    jobs = {job.pk: job for job in page.rows(request).filter(pk__in=[rest[0] for rest in keys.values()])}
    return {key: Link(job.pk, link_to(job)) for key, rest in keys.items() if (job := jobs.get(rest[0]))}


leads.register("attendance", leads.rows_of("attendance"))
leads.register("sync", _batches)


@register(Punch)
class PunchAdmin(ModelAdmin):
    """The punch log: append-only, so nothing here can be changed."""

    resource = "attendances"
    section, icon, position, called = "Presence", "fingerprint", 30, "Punch log"
    list_display = ("employee", "when", "kind", "work_date", "door", "shown_verdict", "site", "said")
    list_filter = (
        WorkDateFilter,
        ("kind", ChoicesDropdownFilter),
        ("door", ChoicesDropdownFilter),
        ("verdict", ChoicesDropdownFilter),
    )
    list_select_related = ("employee", "site")
    ordering = ("-id",)  # as they came: ids ascend with time, and no index orders everybody's punches by their instants
    search_fields, search_help_text = PEOPLE, SEARCHED
    fields = (
        "employee", "when", "kind", "work_date", "timezone", "door", "source", "client_id", "received", "shown_verdict",
        "said", "site", "comment", "is_void", "reason",
    )  # fmt: skip

    def panels(self, request: HttpRequest, row: Punch) -> list[Panel]:
        cells = looked_at.table(row)
        return [Panel("What was looked at", looked_at.COLUMNS, cells, "Nothing: this door tells no place.")]

    @display(description="When", ordering="at")
    def when(self, row: Punch) -> str:
        return show.instant(row.at)

    @display(description="Received")
    def received(self, row: Punch) -> str:
        return show.instant(row.received_at)

    @display(description="Verdict", label={"Accepted": "success", "Flagged": "warning", "Rejected": "danger"})
    def shown_verdict(self, row: Punch) -> str:
        return row.get_verdict_display()

    @display(description="Why")
    def said(self, row: Punch) -> str:
        return looked_at.said(row)


def _presence(request: HttpRequest, employee: Employee) -> list[Panel]:
    """The latest stays on an employee's page, and the way to her month."""
    rows = list(Attendance.objects.alive().visible_to(request.user).filter(employee=employee).order_by("-clock_in")[:5])
    if not rows:
        return []
    month = reverse("admin:attendance_month") + "?" + urlencode({"employee": employee.pk})
    cells = [
        (Link(f"{one.work_date:%a %-d %b}", month), show.clock(one.clock_in), show.clock(one.clock_out)) for one in rows
    ]
    return [Panel("Latest presence", ("Day", "In", "Out"), cells)]


employee_panels.sources.append(_presence)
