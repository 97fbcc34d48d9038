"""PURE. Overtime in time, not in money: by kind of day, cut to whole steps. Multipliers belong to payroll."""

from __future__ import annotations

from dataclasses import dataclass

from attendance.rules.schedule_day import DayType


@dataclass(frozen=True, slots=True)
class OvertimePolicy:
    """How overtime is counted: in whole steps, nothing below one. Raises ValueError unless the step is positive."""

    step_minutes: int = 30
    needs_approval: bool = True

    def __post_init__(self) -> None:
        if self.step_minutes < 1:
            raise ValueError("the step of overtime must be at least a minute")


@dataclass(frozen=True, slots=True)
class Overtime:
    """Seconds of overtime by kind. A day has at most one of them."""

    weekday_seconds: int = 0
    rest_day_seconds: int = 0
    holiday_seconds: int = 0

    @property
    def seconds(self) -> int:
        return self.weekday_seconds + self.rest_day_seconds + self.holiday_seconds

    def limited_to(self, seconds: int) -> Overtime:
        """The same kinds with at most `seconds` of time."""
        return Overtime(
            min(self.weekday_seconds, seconds), min(self.rest_day_seconds, seconds), min(self.holiday_seconds, seconds)
        )


def whole_steps(seconds: int, step_minutes: int) -> int:
    """Seconds cut down to whole steps; never below zero.

    >>> whole_steps(59 * 60, 30), whole_steps(-5, 30)
    (1800, 0)
    """
    step = step_minutes * 60
    return max(0, seconds) // step * step


def daily_overtime(day_type: DayType, worked_seconds: int, normal_seconds: int, policy: OvertimePolicy) -> Overtime:
    """The overtime of one day: beyond the normal day on work days, everything on rest days and holidays.

    `worked_seconds` is what may become overtime: without time closed by rule. A day of collective leave is paid like
    a work day; a work day that demands nothing (free hours) has no daily overtime.

    >>> daily_overtime(DayType.WORK, 10 * 3600, 8 * 3600, OvertimePolicy()).weekday_seconds // 3600
    2
    """
    if day_type == DayType.REST:
        return Overtime(rest_day_seconds=whole_steps(worked_seconds, policy.step_minutes))
    if day_type == DayType.HOLIDAY:
        return Overtime(holiday_seconds=whole_steps(worked_seconds, policy.step_minutes))
    if not normal_seconds:
        return Overtime()
    return Overtime(weekday_seconds=whole_steps(worked_seconds - normal_seconds, policy.step_minutes))
