"""What a day asks of somebody, from hr's plan to the value the rules compute with."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from attendance.rules.schedule_day import DaySchedule, DayType, LeaveOfDay, LeavePortion, Shift, day_type_of, demand_of
from hr.selectors.schedules import DayPlan, plan_of

_FREE = "free"
_MARKS = {"holiday": DayType.HOLIDAY, "collective_leave": DayType.COLLECTIVE_LEAVE}


def schedule_of(plan: DayPlan, zone: str) -> DaySchedule:
    """The demand of one day. Outside the dates of employment nothing is asked."""
    shift = _shift(plan)
    if not plan.is_employed:
        return demand_of(plan.on, zone, None, DayType.REST)
    is_free = plan.kind == _FREE
    marked = _MARKS.get(plan.holiday_kind or "")
    return demand_of(plan.on, zone, shift, day_type_of(shift, marked, is_free=is_free), _leave(plan))


def _shift(plan: DayPlan) -> Shift | None:
    if not plan.is_workday or plan.starts_at is None or plan.ends_at is None:
        return None
    return Shift(
        plan.starts_at,
        plan.ends_at,
        break_minutes=plan.break_minutes,
        required_minutes=plan.required_minutes,
        grace_in_minutes=plan.grace_in_minutes,
        grace_out_minutes=plan.grace_out_minutes,
    )


def _leave(plan: DayPlan) -> LeaveOfDay | None:
    if not plan.leave_days:
        return None
    portion = LeavePortion.FULL if plan.leave_days >= 1 else LeavePortion.EITHER_HALF
    return LeaveOfDay(portion, is_paid=plan.is_leave_paid)


def planned_end_of(plan: DayPlan | None, zone: str) -> datetime | None:
    """When the day's shift is planned to end (UTC), or None: where a forgotten stay is closed."""
    return None if plan is None else schedule_of(plan, zone).planned_end_at


def plan_from_json(row: dict[str, Any]) -> DayPlan:
    """A plan that came through JSON inside a larger statement."""
    return plan_of(
        {
            **row,
            "employee_id": UUID(row["employee_id"]),
            "on_date": date.fromisoformat(row["on_date"]),
            "starts_at": _clock(row["starts_at"]),
            "ends_at": _clock(row["ends_at"]),
            "leave_id": UUID(row["leave_id"]) if row["leave_id"] else None,
            "leave_days": None if row["leave_days"] is None else Decimal(str(row["leave_days"])),
        }
    )


def _clock(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
