"""The organisation's settings: one row, changed by administrators through the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from hr.models import Setting
from hr.services import organisation
from peoplesync.core.staff.door import House
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import StaffForm

#: Country packs to choose from; the app that pays adds its own.
packs: list[tuple[str, str]] = [("none", "None: no taxes, no contributions")]
POLICIES = (
    ("start", "The day it began"),
    ("end", "The day it ended"),
    ("most_hours", "The day with more of its hours"),
    ("split", "Both days, split at midnight"),
)


def house() -> House:
    """What every page takes from the settings: one statement."""
    row = Setting.objects.values_list("org_name", "timezone", "currency").first()
    return House(*row) if row else House(zone=Setting._meta.get_field("timezone").default)


admin.site.house_of = house


class SettingForm(StaffForm):
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
    list_display = ("org_name", "timezone", "currency", "payroll_cutoff_day", "payroll_pack")
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

    def change(self, request: HttpRequest, row: Setting, values: dict[str, Any]) -> Setting:
        return organisation.update(changes=values, by=request.user, at=self.now())  # type: ignore[typeddict-item]
