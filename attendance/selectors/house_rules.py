"""The organisation's choices about presence, as the rules read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from attendance.rules.day_summary import DayPolicy
from attendance.rules.overtime import OvertimePolicy
from attendance.rules.work_dates import DayAttribution, MaximumLength
from hr.selectors.organisation import settings

_ATTRIBUTIONS = {"split": DayAttribution.SPLIT_AT_MIDNIGHT}


@dataclass(frozen=True, slots=True)
class HouseRules:
    """`zone` is where people work who have no zone of their own."""

    zone: str
    day_policy: DayPolicy
    maximum_skew_seconds: int


def house_rules() -> HouseRules:
    """The settings as they are now, or the defaults while nobody has saved any: one statement."""
    saved = settings()
    policy = day_policy(
        saved.maximum_stay_hours, saved.work_date_policy, saved.overtime_step_minutes, saved.overtime_needs_approval
    )
    return HouseRules(saved.timezone, policy, saved.maximum_clock_skew_seconds)


def day_policy(
    maximum_stay_hours: int | None,
    work_date_policy: str | None,
    overtime_step_minutes: int | None,
    overtime_needs_approval: bool | None,
) -> DayPolicy:
    """The organisation's settings as the rules read them; None for each that nobody has saved yet."""
    name = work_date_policy or "start"
    return DayPolicy(
        attribution=_ATTRIBUTIONS.get(name) or DayAttribution(name),
        overtime=OvertimePolicy(
            step_minutes=overtime_step_minutes or 1, needs_approval=overtime_needs_approval is not False
        ),
        maximum=MaximumLength(timedelta(hours=maximum_stay_hours or 16)),
    )
