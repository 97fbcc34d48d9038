"""What attendance tells a phone about its person: stays, days, corrections, exceptions, and the days that lie before her."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from attendance.api.corrections import CorrectionSerializer
from attendance.api.exceptions import ExceptionSerializer
from attendance.api.serializers import AttendanceSerializer, DaySummarySerializer, PlannedDaySerializer
from attendance.models import Attendance, Correction, DayException, DaySummary
from attendance.selectors.demands import schedule_of
from attendance.selectors.today import zone_of
from hr.models import Employee
from hr.selectors import schedules
from peoplesync.core.api.changes import is_deleted, shown_by
from peoplesync.core.changes import TWO_MONTHS, RowFeed, WholeFeed, midnight, register
from peoplesync.kernel.dates import local_day

#: How far a phone knows what its person is to do.
AHEAD = TWO_MONTHS / 2


class OwnPlannedDaySerializer(PlannedDaySerializer):
    work_date = serializers.DateField()


def _attendances(user: Any, first: date) -> Any:
    mine = Attendance.objects.filter(employee_id=user.employee_id, clock_in__gte=midnight(first))
    return mine.select_related("in_punch__evidence")


def _days(user: Any, first: date) -> Any:
    return DaySummary.objects.filter(employee_id=user.employee_id, work_date__gte=first)


def _corrections(user: Any, first: date) -> Any:
    return Correction.objects.filter(employee_id=user.employee_id, created_at__gte=midnight(first))


def _exceptions(user: Any, first: date) -> Any:
    return DayException.objects.filter(employee_id=user.employee_id, work_date__gte=first)


def _planned_days(user: Any, at: datetime) -> list[dict[str, Any]]:
    """Each day from her today on: what it asks of her."""
    employee = Employee.objects.alive().filter(pk=user.employee_id).first()
    if employee is None:
        return []
    zone = zone_of(employee)
    today = local_day(at, zone)
    writing, shown = OwnPlannedDaySerializer(), []
    for plan in schedules.each_plan([employee.pk], today, today + AHEAD):
        demand = schedule_of(plan, zone)
        day = {
            "work_date": plan.on,
            "day_type": demand.day_type.value,
            "starts_at": demand.starts_at,
            "ends_at": demand.ends_at,
            "required_seconds": demand.required_seconds,
            "break_seconds": demand.break_seconds,
            "holiday_name": plan.holiday_name,
            "leave_type": plan.leave_code,
        }
        shown.append(writing.to_representation(day))
    return shown


def register_feeds() -> None:
    """Called with the routes."""
    register(
        RowFeed(
            name="attendances",
            rows=_attendances,
            shown=shown_by(AttendanceSerializer),
            shape=AttendanceSerializer,
            kept_for=TWO_MONTHS,
            is_gone=is_deleted,
        ),
        RowFeed(
            name="days",
            rows=_days,
            shown=shown_by(DaySummarySerializer),
            shape=DaySummarySerializer,
            kept_for=TWO_MONTHS,
        ),
        RowFeed(
            name="corrections",
            rows=_corrections,
            shown=shown_by(CorrectionSerializer),
            shape=CorrectionSerializer,
            kept_for=TWO_MONTHS,
        ),
        RowFeed(
            name="exceptions",
            rows=_exceptions,
            shown=shown_by(ExceptionSerializer),
            shape=ExceptionSerializer,
            kept_for=TWO_MONTHS,
        ),
        WholeFeed("planned_days", _planned_days, OwnPlannedDaySerializer),
    )
