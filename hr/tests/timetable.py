"""Builders of schedules, holidays and leave, straight into the database."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from hr.models import (
    Holiday,
    HolidayCalendar,
    HolidayKind,
    Leave,
    LeaveStatus,
    LeaveType,
    Schedule,
    ScheduleAssignment,
    ScheduleDay,
)


def schedule(
    name: str = "Office",
    *,
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    hours: tuple[time, time] = (time(8), time(17)),
    **values: Any,
) -> Schedule:
    made = Schedule.objects.create(name=name, **values)
    ScheduleDay.objects.bulk_create(
        [ScheduleDay(schedule=made, weekday=day, starts_at=hours[0], ends_at=hours[1]) for day in weekdays]
    )
    return made


def assign(made: Schedule, *, first: date | None = None, last: date | None = None, **whom: Any) -> ScheduleAssignment:
    """`assign(office, employee=jane, first=date(2026, 1, 1))`; the last day is inside."""
    return ScheduleAssignment.objects.create(schedule=made, valid=DateRange(first, last, "[]"), **whom)


def calendar(*days: date, kind: str = HolidayKind.HOLIDAY, **values: Any) -> HolidayCalendar:
    values.setdefault("name", "Indonesia")
    made, _ = HolidayCalendar.objects.get_or_create(name=values.pop("name"), defaults={"is_default": True, **values})
    Holiday.objects.bulk_create([Holiday(calendar=made, on=day, name=f"Holiday {day}", kind=kind) for day in days])
    return made


def leave_type(code: str = "annual") -> LeaveType:
    """One of the four kinds, as seeded: transactional tests empty the tables."""
    values = {"name": code.capitalize(), "uses_balance": code == "annual", "is_paid": code != "unpaid"}
    values["yearly_days"] = 12 if code == "annual" else 0
    return LeaveType.objects.get_or_create(code=code, defaults=values)[0]


def leave(employee: Any, first: date, last: date, *, code: str = "annual", **values: Any) -> Leave:
    values.setdefault("days", (last - first).days + 1)
    values.setdefault("status", LeaveStatus.APPROVED)
    kind = leave_type(code)
    return Leave.objects.create(employee=employee, leave_type=kind, start_date=first, end_date=last, **values)
