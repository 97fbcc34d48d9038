"""The day's row for the few days one act touches, added to the act's own statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from attendance.rules.day_summary import DayCounters, DaySummary, summarise
from attendance.rules.overtime import Overtime
from attendance.rules.pairing import PairingPolicy, policy_of_door
from attendance.rules.punches import Door, Stay
from attendance.rules.schedule_day import DaySchedule
from attendance.rules.work_dates import days_given_time
from attendance.selectors.demands import schedule_of
from attendance.selectors.ground import Ground
from attendance.services import day_exceptions
from attendance.services.one_statement import OneStatement
from hr.selectors import schedules
from peoplesync.core.models import new_id

TABLE = "attendance_daysummary"
KEY = ("employee_id", "work_date")
_COUNTERS = tuple(field.name for field in fields(DayCounters))
#: Columns that stay as the day's first row had them.
KEEP = ("id", "created_at", "approved_overtime_seconds")


def write(
    writing: OneStatement,
    ground: Ground,
    stays: Sequence[Stay],
    days: Collection[date],
    at: datetime,
    *,
    door: Door | None = None,
    is_emptied: bool = False,
) -> None:
    """Compute these days from the stays as they now are, and the days that their stays give time to, or gave.

    `door` is the punch's: the first one sets the policy of each of `days`. `is_emptied`: their last punch was taken
    back, so the next one sets the policy anew.
    """
    for day in sorted(_reached(ground, stays, days)):
        plan = ground.plans.get(day) or schedules.for_day(ground.employee_id, day)
        schedule = schedule_of(plan, ground.zone)
        summary = summarise(
            stays,
            schedule,
            at,
            ground.day_policy,
            breaks=ground.paid_breaks.get(day, ()),
            is_locked=ground.is_locked(day),
            approved_overtime_seconds=ground.approved_overtime.get(day),
        )
        values = columns_of(summary, schedule, ground.employee_id, at)
        ready = {name: _as_json(value) if type(value) is dict else value for name, value in values.items()}
        policy = "" if is_emptied and day in days else _policy(ground, day, door if day in days else None, summary)
        writing.upsert(TABLE, {**ready, "policy": policy}, key=KEY, keep=KEEP)
        before = ground.exceptions.get(day, frozenset())
        day_exceptions.write(writing, ground.employee_id, day, before, frozenset(values["exceptions"]), at)


def _as_json(counts: dict[str, Any]) -> Jsonb:
    return Jsonb(json_of(tuple(counts.items())), dumps=str)  # it is text already


@lru_cache(maxsize=1024)
def json_of(counts: tuple[tuple[str, Any], ...]) -> str:
    """The text of a day's counters: most days have the same."""
    return json.dumps(dict(counts))


def _reached(ground: Ground, stays: Sequence[Stay], days: Collection[date]) -> set[date]:
    touched = (stay for stay in (*ground.stays, *stays) if stay.work_date in days)
    return {*days, *days_given_time(touched, ground.attribution)}


def _policy(ground: Ground, day: date, door: Door | None, summary: DaySummary) -> str:
    """The day's policy as it was set before, else by this punch; empty while the day has none."""
    known = ground.policies.get(day)
    if known is not None:
        return known.value
    if door is not None:
        return policy_of_door(door).value
    return PairingPolicy.STATE_MACHINE.value if summary.first_in_at else ""


def columns_of(summary: DaySummary, schedule: DaySchedule, employee_id: UUID, at: datetime) -> dict[str, Any]:
    """A computed day as columns of its row."""
    return {
        "id": new_id(),
        "created_at": at,
        "employee_id": employee_id,
        "work_date": summary.work_date,
        "day_type": summary.day_type.value,
        "status": summary.status.value,
        "is_locked": summary.is_locked,
        "scheduled_start_at": schedule.starts_at,
        "scheduled_end_at": schedule.ends_at,
        "scheduled_seconds": summary.scheduled_seconds,
        "first_in_at": summary.first_in_at,
        "last_out_at": summary.last_out_at,
        "worked_seconds": summary.worked_seconds,
        "break_seconds": summary.break_seconds,
        "late_seconds": summary.late_seconds,
        "early_leave_seconds": summary.early_leave_seconds,
        "early_arrival_seconds": summary.early_arrival_seconds,
        "short_seconds": summary.short_seconds,
        "auto_closed_seconds": summary.auto_closed_seconds,
        "overtime": overtime_shown(summary.overtime),
        "counted_overtime": overtime_shown(summary.counted_overtime),
        "counters": {name: _number(getattr(summary.counters, name)) for name in _COUNTERS},
        "exceptions": [exception.value for exception in summary.exceptions],
        "updated_at": at,
    }


def overtime_shown(overtime: Overtime) -> dict[str, int]:
    """Kind -> seconds, kinds without any left out."""
    kinds = {
        "weekday": overtime.weekday_seconds,
        "rest_day": overtime.rest_day_seconds,
        "holiday": overtime.holiday_seconds,
    }
    return {kind: seconds for kind, seconds in kinds.items() if seconds}


def _number(value: Decimal | int) -> int | str:
    """Whole numbers as such, parts of a day as exact text."""
    return int(value) if value == int(value) else str(value)
