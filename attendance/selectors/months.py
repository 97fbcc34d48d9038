"""One person's month, day by day: what was asked, what was recorded, what came of it. A constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from attendance.models import Attendance, DayException, DaySummary, Punch
from hr.models import Employee
from hr.selectors import schedules
from hr.selectors.schedules import DayPlan
from peoplesync.kernel.dates import days_between, month_bounds


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month."""

    on: date
    plan: DayPlan | None
    summary: DaySummary | None
    stays: list[Attendance] = field(default_factory=list)
    punches: list[Punch] = field(default_factory=list)
    exceptions: list[DayException] = field(default_factory=list)


def month_of(employee: Employee, year: int, month: int) -> list[Day]:
    """The days of a month of one person, in their order; every punch is among them, replaced ones too."""
    first, last = month_bounds(year, month)
    plans = {plan.on: plan for plan in schedules.each_plan([employee.pk], first, last)}
    mine: dict[str, Any] = {"employee": employee, "work_date__range": (first, last)}
    summaries = {row.work_date: row for row in DaySummary.objects.filter(**mine)}
    stays, punches, exceptions = defaultdict(list), defaultdict(list), defaultdict(list)
    for stay in Attendance.objects.alive().filter(**mine).order_by("clock_in"):
        stays[stay.work_date].append(stay)
    for punch in Punch.objects.filter(**mine).select_related("site").order_by("at", "pk"):
        punches[punch.work_date].append(punch)
    for trouble in DayException.objects.filter(**mine, resolved_at=None).order_by("kind"):
        exceptions[trouble.work_date].append(trouble)
    return [
        Day(on, plans.get(on), summaries.get(on), stays[on], punches[on], exceptions[on])
        for on in days_between(first, last)
    ]
