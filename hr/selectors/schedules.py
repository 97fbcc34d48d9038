"""What each day asks of each person: the schedule that holds, the holiday of the day, and the leave she is on.

One statement answers for one clock-in or for thousands of people and a month: `for_day` and `for_days`. Whoever wants
the answer inside a statement of its own puts `DAY_PLANS_SQL` there as a common table expression and reads its rows with
`plan_of`. How presence is judged against a plan does not belong here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from hr.models import HolidayKind, ScheduleKind

#: Whoever has no schedule anywhere works weekdays, these hours, with an hour's break.
BUILT_IN_START = time(9)
BUILT_IN_END = time(17)
BUILT_IN_BREAK_MINUTES = 60
SATURDAY = 5

#: One row per employee and day; `plan_of` reads it by column name.
#: Bind `employee_ids` (uuid[]), `first` and `last` (dates, both inside).
#: The employee's own assignment wins, then the nearest department's, then the default schedule. Departments are climbed
#: fifty levels at most, so a damaged tree cannot loop.
DAY_PLANS_SQL = """
    WITH RECURSIVE wanted AS (
        SELECT id AS employee_id, department_id, hired_at, ended_on
        FROM hr_employee WHERE id = ANY(%(employee_ids)s::uuid[])
    ), chain AS (
        SELECT DISTINCT department_id AS below, department_id AS above, 0 AS depth
        FROM wanted WHERE department_id IS NOT NULL
        UNION ALL
        SELECT chain.below, parent.parent_id, chain.depth + 1
        FROM chain JOIN hr_department parent ON parent.id = chain.above
        WHERE parent.parent_id IS NOT NULL AND chain.depth < 50
    ), assigned AS (
        SELECT wanted.employee_id, own.schedule_id, own.valid, -1 AS depth
        FROM wanted JOIN hr_scheduleassignment own ON own.employee_id = wanted.employee_id
        WHERE own.valid && daterange(%(first)s::date, %(last)s::date, '[]')
        UNION ALL
        SELECT wanted.employee_id, shared.schedule_id, shared.valid, chain.depth
        FROM wanted JOIN chain ON chain.below = wanted.department_id
        JOIN hr_scheduleassignment shared ON shared.department_id = chain.above
        WHERE shared.valid && daterange(%(first)s::date, %(last)s::date, '[]')
    ), dated AS (
        SELECT each_day::date AS on_date, extract(isodow FROM each_day)::int - 1 AS weekday
        FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 day') each_day
    ), chosen AS (
        SELECT DISTINCT ON (wanted.employee_id, dated.on_date)
            wanted.employee_id, dated.on_date, dated.weekday, assigned.schedule_id,
            dated.on_date BETWEEN coalesce(wanted.hired_at, '-infinity') AND coalesce(wanted.ended_on, 'infinity')
                AS is_employed
        FROM wanted CROSS JOIN dated
        LEFT JOIN assigned ON assigned.employee_id = wanted.employee_id AND assigned.valid @> dated.on_date
        ORDER BY wanted.employee_id, dated.on_date, assigned.depth NULLS LAST
    )
    SELECT chosen.employee_id, chosen.on_date, chosen.weekday, chosen.is_employed,
        schedule.id AS schedule_id, schedule.kind AS schedule_kind, schedule.grace_in_minutes, schedule.grace_out_minutes,
        pattern.starts_at, pattern.ends_at, pattern.break_minutes, pattern.required_minutes,
        EXISTS (SELECT FROM hr_scheduleday any_day WHERE any_day.schedule_id = schedule.id) AS has_pattern,
        holiday.kind AS holiday_kind, holiday.name AS holiday_name,
        off.id AS leave_id, off.leave_type AS leave_code, leavetype.is_paid AS leave_is_paid,
        least(off.days, 1) AS leave_days
    FROM chosen
    LEFT JOIN hr_schedule schedule ON schedule.id = coalesce(
        chosen.schedule_id, (SELECT id FROM hr_schedule WHERE is_default AND deleted_at IS NULL))
    LEFT JOIN hr_scheduleday pattern ON pattern.schedule_id = schedule.id AND pattern.weekday = chosen.weekday
    LEFT JOIN hr_holiday holiday ON holiday."on" = chosen.on_date AND holiday.calendar_id = coalesce(
        schedule.calendar_id, (SELECT id FROM hr_holidaycalendar WHERE is_default))
    LEFT JOIN hr_leave off ON off.employee_id = chosen.employee_id AND off.status = 'approved'
        AND off.deleted_at IS NULL AND chosen.on_date BETWEEN off.start_date AND off.end_date
    LEFT JOIN hr_leavetype leavetype ON leavetype.code = off.leave_type
    ORDER BY chosen.employee_id, chosen.on_date
"""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What one local day asks of one person, before anybody came or stayed away.

    `is_workday` is the weekly pattern's word alone; `is_work_due` minds holidays and the dates of employment too.
    Times are wall-clock times of the person's zone; an end at or before the start is on the next day.
    `leave_days` is how much of the day's work she is on leave for: 0, 0.5 or 1; always 0 where no work was due.
    """

    employee_id: UUID
    on: date
    schedule_id: UUID | None
    kind: str
    is_employed: bool
    is_workday: bool
    starts_at: time | None
    ends_at: time | None
    break_minutes: int
    required_minutes: int | None
    grace_in_minutes: int
    grace_out_minutes: int
    holiday_kind: str | None
    holiday_name: str | None
    leave_id: UUID | None
    leave_code: str | None
    leave_days: Decimal
    is_leave_paid: bool

    @property
    def ends_next_day(self) -> bool:
        """Whether the scheduled end lies after midnight."""
        return self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at

    @property
    def is_holiday(self) -> bool:
        return self.holiday_kind == HolidayKind.HOLIDAY

    @property
    def is_collective_leave(self) -> bool:
        """A working day taken off together: it comes from annual leave and carries no holiday rate."""
        return self.holiday_kind == HolidayKind.COLLECTIVE_LEAVE and self.is_workday

    @property
    def is_work_due(self) -> bool:
        """Whether work is asked for when nobody is on leave: a working day of her employment that is no day off."""
        return self.is_employed and self.is_workday and self.holiday_kind is None


def plan_of(row: Mapping[str, Any]) -> DayPlan:
    """A row of `DAY_PLANS_SQL`, by column name, as a value."""
    starts_at, ends_at, pause = row["starts_at"], row["ends_at"], row["break_minutes"]
    is_workday = starts_at is not None
    if row["schedule_id"] is None and row["weekday"] < SATURDAY:
        starts_at, ends_at, pause, is_workday = BUILT_IN_START, BUILT_IN_END, BUILT_IN_BREAK_MINUTES, True
    elif row["schedule_kind"] == ScheduleKind.FREE and not row["has_pattern"]:
        is_workday = row["weekday"] < SATURDAY
    is_due = row["is_employed"] and is_workday and row["holiday_kind"] is None
    return DayPlan(
        employee_id=row["employee_id"],
        on=row["on_date"],
        schedule_id=row["schedule_id"],
        kind=row["schedule_kind"] or ScheduleKind.FIXED.value,
        is_employed=row["is_employed"],
        is_workday=is_workday,
        starts_at=starts_at,
        ends_at=ends_at,
        break_minutes=pause or 0,
        required_minutes=row["required_minutes"],
        grace_in_minutes=row["grace_in_minutes"] or 0,
        grace_out_minutes=row["grace_out_minutes"] or 0,
        holiday_kind=row["holiday_kind"],
        holiday_name=row["holiday_name"],
        leave_id=row["leave_id"],
        leave_code=row["leave_code"],
        leave_days=row["leave_days"] if is_due and row["leave_id"] else Decimal(0),
        is_leave_paid=bool(row["leave_is_paid"]),
    )


def each_plan(employee_ids: Collection[UUID], first: date, last: date) -> Iterator[DayPlan]:
    """The plans of all these people from `first` to `last`, both inside, by person and day: one statement.

    Ask for at most a few thousand people and months at once; people who do not exist have no plans.
    """
    parameters: dict[str, Any] = {"employee_ids": list(employee_ids), "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(DAY_PLANS_SQL, parameters)
        names: Sequence[str] = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            yield plan_of(dict(zip(names, row, strict=True)))


def for_days(employee_ids: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], DayPlan]:
    """`(employee id, day) -> DayPlan` for every person and day asked for, in one statement."""
    return {(plan.employee_id, plan.on): plan for plan in each_plan(employee_ids, first, last)}


def for_day(employee_id: UUID, on: date) -> DayPlan:
    """One person's plan of one day, in one statement. Raises LookupError when there is no such employee."""
    for plan in each_plan([employee_id], on, on):
        return plan
    raise LookupError(f"no employee {employee_id}")
