"""Days for staff: what each came to, in hours and words. Computed, never typed in."""

from __future__ import annotations

from django.http import HttpRequest

from attendance.admin import stay
from attendance.admin.stay import PEOPLE, SEARCHED, WorkDateFilter
from attendance.models import DaySummary
from attendance.rules.day_summary import DayStatus
from attendance.rules.schedule_day import DayType
from peoplesync.core.staff import show
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.core.staff.theme import AutocompleteSelectFilter, display, one_of


@register(DaySummary)
class DaySummaryAdmin(ModelAdmin):
    """What each day came to; computed, never typed in."""

    resource = "attendances"
    section, icon, position, called = "Presence", "today", 25, "Days"
    list_display = ("employee", "work_date", "shown_status", "kind", "worked", "late", "closed")
    list_filter = (
        WorkDateFilter,
        one_of("status", DayStatus),
        one_of("day_type", DayType),
        ("employee__department", AutocompleteSelectFilter),
    )
    list_select_related = ("employee",)
    search_fields, search_help_text = PEOPLE, SEARCHED
    fields = (
        "employee", "work_date", "shown_status", "kind", "what", "demanded", "came", "went", "worked", "pauses", "late",
        "left_early", "came_early", "short", "ended_by_rule", "found", "counted", "approved", "closed",
    )  # fmt: skip

    def panels(self, request: HttpRequest, row: DaySummary) -> list[Panel]:
        counted = [(_words(name), f"{number:g}") for name, number in row.counters.items() if number]
        return [
            stay.of_day(row.employee_id, row.work_date),
            Panel("What payroll reads of it", ("Counter", "Days"), counted, "Nothing.", numbers=("Days",)),
            stay.month_of(row.employee_id, row.work_date),
        ]

    @display(description="Status", ordering="status")
    def shown_status(self, row: DaySummary) -> str:
        return _words(row.status)

    @display(description="Kind of day", ordering="day_type")
    def kind(self, row: DaySummary) -> str:
        return _words(row.day_type)

    @display(description="Exceptions")
    def what(self, row: DaySummary) -> str:
        return ", ".join(map(_words, row.exceptions)) or show.EMPTY

    @display(description="Schedule")
    def demanded(self, row: DaySummary) -> str:
        if not row.scheduled_seconds:
            return show.EMPTY
        hours = f"{show.clock(row.scheduled_start_at)} to {show.clock(row.scheduled_end_at)}, "
        return f"{hours if row.scheduled_start_at else ''}{_length(row.scheduled_seconds)}"

    @display(description="First in")
    def came(self, row: DaySummary) -> str:
        return show.instant(row.first_in_at)

    @display(description="Last out")
    def went(self, row: DaySummary) -> str:
        return show.instant(row.last_out_at)

    @display(description="Worked", ordering="worked_seconds")
    def worked(self, row: DaySummary) -> str:
        return show.minutes(row.worked_seconds // 60)

    @display(description="Breaks")
    def pauses(self, row: DaySummary) -> str:
        return _length(row.break_seconds)

    @display(description="Late", ordering="late_seconds")
    def late(self, row: DaySummary) -> str:
        return _length(row.late_seconds)

    @display(description="Left early")
    def left_early(self, row: DaySummary) -> str:
        return _length(row.early_leave_seconds)

    @display(description="There before the shift")
    def came_early(self, row: DaySummary) -> str:
        return _length(row.early_arrival_seconds)

    @display(description="Short of the schedule")
    def short(self, row: DaySummary) -> str:
        return _length(row.short_seconds)

    @display(description="Of it ended by rule")
    def ended_by_rule(self, row: DaySummary) -> str:
        return _length(row.auto_closed_seconds)

    @display(description="Overtime found")
    def found(self, row: DaySummary) -> str:
        return _kinds(row.overtime)

    @display(description="Overtime that counts")
    def counted(self, row: DaySummary) -> str:
        return _kinds(row.counted_overtime)

    @display(description="Overtime approved")
    def approved(self, row: DaySummary) -> str:
        seconds = row.approved_overtime_seconds
        return "Not decided" if seconds is None else show.minutes(seconds // 60)

    @display(description="Closed", ordering="is_locked", boolean=True)
    def closed(self, row: DaySummary) -> bool:
        return row.is_locked


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _length(seconds: int) -> str:
    return show.minutes(seconds // 60) if seconds else show.EMPTY


def _kinds(overtime: dict[str, int]) -> str:
    """`{"weekday": 3600}` in words."""
    found = [f"{show.minutes(seconds // 60)} ({_words(kind).lower()})" for kind, seconds in overtime.items() if seconds]
    return ", ".join(found) or show.EMPTY
