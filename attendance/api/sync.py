"""Offline batches: taken as a whole, each record answered on its own (contract, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from attendance.api.serializers import accuracy, coordinate
from attendance.models import Source, SyncRecord, SyncState, SyncStatus
from attendance.selectors import sync_records
from attendance.services import sync
from attendance.services.sync_answers import SENTENCES
from hr.selectors import organisation
from peoplesync.core.api import filters
from peoplesync.core.api.errors import flatten
from peoplesync.core.api.fields import IdField, InstantField, TextField, WebAddressField, WordField
from peoplesync.core.api.jobs import JobStatusSerializer, shown
from peoplesync.core.api.throttling import ClockThrottle
from peoplesync.core.api.views import ApiView, PostView, accepted
from peoplesync.core.models import Job
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Invalid, NotFound
from peoplesync.kernel.roles import Scope

#: Records of one request.
MAXIMUM = 1000


class AttendanceSyncSerializer(serializers.Serializer):
    default_error_messages = {"invalid": "Send each record as a JSON object."}

    id = TextField(max_length=255, required=False, allow_null=True, allow_blank=True)
    employee_id = IdField()
    clock_in_client_ts = InstantField()
    clock_out_client_ts = InstantField(required=False, allow_null=True)
    lat = coordinate(90, required=False, allow_null=True)
    lng = coordinate(180, required=False, allow_null=True)
    location = TextField(max_length=255, required=False, allow_null=True, allow_blank=True)
    location_accuracy = accuracy(required=False, allow_null=True)
    device_id = TextField(max_length=255, required=False, allow_null=True, allow_blank=True)
    photo_url = WebAddressField(required=False, allow_null=True)
    source = WordField(choices=Source.choices)
    sync_status = WordField(choices=SyncStatus.choices, required=False, allow_null=True)


_RECORD = {
    "id": "client-att-123",
    "employee_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "clock_in_client_ts": "2025-11-16T08:00:00Z",
    "clock_out_client_ts": "2025-11-16T17:00:00.123Z",
    "lat": -6.2088,
    "lng": 106.8456,
    "location": "Office HQ, Jakarta",
    "location_accuracy": 15.3,
    "device_id": "device-abc123",
    "photo_url": "http://example.com",
    "source": "mobile",
    "sync_status": "pending",
}


@extend_schema_serializer(examples=[OpenApiExample("A batch", {"records": [_RECORD]}, request_only=True)])
class AttendanceSyncBatchSerializer(serializers.Serializer):
    """The envelope; what is wrong with one record is that record's own answer."""

    records = AttendanceSyncSerializer(many=True)


_STATUSES = [sync_records.PENDING, *SyncState.values]


@extend_schema_serializer(component_name="AttendanceSyncRecord")
class SyncRecordSerializer(serializers.Serializer):
    position = serializers.IntegerField(help_text="Place in the batch, from 0.")
    id = serializers.CharField(source="client_id", allow_null=True)
    status = serializers.ChoiceField(
        choices=_STATUSES,
        help_text="pending until the worker has answered it; conflict also once an earlier record displaced it, duplicate "
        "once its attendance was taken back.",
    )
    code = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    attendance_id = serializers.UUIDField(allow_null=True)

    def to_representation(self, row: Any) -> dict[str, Any]:
        code, reason = row.code, row.reason
        if row.is_voided or row.status not in (row.state, sync_records.PENDING):
            code = "taken_back" if row.is_voided else "overlaps_offline"
            reason = SENTENCES[code]
        return {
            "position": row.position,
            "id": row.client_id,
            "status": row.status,
            "code": code or None,
            "reason": reason or None,
            "attendance_id": str(row.stay_id) if row.stay_id else None,
        }


class SyncRecordFilter(filters.FilterSet):
    status = filters.choice_filter("status", [(name, name) for name in _STATUSES])


@extend_schema_view(
    post=extend_schema(
        summary="Sync offline attendances", request=AttendanceSyncBatchSerializer, responses={202: JobStatusSerializer}
    )
)
class Sync(PostView):
    resource = "attendances"
    actions = {"POST": "sync"}
    read_serializer = JobStatusSerializer
    write_serializers = {"POST": AttendanceSyncBatchSerializer}
    throttle_classes = [ClockThrottle]
    key_is_required = True

    def posted(self, request: Any, **path: Any) -> Response:
        now = self.now()
        reader = AttendanceSyncSerializer()  # one for all: making its fields anew costs more than reading a record
        told = [_told(reader, record) for record in _records(request.data)]
        day = local_day(now, organisation.zone())
        job = sync.accept(records=told, by=request.user, at=now, day=day)
        return accepted(job, shown(job))


def _records(body: Any) -> list[Any]:
    """The batch. Raises Invalid only for the envelope."""
    records = body.get("records") if isinstance(body, Mapping) else None
    if records is None:
        raise Invalid.field("records", "This field is required.", code="required")
    if not isinstance(records, list):
        raise Invalid.field("records", "Send a list of records.", code="not_a_list")
    if not 1 <= len(records) <= MAXIMUM:
        raise Invalid.field("records", f"Send 1 to {MAXIMUM} records at once, not {len(records)}.", code="count")
    return records


def _told(reader: AttendanceSyncSerializer, record: Any) -> sync.Told:
    given = record.get("id") if isinstance(record, Mapping) else None
    client_id = given[:255] if isinstance(given, str) and given and given.isprintable() else None
    try:
        values = reader.run_validation(record)
    except ValidationError as error:
        said = "; ".join(f"{field}: {' '.join(each)}" for field, each in flatten(error.detail).items())
        return sync.Told(client_id, {}, said)
    end = values.get("clock_out_client_ts")
    body = {
        "employee_id": str(values["employee_id"]),
        "clock_in": values["clock_in_client_ts"].isoformat(),
        "clock_out": end.isoformat() if end else None,
        "source": values["source"],
        **{name: values.get(name) or None for name in ("location", "device_id", "photo_url")},
        **{name: _text(values.get(name)) for name in ("lat", "lng", "location_accuracy")},
    }
    return sync.Told(values.get("id") or None, body)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


@extend_schema_view(get=extend_schema(summary="List the answers of a sync job"))
class SyncRecords(ApiView):
    """What became of each record, in the order they were sent."""

    resource = "jobs"
    actions = {"GET": "read"}
    read_serializer = SyncRecordSerializer
    filterset_class = SyncRecordFilter
    is_list = True
    queryset = SyncRecord.objects.none()

    def visible(self) -> Any:
        """The records of the caller's own job; of anybody's for those who read everybody's jobs."""
        mine = Q() if self.reach("read") is Scope.ALL else Q(user=self.request.user)
        job = Job.objects.filter(mine, pk=self.kwargs["job_id"], kind=sync.KIND).first()
        if job is None:
            raise NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
        return sync_records.answers(job.pk)

    def get(self, request: Any, **path: Any) -> Response:
        return self.listed()
