"""A person's own data as one document: what the law lets her ask for, in the shapes our API shows, nothing of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from rest_framework import serializers

from attendance.api.corrections import CorrectionSerializer
from attendance.api.serializers import AttendanceSerializer, DaySummarySerializer
from attendance.models import Attendance, Correction, DaySummary, Punch
from hr.api.employees import EmployeeSerializer
from hr.api.leaves import LeaveSerializer
from hr.models import Employee, Leave, LeaveLedgerEntry, User
from payroll.api.payrolls import PayrollSerializer
from payroll.models import Payroll, PayrollStatus
from peoplesync.core.api.notifications import NotificationSerializer
from peoplesync.core.models import Notification
from peoplesync.core.selectors import files
from peoplesync.core.services import activity
from peoplesync.kernel.errors import NotFound

DONE = "privacy.person_exported"

_PUNCH = (
    "id", "kind", "at", "timezone", "work_date", "door", "client_at", "received_at", "verdict", "signals", "comment",
    "is_void", "reason",
)  # fmt: skip
_EVIDENCE = (
    "lat", "lng", "location", "location_accuracy", "is_mock_location", "photo_url", "device_id", "observed_ip",
    "reported_ip",
)  # fmt: skip
_UPLOAD = ("id", "file_name", "content_type", "size_bytes", "sha256", "created_at", "attached_to_type")


def of_person(*, number: str, at: datetime, by: Any = None, reason: str = "") -> dict[str, Any]:
    """Everything kept about the employee with this number, leavers included; logged with its reason. Raises NotFound."""
    employee = Employee.objects.alive().filter(employee_number=number).first()
    if employee is None:
        raise NotFound(f"There is no employee with the number {number}.", code="not_found")
    users = list(User.objects.filter(employee=employee))
    document = {
        "exported_at": at,
        "profile": _profile(employee),
        "users": [{"id": user.pk, "email": user.email, "created_at": user.created_at} for user in users],
        **_presence(employee),
        **_leave_and_pay(employee),
        "notifications": _shown(NotificationSerializer, _told(users)),
        "uploads": [_named(upload, _UPLOAD) for upload in files.owned_by([user.pk for user in users])],
    }
    activity.record(
        action=DONE,
        resource_type="employee",
        resource_id=employee.pk,
        by=by,
        at=at,
        meta={"reason": reason} if reason else None,
    )
    return document


def _profile(employee: Employee) -> dict[str, Any]:
    """Her record as she sees it herself: with her pay."""
    herself = SimpleNamespace(employee_id=employee.pk, role_names=frozenset({"employee"}))
    writing = EmployeeSerializer(context={"request": SimpleNamespace(user=herself)})
    more = {"ended_on": employee.ended_on, "end_reason": employee.end_reason, "timezone": employee.timezone}
    return {**writing.to_representation(employee), **more}


def _presence(employee: Employee) -> dict[str, Any]:
    stays = Attendance.objects.alive().filter(employee=employee).select_related("in_punch__evidence")
    punches = Punch.objects.filter(employee=employee).select_related("evidence")
    return {
        "attendances": _shown(AttendanceSerializer, stays.order_by("clock_in")),
        "punches": [_punch(punch) for punch in punches.order_by("at", "pk")],
        "days": _shown(DaySummarySerializer, DaySummary.objects.filter(employee=employee).order_by("work_date")),
        "corrections": _shown(CorrectionSerializer, Correction.objects.filter(employee=employee)),
    }


def _leave_and_pay(employee: Employee) -> dict[str, Any]:
    ledger = LeaveLedgerEntry.objects.filter(employee=employee).select_related("leave_type")
    readable = Payroll.objects.filter(
        employee=employee, status__in=[PayrollStatus.APPROVED, PayrollStatus.POSTED]
    ).select_related("payment")
    return {
        "leaves": _shown(LeaveSerializer, Leave.objects.alive().filter(employee=employee)),
        "leave_ledger": [
            {"leave_type": entry.leave_type.code, **_named(entry, ("kind", "days", "effective_on", "note"))}
            for entry in ledger
        ],
        "payrolls": _shown(PayrollSerializer, readable.prefetch_related("items")),
    }


def _told(users: list[User]) -> Any:
    return Notification.objects.filter(user__in=users, deleted_at=None).order_by("pk")


def _punch(punch: Punch) -> dict[str, Any]:
    seen = getattr(punch, "evidence", None)
    return {**_named(punch, _PUNCH), "evidence": None if seen is None else _named(seen, _EVIDENCE)}


def _named(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _shown(serializer: type[serializers.Serializer], rows: Iterable[Any]) -> list[dict[str, Any]]:
    writing = serializer()
    return [writing.to_representation(row) for row in rows]
