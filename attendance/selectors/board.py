"""Who is in now: everybody employed on a day, by what they are doing, in a constant number of statements.

The page is one page of people; the counts come from the small sides (open stays, today's days, today's leave), so they do
not grow with history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from attendance.models import Attendance, DaySummary
from hr.models import Employee, Leave, LeaveStatus
from hr.models.scoping import subtree
from hr.selectors import schedules
from hr.selectors.schedules import DayPlan
from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope

STATES = ("in", "late", "out", "leave", "away")


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the board."""

    employee: Employee
    state: str
    stays: list[Attendance]
    day: DaySummary | None
    plan: DayPlan | None

    @property
    def is_late(self) -> bool:
        return self.day is not None and self.day.late_seconds > 0

    @property
    def is_expected(self) -> bool:
        """Whether work is due and nobody has come, and no leave explains it."""
        return self.state == "away" and self.plan is not None and self.plan.is_work_due


def people(user: Any, on: date, *, department_id: UUID | None = None, site_id: UUID | None = None) -> Any:
    """Everybody employed that day whose presence `user` may see, below a department, seen at a site."""
    rows = Employee.objects.employed_on(on)
    reach = rights.scope(user.role_names, "attendances", "read")
    if reach is Scope.NONE:
        return rows.none()
    if reach is not Scope.ALL:
        own = Q(pk=user.employee_id)
        below = Q(department_id__in=subtree(user.department_id)) if user.department_id else Q(pk__in=[])
        rows = rows.filter(own | below if reach is Scope.DEPARTMENT else own)
    if department_id is not None:
        rows = rows.filter(department_id__in=subtree(department_id))
    if site_id is not None:
        seen = Attendance.objects.alive().filter(employee=OuterRef("pk"), work_date=on, in_punch__site_id=site_id)
        rows = rows.filter(Exists(seen))
    return rows


def _is(state: str, on: date) -> Any:
    mine = Attendance.objects.alive().filter(employee=OuterRef("pk"))
    is_in = Exists(mine.filter(clock_out=None, is_unfinished=False))
    was_here = Exists(mine.filter(work_date=on))
    on_leave = Exists(
        Leave.objects.alive().filter(
            employee=OuterRef("pk"), status=LeaveStatus.APPROVED, start_date__lte=on, end_date__gte=on
        )
    )
    late = Exists(DaySummary.objects.filter(employee=OuterRef("pk"), work_date=on, late_seconds__gt=0))
    return {
        "in": is_in,
        "late": late,
        "out": ~is_in & was_here,
        "leave": ~is_in & ~was_here & on_leave,
        "away": ~is_in & ~was_here & ~on_leave,
    }[state]


def in_state(rows: Any, state: str, on: date) -> Any:
    """Those of `people` who are in a state of the board."""
    return rows.filter(_is(state, on))


def counts(rows: Any, on: date) -> dict[str, int]:
    """How many of `people` are in each state, away being the rest."""
    ids = rows.values("pk")
    stays = Attendance.objects.alive().filter(employee_id__in=ids)
    is_in = stays.filter(clock_out=None, is_unfinished=False)
    came = stays.filter(work_date=on).exclude(employee_id__in=is_in.values("employee_id"))
    late = DaySummary.objects.filter(employee_id__in=ids, work_date=on, late_seconds__gt=0)
    on_leave = Leave.objects.alive().filter(
        employee_id__in=ids, status=LeaveStatus.APPROVED, start_date__lte=on, end_date__gte=on
    )
    away = on_leave.exclude(employee_id__in=is_in.values("employee_id"))
    away = away.exclude(employee_id__in=stays.filter(work_date=on).values("employee_id"))
    found = {
        "in": is_in.count(),
        "late": late.count(),
        "out": came.values("employee_id").distinct().count(),
        "leave": away.values("employee_id").distinct().count(),
    }
    return {**found, "away": rows.count() - found["in"] - found["out"] - found["leave"]}


def lines(employees: Sequence[Employee], on: date) -> list[Line]:
    """The board's lines of one page of people: four statements."""
    ids = [employee.pk for employee in employees]
    stays: dict[UUID, list[Attendance]] = {pk: [] for pk in ids}
    shown = Attendance.objects.alive().filter(employee_id__in=ids).select_related("in_punch__site").order_by("clock_in")
    for stay in shown.filter(Q(work_date=on) | Q(clock_out=None, is_unfinished=False)):
        stays[stay.employee_id].append(stay)
    days = {day.employee_id: day for day in DaySummary.objects.filter(employee_id__in=ids, work_date=on)}
    plans = {plan.employee_id: plan for plan in schedules.each_plan(ids, on, on)}
    return [
        Line(one, _state(stays[one.pk], plans.get(one.pk)), stays[one.pk], days.get(one.pk), plans.get(one.pk))
        for one in employees
    ]


def _state(stays: list[Attendance], plan: DayPlan | None) -> str:
    if any(stay.is_open for stay in stays):
        return "in"
    if stays:
        return "out"
    return "leave" if plan is not None and plan.leave_id is not None else "away"
