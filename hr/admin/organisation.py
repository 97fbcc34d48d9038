"""The organisation's settings: one row, changed by administrators through the service."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect

from hr.models import Setting
from hr.services import organisation
from peoplesync.core import prepared
from peoplesync.core.staff.door import House
from peoplesync.core.staff.model_admin import ModelAdmin, link_to, register
from peoplesync.core.staff.theme import StaffForm, display

#: Country packs to choose from; the app that pays adds its own.
packs: list[tuple[str, str]] = [("none", "None: no taxes, no contributions")]
POLICIES = (
    ("start", "The day it began"),
    ("end", "The day it ended"),
    ("most_hours", "The day with more of its hours"),
    ("split", "Both days, split at midnight"),
)


def house() -> House:
    """What every page takes from the settings: one statement, planned once."""
    row = prepared.row("SELECT org_name, timezone, currency FROM hr_setting WHERE only_row")
    return House(*row) if row else House(zone=Setting._meta.get_field("timezone").default)


admin.site.house_of = house


def _zones() -> list[tuple[str, str]]:
    """The zones of the time zone database, those of cities first."""
    cities = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in [*cities, "UTC"]]


class SettingForm(StaffForm):
    timezone = forms.ChoiceField(
        choices=_zones, label="Time zone", help_text="Days, months and shifts are counted in it."
    )
    work_date_policy = forms.ChoiceField(choices=POLICIES, label="A stay across midnight belongs to")
    payroll_pack = forms.ChoiceField(choices=lambda: packs, label="Country pack")


@register(Setting)
class SettingAdmin(ModelAdmin):
    """How the organisation works."""

    resource = "settings"
    write_action = "write"
    section, icon, position = "Organisation", "settings", 10
    may_add = False
    form = SettingForm
    list_display = ("org_name", "timezone", "currency")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """There is one row, so its page is the list."""
        row = self.rows(request).first() if self.has_view_permission(request) else None
        return redirect(link_to(row)) if row else super().changelist_view(request, extra_context)

    fieldsets = (
        ("Organisation", {"fields": ("org_name", "timezone", "currency")}),
        (
            "Presence",
            {
                "fields": (
                    "allows_several_stays_a_day", "maximum_stay_hours", "work_date_policy", "maximum_clock_skew_seconds",
                    "overtime_needs_approval", "overtime_step_minutes", "weekly_overtime_after_minutes",
                    "punch_evidence_days",
                )
            },
        ),
        ("Leave", {"fields": ("accepts_counted_leave_days", "refuses_insufficient_leave")}),
        ("Pay", {"fields": ("payroll_cutoff_day", "money_unit", "payroll_pack", "payroll_needs_second_person")}),
    )  # fmt: skip
    labels: ClassVar[dict[str, str]] = {
        "org_name": "Name",
        "timezone": "Time zone",
        "work_date_policy": "A stay across midnight belongs to",
        "payroll_pack": "Country pack",
        "allows_several_stays_a_day": "Several stays a day",
        "maximum_stay_hours": "Longest stay (hours)",
        "maximum_clock_skew_seconds": "Phones' clocks may differ by (seconds)",
        "overtime_step_minutes": "Overtime counts in steps of (minutes)",
        "weekly_overtime_after_minutes": "Weekly overtime after (minutes)",
        "punch_evidence_days": "Keep positions and photos for (days)",
        "accepts_counted_leave_days": "Take the server's count of leave days",
        "refuses_insufficient_leave": "Refuse leave beyond the balance",
        "payroll_cutoff_day": "Cut-off day of a month",
        "money_unit": "Round pay to",
        "payroll_needs_second_person": "Payroll needs a second person",
    }
    helps: ClassVar[dict[str, str]] = {
        "currency": "ISO code, for example IDR.",
        "allows_several_stays_a_day": "Off: whoever clocks in again on the same day is refused.",
        "maximum_stay_hours": "A stay nobody ends is closed after this long and flagged.",
        "maximum_clock_skew_seconds": "A record further off is flagged for the approver.",
        "overtime_step_minutes": "30: a day's overtime of 29 minutes is none, of 59 minutes is half an hour.",
        "weekly_overtime_after_minutes": "Empty: only days have overtime. 2400 are 40 hours.",
        "punch_evidence_days": "0 keeps them for ever.",
        "accepts_counted_leave_days": "Off: a request whose number of days is wrong is refused.",
        "refuses_insufficient_leave": "Off: such a request is flagged for the approver.",
        "payroll_cutoff_day": "Overtime, meals and unpaid days are counted up to this day; later ones count next month.",
        "money_unit": "1 pays whole units of the currency, 0.01 pays cents.",
        "payroll_needs_second_person": "Who generates a run does not approve or post it. Off only where one person owns payroll.",
    }

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may not change a choice reads it in the words it would be chosen by."""
        groups = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return groups
        words = {"work_date_policy": "policy", "payroll_pack": "pack"}
        return [
            (title, {**options, "fields": [words.get(name, name) for name in options["fields"]]})
            for title, options in groups
        ]

    @display(description="A stay across midnight belongs to")
    def policy(self, row: Setting) -> str:
        return dict(POLICIES).get(row.work_date_policy, row.work_date_policy)

    @display(description="Country pack")
    def pack(self, row: Setting) -> str:
        return dict(packs).get(row.payroll_pack, row.payroll_pack)

    def change(self, request: HttpRequest, row: Setting, values: dict[str, Any]) -> Setting:
        return organisation.update(changes=values, by=request.user, at=self.now())  # type: ignore[typeddict-item]
