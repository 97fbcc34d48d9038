"""Period locks over HTTP: which days are closed, close some, open them again."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from hr.api.days import day
from hr.models import LockSource, PeriodLock
from hr.selectors import references
from hr.services import period_locks
from peoplesync.core.api import filters
from peoplesync.core.api.fields import IdField, InstantField, TextField
from peoplesync.core.api.views import ApiView, PostView


class PeriodLockSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField(allow_null=True, help_text="Null: everybody.")
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    source = serializers.ChoiceField(LockSource.values)
    reason = serializers.CharField()
    locked_by = serializers.UUIDField(source="locked_by_id", allow_null=True)
    released_at = InstantField(allow_null=True)
    released_by = serializers.UUIDField(source="released_by_id", allow_null=True)
    created_at = InstantField()


class PeriodLockCreateSerializer(serializers.Serializer):
    employee_id = IdField(allow_null=True, required=False, default=None)
    first_on = day()
    last_on = day()
    reason = TextField(max_length=255, allow_blank=True, required=False, default="")


class PeriodLockFilter(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id")
    source = filters.choice_filter("source", LockSource.choices)


class PeriodLockView(ApiView):
    resource = "period_locks"
    read_serializer = PeriodLockSerializer

    def visible(self) -> Any:
        return PeriodLock.objects.order_by("-last_on", "-created_at", "id")


class PeriodLockList(PeriodLockView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List period locks", "POST": "Lock a period"}
    write_serializers = {"POST": PeriodLockCreateSerializer}
    filterset_class = PeriodLockFilter
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        values = self.valid()
        if values["employee_id"] is not None:
            references.employee(values["employee_id"])
        return self.shown(period_locks.lock(by=request.user, at=self.now(), **values), status=201)


class PeriodLockRelease(PeriodLockView, PostView):
    actions = {"POST": "write"}
    titles = {"POST": "Release a period lock"}
    answers = {"POST": (200, PeriodLockSerializer)}

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(period_locks.release(lock=self.get_object(), by=request.user, at=self.now()))
