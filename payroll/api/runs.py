"""Payroll runs over HTTP: their state, what stands in the way, what changed, and the acts approve, post, pay, cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from payroll.models import FindingLevel, PayrollKind, PayrollRun, RunStatus
from payroll.selectors import overtaking, readiness, variances
from payroll.services import payments, posting, reading, runs
from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField, NumberField, TextField, money
from peoplesync.core.api.views import ApiView, PostView

RESOURCE = "payroll_runs"
#: Findings shown with a run; all of them are in the admin.
SHOWN_FINDINGS = 100


class RunFindingSerializer(serializers.Serializer):
    employee_id = serializers.UUIDField()
    level = serializers.ChoiceField(choices=FindingLevel.choices)
    code = serializers.CharField()
    message = serializers.CharField()


class PayrollRunSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    period_year = serializers.IntegerField()
    period_month = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PayrollKind.choices)
    status = serializers.ChoiceField(choices=RunStatus.choices)
    department_id = serializers.UUIDField(allow_null=True)
    counted_first_on = serializers.DateField()
    counted_last_on = serializers.DateField()
    superseded_by = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="The later run that its payslips belong to now, where it has none left.",
    )
    payroll_count = serializers.IntegerField()
    refused_count = serializers.IntegerField()
    skipped_count = serializers.IntegerField()
    outlier_count = serializers.IntegerField()
    gross_total = NumberField(max_digits=60, decimal_places=2)
    net_total = NumberField(max_digits=60, decimal_places=2)
    job_id = serializers.CharField(allow_null=True)
    created_by = serializers.UUIDField(source="created_by_id", allow_null=True)
    computed_at = InstantField(allow_null=True)
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    approved_at = InstantField(allow_null=True)
    posted_by = serializers.UUIDField(source="posted_by_id", allow_null=True)
    posted_at = InstantField(allow_null=True)
    paid_at = InstantField(allow_null=True)
    created_at = InstantField()


class PayrollRunDetailSerializer(PayrollRunSerializer):
    findings = RunFindingSerializer(many=True)
    manifest_hash = serializers.CharField(allow_null=True)

    def to_representation(self, run: PayrollRun) -> dict[str, Any]:
        summary = PayrollRunSerializer().to_representation(run)
        found = run.findings.order_by("level", "id")[:SHOWN_FINDINGS]
        summary["findings"] = [RunFindingSerializer().to_representation(row) for row in found]
        summary["manifest_hash"] = run.manifest.hash if hasattr(run, "manifest") else None
        return summary


class ReadinessPointSerializer(serializers.Serializer):
    code = serializers.CharField()
    count = serializers.IntegerField()
    is_blocking = serializers.BooleanField()
    message = serializers.CharField()


class ReadinessSerializer(serializers.Serializer):
    is_ready = serializers.BooleanField()
    points = ReadinessPointSerializer(many=True)


class DifferenceSerializer(serializers.Serializer):
    before = money()
    now = money()
    change = money()
    percent = NumberField(max_digits=None, decimal_places=2, allow_null=True)
    is_outlier = serializers.BooleanField()


class ComponentDifferenceSerializer(serializers.Serializer):
    component_id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    difference = DifferenceSerializer()


class PayrollVarianceSerializer(serializers.Serializer):
    payroll_id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    is_new = serializers.BooleanField()
    is_outlier = serializers.BooleanField()
    net = DifferenceSerializer()
    components = ComponentDifferenceSerializer(many=True)


class AcknowledgeSerializer(serializers.Serializer):
    acknowledgement = TextField(
        required=False, allow_blank=True, max_length=2000,
        help_text="Why the run goes on although something stands in its way; see /readiness.",
    )  # fmt: skip


class PaySerializer(serializers.Serializer):
    paid_at = InstantField(
        required=False, allow_null=True, default=None, help_text="When the money left; now when absent, never later."
    )


class NothingSerializer(serializers.Serializer):
    """An act without a body."""


class RunFilter(filters.FilterSet):
    period_year = filters.number_filter("period_year", least=0, most=9999)
    period_month = filters.number_filter("period_month", least=1, most=12)
    status = filters.choice_filter("status", RunStatus.choices)


class VarianceFilter(filters.FilterSet):
    is_outlier = filters.BooleanWordFilter(field_name="is_outlier")


class RunView(ApiView):
    resource = RESOURCE
    actions = {"GET": "read"}
    read_serializer = PayrollRunDetailSerializer

    def visible(self) -> Any:
        return overtaking.named(PayrollRun.objects.select_related("manifest"))


class PayrollRuns(RunView):
    titles = {"GET": "List payroll runs"}
    read_serializer = PayrollRunSerializer
    filterset_class = RunFilter

    def get(self, request: Any) -> Response:
        return self.listed()


class PayrollRunDetail(RunView):
    titles = {"GET": "Get payroll run"}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())


class RunReadiness(RunView):
    titles = {"GET": "What stands in the way of a payroll run"}
    answers = {"GET": (200, ReadinessSerializer)}

    def get(self, request: Any, **path: Any) -> Response:
        run = self.get_object()
        found = readiness.points(run, self.now())
        is_there = run.status not in {RunStatus.COMPUTING, RunStatus.FAILED}
        is_ready = is_there and not any(point.is_blocking for point in found)
        return Response(ReadinessSerializer().to_representation({"is_ready": is_ready, "points": found}))


class RunVariance(RunView):
    titles = {"GET": "What changed since the payrolls before"}
    read_serializer = PayrollVarianceSerializer
    filterset_class = VarianceFilter

    def get(self, request: Any, **path: Any) -> Response:
        run = self.get_object()
        page = self.paginate_queryset(self.filter_queryset(run.payrolls.live().order_by("employee_id")))
        found = variances.of_page(run, page)
        reading.payrolls(rows=page, by=request.user, at=self.now())
        serializer = PayrollVarianceSerializer()
        rows = [
            serializer.to_representation(
                {
                    "payroll_id": payroll.pk,
                    "employee_id": payroll.employee_id,
                    "is_new": found[payroll.pk].is_new,
                    "is_outlier": found[payroll.pk].is_outlier,
                    "net": found[payroll.pk].net,
                    "components": found[payroll.pk].components,
                }
            )
            for payroll in page
        ]
        return self.get_paginated_response(rows)


class RunAct(PostView, RunView):
    """One act on a run; answers the run as it is then."""

    actions = {"POST": "write"}
    write_serializers = {"POST": NothingSerializer}
    answers = {"POST": (200, PayrollRunDetailSerializer)}
    may_answer = {"POST": (409,)}
    act: ClassVar[Callable[..., PayrollRun]]

    def posted(self, request: Any, **path: Any) -> Response:
        run = self.get_object()
        done = type(self).act(run=run, **self.valid(), by=request.user, at=self.now())
        return self.shown(done)


class Approve(RunAct):
    titles = {"POST": "Approve a payroll run"}
    write_serializers = {"POST": AcknowledgeSerializer}
    act = staticmethod(runs.approve)


class Post(RunAct):
    titles = {"POST": "Post a payroll run"}
    write_serializers = {"POST": AcknowledgeSerializer}
    act = staticmethod(posting.post)


class Pay(RunAct):
    titles = {"POST": "Record a payroll run as paid"}
    write_serializers = {"POST": PaySerializer}
    act = staticmethod(payments.pay)


class Cancel(RunAct):
    titles = {"POST": "Cancel a payroll run"}
    act = staticmethod(runs.cancel)
