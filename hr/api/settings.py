"""The organisation's settings over HTTP (contract, 3.10): one record, made by the first PUT."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.selectors import organisation as selector
from hr.services import organisation
from peoplesync.core.api.fields import InstantField, StrictIntegerField, TextField
from peoplesync.core.api.views import ApiView
from peoplesync.kernel.errors import NotFound

_SAMPLE = {"org_name": "PT PeopleSync Indonesia", "payroll_cutoff_day": 25, "timezone": "Asia/Jakarta"}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Settings",
            {
                "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
                **_SAMPLE,
                "created_at": "2025-01-01T00:00:00Z",
                "updated_at": "2025-11-01T10:00:00Z",
            },
            response_only=True,
        )
    ]
)
class SettingSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    org_name = serializers.CharField()
    payroll_cutoff_day = serializers.IntegerField(min_value=1, max_value=31)
    timezone = serializers.CharField()
    created_at = InstantField()
    updated_at = InstantField()


@extend_schema_serializer(examples=[OpenApiExample("Changes", _SAMPLE, request_only=True)])
class SettingUpdateSerializer(serializers.Serializer):
    org_name = TextField(max_length=255, required=False)
    payroll_cutoff_day = StrictIntegerField(min_value=1, max_value=31, required=False)
    timezone = TextField(max_length=64, trim_whitespace=False, required=False)


class Settings(ApiView):
    resource = "settings"
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get organization settings", "PUT": "Update settings"}
    may_answer = {"GET": (404,)}
    read_serializer = SettingSerializer
    write_serializers = {"PUT": SettingUpdateSerializer}

    def get(self, request: Any) -> Response:
        row = selector.current()
        if row is None:
            raise NotFound("There are no settings yet. PUT /settings makes them.", code="no_settings")
        return self.shown(row)

    def put(self, request: Any) -> Response:
        changes = self.valid(partial=True)
        return self.shown(organisation.update(changes=changes, by=request.user, at=self.now()))  # type: ignore[arg-type]  # the serializer has exactly these fields
