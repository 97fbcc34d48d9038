"""The activity log over HTTP (contract, 3.11): newest first, read only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField
from peoplesync.core.api.views import ApiView
from peoplesync.core.models import ActivityLog

_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
class MetaField(serializers.JSONField):
    """What the act was about, personal values masked."""


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "An act",
            {
                "id": _ID,
                "user_id": _ID,
                "action": "employee.created",
                "resource_type": "employee",
                "resource_id": _ID,
                "meta": {"employee_number": "EMP-001", "name": "John Doe"},
                "created_at": "2025-11-15T10:23:00Z",
            },
            response_only=True,
        )
    ]
)
class ActivityLogSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField(allow_null=True)
    action = serializers.CharField()
    resource_type = serializers.CharField()
    resource_id = serializers.UUIDField(allow_null=True)
    meta = MetaField(allow_null=True)
    created_at = InstantField()


class ActivityLogFilter(filters.FilterSet):
    action = filters.text_filter("action", maximum=255)
    user_id = filters.uuid_filter("user_id")


class ActivityLogs(ApiView):
    resource = "activity_logs"
    actions = {"GET": "read"}
    titles = {"GET": "List activity logs"}
    read_serializer = ActivityLogSerializer
    filterset_class = ActivityLogFilter

    def visible(self) -> Any:
        return ActivityLog.objects.all()

    def get(self, request: Any) -> Response:
        return self.listed()
