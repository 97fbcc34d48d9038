"""Overtime over HTTP: which days wait for a decision, and how much of a day counts."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from rest_framework import serializers
from rest_framework.response import Response

from attendance.models import DaySummary
from attendance.services import overtime
from hr.api.days import between_days
from hr.models import ApprovalRequest, ApprovalStatus
from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField, StrictIntegerField, TextField, WordField
from peoplesync.core.api.views import ApiView, PostView

_DECISIONS = [ApprovalStatus.APPROVED.value, ApprovalStatus.REJECTED.value]


class OvertimeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    work_date = serializers.DateField()
    overtime = serializers.DictField(child=serializers.IntegerField(), help_text="Seconds found, by kind.")
    counted_overtime = serializers.DictField(child=serializers.IntegerField(), help_text="Seconds that count.")
    approved_seconds = serializers.IntegerField(
        source="approved_overtime_seconds", allow_null=True, help_text="Null while nobody has decided."
    )
    is_locked = serializers.BooleanField()
    updated_at = InstantField()


class OvertimeDecideSerializer(serializers.Serializer):
    status = WordField(_DECISIONS)
    seconds = StrictIntegerField(
        required=False, allow_null=True, default=None, help_text="How much is approved; all of it when absent."
    )
    note = TextField(max_length=2000, allow_blank=True, required=False, default="")


@between_days("work_date")
class OvertimeFilter(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id")


class OvertimeView(ApiView):
    """What both routes share: the visible days and their shape."""

    resource = "overtime"
    read_serializer = OvertimeSerializer
    queryset = DaySummary.objects.none()  # names the model to the OpenAPI document; what is read is `visible`

    def visible(self) -> Any:
        return DaySummary.objects.visible_to(self.request.user, resource=self.resource)


class OvertimeList(OvertimeView):
    """Days whose overtime waits for a decision, the newest first."""

    actions = {"GET": "read"}
    titles = {"GET": "List overtime to decide"}
    filterset_class = OvertimeFilter
    is_list = True

    def visible(self) -> Any:
        asked = ApprovalRequest.objects.filter(
            kind=overtime.KIND, subject_id=OuterRef("pk"), status=ApprovalStatus.PENDING
        )
        return super().visible().filter(Exists(asked))

    def get(self, request: Any) -> Response:
        return self.listed()


class OvertimeDecision(OvertimeView, PostView):
    """Reading decides who finds the day (404), the service who may decide it (403). Deciding again replaces a decision."""

    actions = {"POST": "read"}
    titles = {"POST": "Approve or reject overtime"}
    answers = {"POST": (200, OvertimeSerializer)}
    write_serializers = {"POST": OvertimeDecideSerializer}
    may_answer = {"POST": (409,)}

    def posted(self, request: Any, **path: Any) -> Response:
        day = self.get_object()
        overtime.ensure_may_decide(day=day, by=request.user)
        asked = self.valid()
        is_approval = asked.pop("status") == ApprovalStatus.APPROVED
        decided = overtime.decide(day=day, is_approval=is_approval, by=request.user, at=self.now(), **asked)
        return self.shown(decided)
