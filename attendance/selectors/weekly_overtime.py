"""Overtime of whole weeks: work beyond the week's threshold that is no overtime of a day already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.rules.overtime import whole_steps
from hr.models import Setting

#: Rest days and holidays stay out: all their work is overtime of the day. So does time that a rule closed, and time before
#: the shift begins.
_SQL = """
    SELECT employee_id, sum(greatest(0, worked_seconds - auto_closed_seconds - early_arrival_seconds - (
        SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(overtime))))
    FROM attendance_daysummary
    WHERE employee_id = ANY(%(ids)s::uuid[]) AND work_date BETWEEN %(first)s AND %(last)s
        AND day_type IN ('work', 'collective_leave')
    GROUP BY employee_id, date_trunc('week', work_date)
"""


def seconds_of(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, int]:
    """Per person the overtime of the weeks (Monday to Sunday) that end from `first` to `last`; people without any left out.

    Every week ends in one window only, so none is paid twice. Empty where the organisation has no overtime of weeks.
    """
    policy = Setting.objects.values_list("weekly_overtime_after_minutes", "overtime_step_minutes").first()
    if policy is None or policy[0] is None:
        return {}
    monday, sunday = first - timedelta(days=first.weekday()), last - timedelta(days=(last.weekday() + 1) % 7)
    bound: dict[str, Any] = {"ids": list(employee_ids), "first": monday, "last": sunday}
    found: dict[UUID, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, bound)
        for employee_id, worked in cursor.fetchall():
            found[employee_id] += whole_steps(int(worked) - policy[0] * 60, policy[1])
    return {employee_id: seconds for employee_id, seconds in found.items() if seconds}
