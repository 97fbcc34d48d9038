"""The organisation's settings: one row, changed by administrators through the service."""

from __future__ import annotations

from django.contrib import admin

from hr.models import Setting
from peoplesync.core.staff.door import House
from peoplesync.core.staff.model_admin import ModelAdmin, register


def house() -> House:
    """What every page takes from the settings: one statement."""
    row = Setting.objects.values_list("org_name", "timezone", "currency").first()
    return House(*row) if row else House(zone=Setting._meta.get_field("timezone").default)


admin.site.house_of = house


@register(Setting)
class SettingAdmin(ModelAdmin):
    """How the organisation works."""

    resource = "settings"
    section, icon, position = "Organisation", "settings", 10
    may_add = False
    list_display = ("org_name", "timezone", "currency", "payroll_cutoff_day", "payroll_pack")
    fieldsets = (
        ("Organisation", {"fields": ("org_name", "timezone", "currency")}),
        (
            "Presence",
            {
                "fields": (
                    "allows_several_stays_a_day", "maximum_stay_hours", "work_date_policy", "maximum_clock_skew_seconds",
                    "overtime_needs_approval", "overtime_step_minutes",
                )
            },
        ),
        ("Leave", {"fields": ("accepts_counted_leave_days", "refuses_insufficient_leave")}),
        ("Pay", {"fields": ("payroll_cutoff_day", "money_unit", "payroll_pack", "payroll_needs_second_person")}),
    )  # fmt: skip
