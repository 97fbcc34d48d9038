"""PURE. Timesheets: daily totals in decimal hours, and the locking of a user's days.

No pay figure is sent: this door shows hours, and what they are worth is read under its own right elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from attendance.adapters import scalars
from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam import fields, queries
from attendance.adapters.connecteam.errors import BodyRefused, Problem
from attendance.adapters.connecteam.fields import Fields, Problems, Query
from attendance.adapters.connecteam.wire import Point, point_json, present, success

MOST_DAYS = 45
MOST_LOCK_DAYS = 50
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class TimesheetQuery:
    """Days inclusive; a filter or flag that was not sent is None."""

    start_on: date
    end_on: date
    user_ids: tuple[int, ...] | None = None
    group_ids: tuple[str, ...] | None = None
    job_ids: tuple[str, ...] | None = None
    is_approved: bool | None = None
    is_submitted: bool | None = None
    is_locked: bool | None = None
    include_plan: bool = False


@dataclass(frozen=True)
class ShiftRecord:
    """One shift's share of a day; `job_id` and `sub_job_id` are its resources."""

    activity_id: str
    start: Point
    end: Point
    job_id: str | None = None
    sub_job_id: str | None = None


@dataclass(frozen=True)
class Plan:
    """What was scheduled for a day, in minutes."""

    scheduled_minutes: int
    shift_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Day:
    """A day's totals in minutes; the wire shows hours."""

    on: date
    work_minutes: int
    paid_break_minutes: int = 0
    unpaid_break_minutes: int = 0
    is_approved: bool = False
    is_submitted: bool = False
    is_locked: bool = False
    records: tuple[ShiftRecord, ...] = ()
    plan: Plan | None = None

    @property
    def total_minutes(self) -> int:
        """Paid time: work and paid breaks."""
        return self.work_minutes + self.paid_break_minutes


@dataclass(frozen=True)
class UserSheet:
    user_id: int
    days: tuple[Day, ...]


@dataclass(frozen=True)
class LockDaysRequest:
    days: tuple[date, ...]
    is_locked: bool = True


def timesheet_query(query: Query) -> TimesheetQuery:
    """Raises Unprocessable (422): days missing, malformed, reversed or more than 45 apart; wrong filters."""
    problems = Problems()
    start, end = queries.day_range(query, problems, at_most_days=MOST_DAYS)
    found = TimesheetQuery(
        start_on=start,
        end_on=end,
        user_ids=queries.integers(query, "userIds", problems, at_least=1),
        group_ids=queries.texts(query, "groupIds", problems),
        job_ids=queries.texts(query, "jobIds", problems),
        is_approved=queries.boolean(query, "isApproved", problems),
        is_submitted=queries.boolean(query, "isSubmitted", problems),
        is_locked=queries.boolean(query, "isLocked", problems),
        include_plan=queries.boolean(query, "includePlanVsActual", problems) or False,
    )
    problems.raise_any()
    return found


def decimal_hours(minutes: int) -> Decimal:
    """Hours with two decimals, half up.

    >>> decimal_hours(465), decimal_hours(50), decimal_hours(480), decimal_hours(-60)
    (Decimal('7.75'), Decimal('0.83'), Decimal('8'), Decimal('-1'))
    """
    return scalars.shortest((Decimal(minutes) / 60).quantize(_HUNDREDTH, ROUND_HALF_UP))


def timesheet_answer(query: TimesheetQuery, sheets: Sequence[UserSheet], request_id: str) -> JsonObject:
    """`dailyScheduledDetails` only when it was asked for."""
    users = [
        {"userId": sheet.user_id, "dailyRecords": [_day_json(day, query.include_plan) for day in sheet.days]}
        for sheet in sheets
    ]
    span = {"startDate": query.start_on.isoformat(), "endDate": query.end_on.isoformat()}
    return success({**span, "users": users}, request_id)


def _day_json(day: Day, include_plan: bool) -> JsonObject:
    shown: JsonObject = {
        "date": day.on.isoformat(),
        "dailyTotalHours": decimal_hours(day.total_minutes),
        "dailyTotalWorkHours": decimal_hours(day.work_minutes),
        "dailyTotalPaidBreakHours": decimal_hours(day.paid_break_minutes),
        "dailyTotalUnpaidBreakHours": decimal_hours(day.unpaid_break_minutes),
        "isApproved": day.is_approved,
        "isSubmitted": day.is_submitted,
        "isLocked": day.is_locked,
        "payItems": [],
        "records": [_record_json(record) for record in day.records],
    }
    if include_plan:
        shown["dailyScheduledDetails"] = _plan_json(day.plan or Plan(0), day.total_minutes)
    return shown


def _record_json(record: ShiftRecord) -> JsonObject:
    resource = present(resourceId=record.job_id, subResourceId=record.sub_job_id)
    return {
        "timeActivityId": record.activity_id,
        "start": point_json(record.start),
        "end": point_json(record.end),
        "resources": [resource] if resource else [],
    }


def _plan_json(plan: Plan, worked_minutes: int) -> JsonObject:
    return {
        "dailyScheduledHours": decimal_hours(plan.scheduled_minutes),
        "dailyScheduledDifferenceHours": decimal_hours(worked_minutes - plan.scheduled_minutes),
        "dailyScheduledShifts": len(plan.shift_ids),
        "shifts": [{"id": shift_id} for shift_id in plan.shift_ids],
    }


def lock_days_request(body: object) -> LockDaysRequest:
    """One to fifty different days. Raises BodyRefused (400, traced envelope); a body that is no object is 422."""
    problems = Problems()
    read = Fields.of_body(body, problems)
    members = read.require_items("dates", at_most=MOST_LOCK_DAYS)
    days = tuple(fields.day(value, loc, problems) for loc, value in members)
    is_locked = read.boolean("isLocked", default=True)
    if not days and not problems.found:
        problems.add(("body", "dates"), "ensure this value has at least 1 items", "value_error.list.min_items")
    if problems.found:
        raise BodyRefused(problems.found)
    if len(set(days)) < len(days):
        raise BodyRefused([Problem(("__root__",), "dates must be unique", "value_error")])
    return LockDaysRequest(days, is_locked)


def lock_user_id(value: str) -> int:
    """The `{userId}` of a path, at least 1. Raises Unprocessable (422)."""
    return fields.path_integer("userId", value, at_least=1)


def lock_days_answer(user_id: int, request: LockDaysRequest, request_id: str) -> JsonObject:
    """The state asked for, which after the act is the state of every day in it."""
    dates = [day.isoformat() for day in request.days]
    return success({"userId": user_id, "isLocked": request.is_locked, "dates": dates}, request_id)
