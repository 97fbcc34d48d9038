"""The shapes of presence on our wire. `Attendance`, `AttendanceClockIn` and `AttendanceSync` are the contract's own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from attendance.models import Attendance, Source, SyncStatus
from peoplesync.core.api.fields import FixedSerializer, InstantField, MeasureField, TextField, WebAddressField, instant
from peoplesync.core.api.json import plain


def coordinate(limit: int, **options: Any) -> MeasureField:
    """Degrees, kept to seven places (a centimetre); a phone sends many more."""
    return MeasureField(max_digits=10, decimal_places=7, min_value=-limit, max_value=limit, **options)


def accuracy(**options: Any) -> MeasureField:
    """Metres, kept to the millimetre."""
    return MeasureField(max_digits=8, decimal_places=3, min_value=0, max_value=99_999, **options)


_WHERE = {"lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta"}
_SHOWN = {
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "employee_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "clock_in": "2025-11-16T08:00:00Z",
    "clock_out": "2025-11-16T17:00:00Z",
    **_WHERE,
    "location_accuracy": 5.5,
    "device_id": "mobile-app-v1",
    "photo_url": "https://cdn.peoplesync.example/attendances/2025/11/photo.jpg",
    "source": "mobile",
    "sync_status": "synced",
    "created_at": "2025-11-16T08:01:30Z",
}
_ASKED = {**_WHERE, "location_accuracy": 15.3, "photo_url": "http://example.com"}


@extend_schema_serializer(
    component_name="Attendance",
    examples=[OpenApiExample("Attendance", _SHOWN, response_only=True, status_codes=["200", "201"])],
)
class AttendanceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    clock_in = InstantField()
    clock_out = InstantField(allow_null=True)
    lat = coordinate(90, allow_null=True)
    lng = coordinate(180, allow_null=True)
    location = serializers.CharField(allow_null=True)
    location_accuracy = accuracy(allow_null=True)
    device_id = serializers.CharField(allow_null=True)
    photo_url = serializers.URLField(allow_null=True)
    source = serializers.ChoiceField(choices=Source.choices)
    sync_status = serializers.ChoiceField(choices=SyncStatus.choices)
    created_at = InstantField()

    def to_representation(self, row: Attendance) -> dict[str, Any]:
        """Written out: every punch and every row of every list pays for it."""
        seen = getattr(row.in_punch, "evidence", None)
        return {
            "id": str(row.pk),
            "employee_id": str(row.employee_id),
            "clock_in": instant(row.clock_in),
            "clock_out": instant(row.clock_out) if row.clock_out else None,
            "lat": plain(seen.lat) if seen and seen.lat is not None else None,
            "lng": plain(seen.lng) if seen and seen.lng is not None else None,
            "location": seen.location if seen else None,
            "location_accuracy": plain(seen.location_accuracy) if seen and seen.location_accuracy is not None else None,
            "device_id": seen.device_id if seen else None,
            "photo_url": seen.photo_url if seen else None,
            "source": row.source,
            "sync_status": row.sync_status,
            "created_at": instant(row.created_at),
        }


@extend_schema_serializer(
    component_name="AttendanceClockIn", examples=[OpenApiExample("Clock in", _ASKED, request_only=True)]
)
class AttendanceClockInSerializer(FixedSerializer):
    """Where somebody is when she comes, and how exactly her phone knows it."""

    lat = coordinate(90)
    lng = coordinate(180)
    location = TextField(max_length=255, allow_blank=True)
    location_accuracy = accuracy(required=False, allow_null=True)
    photo_url = WebAddressField(required=False, allow_null=True)


class AttendancePunchSerializer(FixedSerializer):
    """A later punch of a stay: where is optional, for nobody is kept in by a phone without position."""

    lat = coordinate(90, required=False, allow_null=True)
    lng = coordinate(180, required=False, allow_null=True)
    location = TextField(max_length=255, required=False, allow_null=True, allow_blank=True)
    location_accuracy = accuracy(required=False, allow_null=True)
    photo_url = WebAddressField(required=False, allow_null=True)


@extend_schema_serializer(component_name="AttendanceDay")
class DaySummarySerializer(serializers.Serializer):
    employee_id = serializers.UUIDField()
    work_date = serializers.DateField()
    day_type = serializers.ChoiceField(choices=["work", "rest", "holiday", "collective_leave"])
    status = serializers.ChoiceField(choices=["present", "absent", "on_leave", "partly", "expected", "off"])
    is_locked = serializers.BooleanField()
    scheduled_start_at = InstantField(allow_null=True)
    scheduled_end_at = InstantField(allow_null=True)
    first_in_at = InstantField(allow_null=True)
    last_out_at = InstantField(allow_null=True)
    scheduled_seconds = serializers.IntegerField()
    worked_seconds = serializers.IntegerField()
    break_seconds = serializers.IntegerField()
    late_seconds = serializers.IntegerField()
    early_leave_seconds = serializers.IntegerField()
    overtime = serializers.DictField(child=serializers.IntegerField())
    counted_overtime = serializers.DictField(child=serializers.IntegerField())
    exceptions = serializers.ListField(child=serializers.CharField())
    updated_at = InstantField()


class PlannedDaySerializer(serializers.Serializer):
    """What today asks."""

    day_type = serializers.CharField()
    starts_at = InstantField(allow_null=True)
    ends_at = InstantField(allow_null=True)
    required_seconds = serializers.IntegerField()
    break_seconds = serializers.IntegerField()
    holiday_name = serializers.CharField(allow_null=True)
    leave_type = serializers.CharField(allow_null=True)


class MonthTotalsSerializer(serializers.Serializer):
    worked_seconds = serializers.IntegerField()
    late_seconds = serializers.IntegerField()
    present_count = serializers.IntegerField()
    late_count = serializers.IntegerField()
    absent_count = serializers.IntegerField()


@extend_schema_serializer(component_name="AttendanceToday")
class TodaySerializer(serializers.Serializer):
    work_date = serializers.DateField()
    timezone = serializers.CharField()
    open_attendance = AttendanceSerializer(allow_null=True)
    on_break_since = InstantField(allow_null=True)
    attendances = AttendanceSerializer(many=True)
    schedule = PlannedDaySerializer()
    day = DaySummarySerializer(allow_null=True)
    month = MonthTotalsSerializer()
