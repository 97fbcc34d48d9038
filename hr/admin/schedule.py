"""Schedules, who works them, and holiday calendars."""

from __future__ import annotations

import calendar
from typing import Any

from django.http import HttpRequest

from hr.models import Holiday, HolidayCalendar, HolidayKind, Schedule, ScheduleAssignment, ScheduleDay
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter


@register(Schedule)
class ScheduleAdmin(ModelAdmin):
    """Weekly patterns."""

    resource = "schedules"
    section, icon, position = "Organisation", "calendar_view_week", 30
    list_display = ("name", "kind", "grace_in_minutes", "grace_out_minutes", "calendar", "is_default")
    list_filter = (("kind", ChoicesDropdownFilter), "is_default")
    list_select_related = ("calendar",)
    search_fields = ("name",)
    fields = ("name", "kind", "grace_in_minutes", "grace_out_minutes", "calendar", "is_default")

    def panels(self, request: HttpRequest, row: Schedule) -> list[Panel]:
        return [Panel("Week", ("Day", "From", "To", "Break"), _week(row)), _assigned(row)]


def _week(row: Schedule) -> list[tuple[Any, ...]]:
    return [
        (calendar.day_name[day.weekday], f"{day.starts_at:%H:%M}", f"{day.ends_at:%H:%M}", f"{day.break_minutes} min")
        for day in ScheduleDay.objects.filter(schedule=row)
    ]


def _assigned(row: Schedule) -> Panel:
    rows = ScheduleAssignment.objects.filter(schedule=row).select_related("employee", "department")[:200]
    cells = [
        (
            str(one.employee or one.department),
            f"{one.valid.lower:%-d %b %Y}" if one.valid.lower else "always",
            f"before {one.valid.upper:%-d %b %Y}" if one.valid.upper else "open",
        )
        for one in rows
    ]
    return Panel("Who works it", ("Who", "From", "To"), cells, "Nobody is assigned.")


@register(HolidayCalendar)
class HolidayCalendarAdmin(ModelAdmin):
    """Which days are holidays or collective leave."""

    resource = "holidays"
    section, icon, position = "Organisation", "celebration", 40
    list_display = ("name", "country", "region", "is_default")
    search_fields = ("name",)
    fields = ("name", "country", "region", "is_default")

    def panels(self, request: HttpRequest, row: HolidayCalendar) -> list[Panel]:
        days = Holiday.objects.filter(calendar=row).order_by("-on")[:120]
        cells = [
            (f"{day.on:%a %-d %b %Y}", day.name, HolidayKind(day.kind).label, "Estimated" if day.is_estimated else "")
            for day in days
        ]
        return [Panel("Days", ("Day", "Name", "Kind", ""), cells, "No days yet.")]
