"""Holiday calendars: filled from the library by one act, then HR's own, day by day."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from hr.models import Holiday, HolidayCalendar, HolidayKind
from hr.services import holidays
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.kernel.errors import NotFound


class LoadForm(forms.Form):
    country = forms.CharField(max_length=2, min_length=2, initial="ID", help_text="ISO code, for example ID.")
    region = forms.CharField(max_length=10, required=False)
    year = forms.IntegerField(min_value=1990, max_value=2100)


class DayForm(forms.Form):
    on = forms.DateField(label="Day")
    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=HolidayKind.choices)


class RemoveForm(forms.Form):
    on = forms.DateField(label="Day")


def _load(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    loaded = holidays.load(
        country=values["country"].upper(),
        region=values["region"],
        year=values["year"],
        by=request.user,
        at=timezone.now(),
    )
    return f"{loaded.calendar}: {len(loaded.new)} days were added, {loaded.kept_count} stayed as they were."


def _put(request: HttpRequest, row: HolidayCalendar, values: dict[str, Any]) -> str:
    holidays.put(calendar=row, **values, by=request.user, at=timezone.now())
    return f"{values['on']:%-d %B %Y} is {values['name']}."


def _remove(request: HttpRequest, row: HolidayCalendar, values: dict[str, Any]) -> str:
    holiday = Holiday.objects.filter(calendar=row, on=values["on"]).first()
    if holiday is None:
        raise NotFound(f"{values['on']} is no holiday in this calendar.", code="not_found")
    holidays.remove(holiday=holiday, by=request.user, at=timezone.now())
    return f"{values['on']:%-d %B %Y} is an ordinary day."


@register(HolidayCalendar)
class HolidayCalendarAdmin(ModelAdmin):
    """Which days are holidays or collective leave."""

    resource = "holidays"
    section, icon, position = "Organisation", "celebration", 40
    list_display = ("name", "country", "region", "is_default")
    search_fields = ("name",)
    search_help_text = "A name"
    fields = ("name", "country", "region", "is_default")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="load",
            label="Load a year",
            icon="download",
            question="Add the library's holidays of a year? Days you changed or removed stay as you left them.",
            action="write",
            run=_load,
            form=LoadForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="set_day",
            label="Set a day",
            icon="event",
            question="Which day is what? A day that is there already is changed.",
            action="write",
            run=_put,
            form=DayForm,
        ),
        Act(
            name="remove_day",
            label="Remove a day",
            icon="event_busy",
            question="Which day is an ordinary day again?",
            action="write",
            run=_remove,
            form=RemoveForm,
            is_dangerous=True,
        ),
    )

    def panels(self, request: HttpRequest, row: HolidayCalendar) -> list[Panel]:
        days = Holiday.objects.filter(calendar=row).order_by("-on")[:120]
        cells = [
            (f"{day.on:%a %-d %b %Y}", day.name, HolidayKind(day.kind).label, "Estimated" if day.is_estimated else "")
            for day in days
        ]
        return [Panel("Days", ("Day", "Name", "Kind", ""), cells, "No days yet.")]
