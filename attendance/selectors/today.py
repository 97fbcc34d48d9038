"""The phone's first screen: who am I to be today, am I in, what has the month come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from attendance.models import Attendance, Break, DaySummary
from attendance.rules.schedule_day import DaySchedule
from attendance.rules.work_dates import LONGEST
from attendance.selectors.demands import schedule_of
from hr.models import Employee
from hr.selectors import organisation, schedules
from hr.selectors.schedules import DayPlan
from peoplesync.kernel.dates import at_local, local_day, month_bounds


@dataclass(frozen=True, slots=True)
class Today:
    """One local day of one person. Lengths in seconds."""

    work_date: date
    zone: str
    plan: DayPlan
    demand: DaySchedule
    open_stay: Attendance | None
    running_break: Break | None
    stays: list[Attendance]
    day: DaySummary | None
    month: dict[str, int]


def zone_of(employee: Employee) -> str:
    """The zone a person's days are counted in: her own, else the organisation's."""
    if employee.timezone:
        return str(employee.timezone)
    return organisation.zone()


def today_of(employee: Employee, at: datetime) -> Today:
    """The day it is for her at `at`, in a constant number of statements."""
    zone = zone_of(employee)
    on = local_day(at, zone)
    plan = schedules.for_day(employee.pk, on)
    stays = list(_stays_of(employee.pk, on, zone))
    open_stay = next((stay for stay in stays if stay.is_open), None)
    pause = Break.objects.filter(attendance=open_stay, end_at=None).first() if open_stay else None
    return Today(
        work_date=on,
        zone=zone,
        plan=plan,
        demand=schedule_of(plan, zone),
        open_stay=open_stay,
        running_break=pause,
        stays=stays,
        day=DaySummary.objects.filter(employee_id=employee.pk, work_date=on).first(),
        month=month_totals(employee.pk, on),
    )


def _stays_of(employee_id: UUID, on: date, zone: str) -> Any:
    """The stays of a work date, the night that ended on it, and the one that is open whenever it began."""
    mine = Attendance.objects.alive().filter(employee_id=employee_id)
    still_in = Q(clock_out=None, is_unfinished=False)
    night = Q(work_date__range=(on - LONGEST, on), clock_out__gt=at_local(on, time.min, zone))
    return mine.filter(Q(work_date=on) | still_in | night).for_the_wire().order_by("clock_in")


def month_totals(employee_id: UUID, on: date) -> dict[str, int]:
    """What the month of `on` has come to so far."""
    first, last = month_bounds(on.year, on.month)
    days = DaySummary.objects.filter(employee_id=employee_id, work_date__range=(first, min(on, last)))
    found = days.aggregate(
        present_count=Count("id", filter=Q(first_in_at__isnull=False)),
        late_count=Count("id", filter=Q(late_seconds__gt=0)),
        absent_count=Count("id", filter=Q(status="absent")),
        worked_seconds=Sum("worked_seconds"),
        late_seconds=Sum("late_seconds"),  # last: from here on the name means the sum
    )
    return {name: value or 0 for name, value in found.items()}
