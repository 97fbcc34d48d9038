"""The organisation's choices about presence, as the rules read them."""

from __future__ import annotations

from dataclasses import dataclass

from attendance.rules.day_summary import DayPolicy
from attendance.selectors.ground import DEFAULT_ZONE, day_policy
from hr.models import Setting


@dataclass(frozen=True, slots=True)
class Organisation:
    """`zone` is where people work who have no zone of their own."""

    zone: str
    day_policy: DayPolicy
    maximum_skew_seconds: int


def organisation() -> Organisation:
    """The settings as they are now, or the defaults while nobody has saved any: one statement."""
    row = Setting.objects.values_list(
        "timezone",
        "maximum_stay_hours",
        "work_date_policy",
        "overtime_step_minutes",
        "overtime_needs_approval",
        "maximum_clock_skew_seconds",
    ).first()
    if row is None:
        return Organisation(DEFAULT_ZONE, day_policy(None, None, None, None), 300)
    zone, hours, attribution, step, approval, skew = row
    return Organisation(zone, day_policy(hours, attribution, step, approval), skew)
