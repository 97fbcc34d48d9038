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

_OVERTIME = {
    f"{kind}_overtime_minutes": f"counted_overtime ->> '{kind}'" for kind in ("weekday", "rest_day", "holiday")
}
#: Where each name's number stands in a day, lengths in seconds. Spelled out, because taking every day's keys apart and
#: grouping by them costs three times as much.
_SUMS_OF = {
    **{name: f"counters ->> '{name.removesuffix('_days')}'" for name in NAMES if name.endswith("_days")},
    **_OVERTIME,
    "worked_minutes": "worked_seconds",
}
_SUMS = f"""
    SELECT employee_id, {", ".join(f"coalesce(sum(({place})::numeric), 0)" for place in _SUMS_OF.values())}
    FROM attendance_daysummary
    WHERE employee_id = ANY(%(ids)s::uuid[]) AND work_date BETWEEN %(first)s AND %(last)s
    GROUP BY employee_id
"""  # noqa: S608 our own names; values are bound


def of_window(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, dict[str, Decimal]]:
    """Per person every counter from `first` to `last`, both inside, zero where nothing was counted. Two statements,
    three where overtime of weeks is counted.

    Overtime is what approval lets count; the week's, which nobody approves by the day, is no part of `overtime_minutes`.
    """
    found = {employee_id: dict.fromkeys(NAMES, Decimal(0)) for employee_id in employee_ids}
    bound = {"ids": list(employee_ids), "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, bound)
        for employee_id, *sums in cursor.fetchall():
            counted = dict(zip(_SUMS_OF, sums, strict=True))
            counted["overtime_minutes"] = sum((counted[name] for name in _OVERTIME), Decimal(0))
            # Seconds are added up before they become minutes: thirds of a minute would not come to a whole one again.
            found[employee_id] |= {
                name: value / 60 if name.endswith("_minutes") else value for name, value in counted.items()
            }
    for employee_id, seconds in weekly_overtime.seconds_of(employee_ids, first, last).items():
        found[employee_id]["weekly_overtime_minutes"] = Decimal(seconds) / 60
    return found
