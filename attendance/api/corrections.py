"""Corrections over HTTP: propose, list, read, decide."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from attendance.api.filters import OfEmployee
from attendance.models import Correction, CorrectionStatus
from attendance.services import corrections
from hr.api.days import between_days
from peoplesync.core.api import filters
from peoplesync.core.api.fields import IdField, InstantField, StrictBooleanField, TextField, WordField
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.errors import Invalid


class CorrectionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    attendance_id = serializers.UUIDField(
        allow_null=True, help_text="Null: a stay nobody recorded; once approved, the stay it became."
    )
    work_date = serializers.DateField()
    clock_in = InstantField()
    clock_out = InstantField(allow_null=True)
    reason = serializers.CharField()
    status = serializers.ChoiceField(CorrectionStatus.values)
    is_retro = serializers.BooleanField(help_text="It changes days that were closed already.")
    requested_by = serializers.UUIDField(source="requested_by_id", allow_null=True)
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    decided_at = InstantField(allow_null=True)
    note = serializers.CharField()
    created_at = InstantField()
    updated_at = InstantField()


class CorrectionCreateSerializer(serializers.Serializer):
    employee_id = IdField(required=False, allow_null=True, default=None, help_text="The caller's own when absent.")
    attendance_id = IdField(required=False, allow_null=True, default=None, help_text="The stay that is to change.")
    clock_in = InstantField(required=False, allow_null=True, default=None)
    clock_out = InstantField(required=False, allow_null=True, default=None)
    reason = TextField(max_length=2000)
    allow_retro = StrictBooleanField(
        required=False, default=False, help_text="The days may be closed: a retro fact, on purpose."
    )


class CorrectionDecideSerializer(serializers.Serializer):
    status = WordField([CorrectionStatus.APPROVED.value, CorrectionStatus.REJECTED.value])
    note = TextField(max_length=2000, allow_blank=True, required=False, default="")
    allow_retro = StrictBooleanField(required=False, default=False)


@between_days("work_date")
class CorrectionFilter(OfEmployee):
    status = filters.choice_filter("status", CorrectionStatus.choices)


class CorrectionView(ApiView):
    """What every route of corrections shares: the visible rows and their shape."""

    resource = "corrections"
    read_serializer = CorrectionSerializer
    queryset = Correction.objects.none()  # names the model to the OpenAPI document; what is read is `visible`

    def visible(self) -> Any:
        return Correction.objects.visible_to(self.request.user).select_related("attendance")


class CorrectionList(CorrectionView, PostView):
    actions = {"GET": "read", "POST": "create"}
    titles = {"GET": "List corrections", "POST": "Propose a correction"}
    write_serializers = {"POST": CorrectionCreateSerializer}
    may_answer = {"POST": (403, 409)}
    filterset_class = CorrectionFilter
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        asked = self.valid()
        employee_id = asked.pop("employee_id") or request.user.employee_id
        if employee_id is None:
            raise Invalid.field("employee_id", "Your user is no employee. Say whose day it is.", code="required")
        made = corrections.propose(employee_id=employee_id, by=request.user, at=self.now(), **asked)
        return self.shown(made, status=201)


class CorrectionDetail(CorrectionView):
    actions = {"GET": "read"}
    titles = {"GET": "Get correction details"}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())


class CorrectionWithdrawal(CorrectionView, PostView):
    """Take back what nobody has decided: no body."""

    actions = {"POST": "withdraw"}
    titles = {"POST": "Withdraw a correction"}
    answers = {"POST": (200, CorrectionSerializer)}

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(corrections.withdraw(correction=self.get_object(), by=request.user, at=self.now()))


class CorrectionDecision(CorrectionView, PostView):
    """Reading decides who finds the correction (404), the service who may decide it (403)."""

    actions = {"POST": "read"}
    titles = {"POST": "Approve or reject a correction"}
    answers = {"POST": (200, CorrectionSerializer)}
    write_serializers = {"POST": CorrectionDecideSerializer}
    may_answer = {"POST": (409,)}

    def posted(self, request: Any, **path: Any) -> Response:
        correction = self.get_object()
        corrections.ensure_may_decide(correction=correction, by=request.user)
        return self.shown(corrections.decide(correction=correction, by=request.user, at=self.now(), **self.valid()))
