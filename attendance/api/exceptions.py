"""Exceptions over HTTP: the days somebody should look at, and saying that somebody has."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from attendance.api.filters import OfEmployee
from attendance.models import DayException
from attendance.rules.day_summary import DayException as Kind
from attendance.services import day_exceptions
from hr.api.days import between_days
from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField, TextField
from peoplesync.core.api.views import ApiView, PostView

KINDS = [(kind.value, kind.value) for kind in Kind]


@extend_schema_serializer(component_name="AttendanceException")
class ExceptionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    work_date = serializers.DateField()
    kind = serializers.ChoiceField(KINDS)
    resolved_at = InstantField(allow_null=True)
    resolved_by = serializers.UUIDField(
        source="resolved_by_id", allow_null=True, help_text="Null although resolved: the day no longer shows it."
    )
    note = serializers.CharField()
    created_at = InstantField()
    updated_at = InstantField()


@extend_schema_serializer(component_name="AttendanceExceptionResolve")
class ExceptionResolveSerializer(serializers.Serializer):
    note = TextField(max_length=255, allow_blank=True)


class _Resolved(filters.BooleanWordFilter):
    """`true`: settled, by a person or by the mended day; `false`: still open."""

    def filter(self, rows: Any, value: Any) -> Any:
        return rows.filter(resolved_at__isnull=value == "false") if value else rows


@between_days("work_date")
class ExceptionFilter(OfEmployee):
    kind = filters.choice_filter("kind", KINDS)
    resolved: django_filters.Filter = _Resolved()


class ExceptionView(ApiView):
    """What every route of exceptions shares: the visible rows and their shape."""

    resource = "exceptions"
    read_serializer = ExceptionSerializer
    queryset = DayException.objects.none()  # names the model to the OpenAPI document; what is read is `visible`

    def visible(self) -> Any:
        return DayException.objects.visible_to(self.request.user)


class ExceptionList(ExceptionView):
    actions = {"GET": "read"}
    titles = {"GET": "List attendance exceptions"}
    filterset_class = ExceptionFilter
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()


class ExceptionResolution(ExceptionView, PostView):
    """Reading decides who finds the exception (404), the service who may settle it (403)."""

    actions = {"POST": "read"}
    titles = {"POST": "Settle an attendance exception"}
    answers = {"POST": (200, ExceptionSerializer)}
    write_serializers = {"POST": ExceptionResolveSerializer}

    def posted(self, request: Any, **path: Any) -> Response:
        found = self.get_object()
        day_exceptions.ensure_may_resolve(exception=found, by=request.user)
        return self.shown(day_exceptions.resolve(exception=found, by=request.user, at=self.now(), **self.valid()))
