"""The named counters of days added up over a window: all that payroll reads of presence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from attendance.selectors import weekly_overtime

#: Every name there is, so that a formula may use any of them for anybody.
NAMES = (
    "absent_days",
    "early_days",
    "holiday_worked_days",
    "late_days",
    "meal_eligible_days",
    "paid_days",
    "paid_leave_days",
    "present_days",
    "rest_day_worked_days",
    "scheduled_days",
    "unpaid_leave_days",
    "overtime_minutes",
    "weekday_overtime_minutes",
    "rest_day_overtime_minutes",
    "holiday_overtime_minutes",
    "weekly_overtime_minutes",
    "worked_minutes",
)

_SUMS = """
    WITH days AS (
        SELECT employee_id, counters, counted_overtime, worked_seconds FROM attendance_daysummary
        WHERE employee_id = ANY(%(ids)s::uuid[]) AND work_date BETWEEN %(first)s AND %(last)s
    )
    SELECT employee_id, name, sum(value) FROM (
        SELECT employee_id, key || '_days' AS name, value::numeric AS value FROM days, jsonb_each_text(counters)
        UNION ALL
        SELECT employee_id, key || '_overtime_minutes', value::numeric FROM days, jsonb_each_text(counted_overtime)
        UNION ALL
        SELECT employee_id, 'overtime_minutes', value::numeric FROM days, jsonb_each_text(counted_overtime)
        UNION ALL
        SELECT employee_id, 'worked_minutes', worked_seconds::numeric FROM days
    ) counted WHERE name = ANY(%(names)s) GROUP BY employee_id, name
"""


def of_window(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, dict[str, Decimal]]:
    """Per person every counter from `first` to `last`, both inside, zero where nothing was counted. Two statements,
    three where overtime of weeks is counted.

    Overtime is what approval lets count; the week's, which nobody approves by the day, is no part of `overtime_minutes`.
    """
    found = {employee_id: dict.fromkeys(NAMES, Decimal(0)) for employee_id in employee_ids}
    bound = {"ids": list(employee_ids), "first": first, "last": last, "names": list(NAMES)}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, bound)
        for employee_id, name, value in cursor.fetchall():
            # Seconds are added up before they become minutes: thirds of a minute would not come to a whole one again.
            found[employee_id][name] = value / 60 if name.endswith("_minutes") else value
    for employee_id, seconds in weekly_overtime.seconds_of(employee_ids, first, last).items():
        found[employee_id]["weekly_overtime_minutes"] = Decimal(seconds) / 60
    return found
