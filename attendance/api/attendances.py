"""Clock in and out, breaks, and the stays as lists (contract, 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.response import Response

from attendance.api.filters import AttendanceFilter, DaySummaryFilter
from attendance.api.serializers import (
    AttendanceClockInSerializer,
    AttendancePunchSerializer,
    AttendanceSerializer,
    DaySummarySerializer,
    TodaySerializer,
)
from attendance.models import Attendance, DaySummary
from attendance.rules.punches import Door
from attendance.selectors import attendances
from attendance.selectors.today import Today, today_of
from attendance.services import breaks, clocking, rejections
from attendance.services.presented import Presented
from peoplesync.core.api.client import address
from peoplesync.core.api.throttling import ClockThrottle
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.errors import Invalid


def own_employee_id(user: Any) -> UUID:
    """The caller's employee. Raises Invalid for a user who is nobody's: she cannot clock in."""
    if user.employee_id is None:
        raise Invalid(
            "Your user is not linked to an employee, so it has no attendance. Ask HR to link it.", code="no_employee"
        )
    return UUID(str(user.employee_id))


class PunchView(PostView):
    """One punch of the caller, at the moment the server receives it."""

    resource = "attendances"
    actions = {"POST": "clock"}
    read_serializer = AttendanceSerializer
    write_serializers = {"POST": AttendancePunchSerializer}
    throttle_classes = [ClockThrottle]
    may_answer = {"POST": (409,)}
    act: ClassVar[Callable[..., Attendance]]
    success = 200

    def post(self, request: Any, **path: Any) -> Any:
        """With an Idempotency-Key a refusal takes everything back, so what is kept of it is stored after that."""
        with rejections.kept():
            return super().post(request, **path)

    def posted(self, request: Any, **path: Any) -> Response:
        now = timezone.now()
        punch = Presented(
            door=Door.NATIVE,
            source="mobile",
            at=now,
            received_at=now,
            made_by=request.user,
            observed_ip=address(request),
            **self.valid(),
        )
        row = type(self).act(employee_id=own_employee_id(request.user), punch=punch)
        return self.shown(row, status=self.success)


@extend_schema_view(post=extend_schema(summary="Record clock-in", responses={201: AttendanceSerializer}))
class ClockIn(PunchView):
    write_serializers = {"POST": AttendanceClockInSerializer}
    act = staticmethod(clocking.clock_in)
    success = 201


@extend_schema_view(post=extend_schema(summary="Record clock-out", responses=AttendanceSerializer))
class ClockOut(PunchView):
    act = staticmethod(clocking.clock_out)


@extend_schema_view(post=extend_schema(summary="Begin a break", responses=AttendanceSerializer))
class BreakStart(PunchView):
    act = staticmethod(breaks.start)


@extend_schema_view(post=extend_schema(summary="End the break", responses=AttendanceSerializer))
class BreakEnd(PunchView):
    act = staticmethod(breaks.end)


@extend_schema_view(get=extend_schema(summary="List attendances"))
class AttendanceList(ApiView):
    resource = "attendances"
    actions = {"GET": "read"}
    read_serializer = AttendanceSerializer
    filterset_class = AttendanceFilter
    queryset = Attendance.objects.none()

    def visible(self) -> Any:
        return attendances.visible(self.request.user)

    def get(self, request: Any) -> Response:
        return self.listed()


@extend_schema_view(get=extend_schema(summary="Get attendance details"))
class AttendanceDetail(ApiView):
    resource = "attendances"
    actions = {"GET": "read"}
    read_serializer = AttendanceSerializer

    def visible(self) -> Any:
        return attendances.visible(self.request.user)

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())


@extend_schema_view(get=extend_schema(summary="List attendance days"))
class DayList(ApiView):
    """One summary per employee and work date, newest first."""

    resource = "attendances"
    actions = {"GET": "read"}
    read_serializer = DaySummarySerializer
    filterset_class = DaySummaryFilter
    queryset = DaySummary.objects.none()

    def visible(self) -> Any:
        return DaySummary.objects.visible_to(self.request.user)

    def get(self, request: Any) -> Response:
        return self.listed()


@extend_schema_view(get=extend_schema(summary="Today's attendance", responses=TodaySerializer))
class TodayView(ApiView):
    """The phone's first screen in one call."""

    resource = "attendances"
    actions = {"GET": "clock"}
    read_serializer = TodaySerializer

    def get(self, request: Any) -> Response:
        own_employee_id(request.user)
        return Response(TodaySerializer(_today_shown(today_of(request.user.employee, self.now()))).data)


def _today_shown(today: Today) -> dict[str, Any]:
    return {
        "work_date": today.work_date,
        "timezone": today.zone,
        "open_attendance": today.open_stay,
        "on_break_since": today.running_break.start_at if today.running_break else None,
        "attendances": today.stays,
        "schedule": {
            "day_type": today.demand.day_type.value,
            "starts_at": today.demand.starts_at,
            "ends_at": today.demand.ends_at,
            "required_seconds": today.demand.required_seconds,
            "break_seconds": today.demand.break_seconds,
            "holiday_name": today.plan.holiday_name,
            "leave_type": today.plan.leave_code,
        },
        "day": today.day,
        "month": today.month,
    }
