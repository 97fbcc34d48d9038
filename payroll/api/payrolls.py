"""Payslips over HTTP (contract, 3.8): generate a month, list, read with lines and snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from payroll.models import LineKind, Payroll, PayrollStatus
from payroll.selectors import explained, newest
from payroll.services import reading, runs
from peoplesync.core.api import filters
from peoplesync.core.api.fields import IdField, InstantField, ItemsField, StrictIntegerField, money
from peoplesync.core.api.includes import Included
from peoplesync.core.api.jobs import JobStatusSerializer
from peoplesync.core.api.views import ApiView, PostView, accepted
from peoplesync.kernel.errors import NotFound

RESOURCE = "payrolls"
#: Our states in the contract's words; payslips of a cancelled run are not shown at all.
WIRE_STATUS = {
    PayrollStatus.COMPUTED: "draft",
    PayrollStatus.APPROVED: "generated",
    PayrollStatus.POSTED: "posted",
}
STATUSES = [(word, word) for word in WIRE_STATUS.values()]
MOST_EMPLOYEES = 10_000
_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
_TOTALS = {"gross_amount": 12500000, "net_amount": 11250000}
_PERIOD = {"period_year": 2025, "period_month": 11}
_ITEM = {
    "id": _ID,
    "component_id": _ID,
    "component_name": "Basic Salary",
    "amount": 10000000,
    "note": "Monthly base salary",
}


def _example(value: dict[str, Any]) -> Any:
    return extend_schema_serializer(examples=[OpenApiExample("As published", value)])


@_example(_ITEM)
class PayrollItemSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    component_id = serializers.UUIDField()
    component_name = serializers.CharField()
    amount = money()
    note = serializers.CharField(allow_null=True)


@_example(
    {
        "id": _ID,
        "employee_id": _ID,
        **_PERIOD,
        **_TOTALS,
        "status": "draft",
        "items": [_ITEM],
        "generated_at": "2025-11-13T09:05:00Z",
        "paid_at": None,
        "created_at": "2025-11-13T09:05:00Z",
    }
)
class PayrollSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    period_year = serializers.IntegerField()
    period_month = serializers.IntegerField()
    gross_amount = money()
    net_amount = money()
    status = serializers.ChoiceField(choices=STATUSES)
    items = PayrollItemSerializer(many=True)
    generated_at = InstantField(allow_null=True)
    paid_at = InstantField(allow_null=True)
    created_at = InstantField()
    explanation = Included(RESOURCE, "explanation")

    def to_representation(self, row: Payroll) -> dict[str, Any]:
        row.paid_at = row.payment.paid_at if hasattr(row, "payment") else None
        shown = {name: self.fields[name].to_representation(getattr(row, name)) for name in _PLAIN}
        shown["status"] = WIRE_STATUS[PayrollStatus(row.status)]
        # What the employer bears beside the gross is no part of what the employee is paid.
        items = [item for item in row.items.all() if item.kind != LineKind.EMPLOYER]
        shown["items"] = [self.fields["items"].child.to_representation(item) for item in items]
        return shown


_PLAIN = (
    "id", "employee_id", "period_year", "period_month", "gross_amount", "net_amount", "generated_at", "paid_at",
    "created_at",
)  # fmt: skip


@_example({**_PERIOD, "department_id": None, "employee_ids": None})
class PayrollGenerateSerializer(serializers.Serializer):
    period_year = StrictIntegerField(min_value=runs.EARLIEST_YEAR, max_value=runs.LATEST_YEAR)
    period_month = StrictIntegerField(min_value=1, max_value=12)
    department_id = IdField(required=False, allow_null=True, help_text="Only this department's people.")
    employee_ids = ItemsField(
        child=IdField(), required=False, allow_null=True, min_length=1, max_length=MOST_EMPLOYEES,
        help_text="Only these people; null is everybody.",
    )  # fmt: skip


@_example({"id": _ID, "employee_id": _ID, **_PERIOD, **_TOTALS, "created_at": "2025-11-13T09:05:00Z"})
class PayrollSnapshotSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    period_year = serializers.IntegerField()
    period_month = serializers.IntegerField()
    gross_amount = money()
    net_amount = money()
    created_at = InstantField()


class PayrollFilter(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id")
    period_year = filters.number_filter("period_year", least=0, most=9999)
    period_month = filters.number_filter("period_month", least=1, most=12)
    status = filters.choice_filter("status", STATUSES, method="in_state")

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        """Rows in one of the contract's states."""
        return rows.filter(status=next(ours for ours, word in WIRE_STATUS.items() if word == value))


class PayrollView(ApiView):
    resource = RESOURCE
    read_serializer = PayrollSerializer

    def visible(self) -> Any:
        rows = Payroll.objects.visible_to(self.request.user)
        return rows.select_related("payment").prefetch_related("items")

    def read(self, rows: Sequence[Payroll]) -> None:
        """Every reading of somebody else's pay is logged."""
        reading.payrolls(rows=rows, by=self.request.user, at=self.now())

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.read(page or [])
        return page


class Payrolls(PayrollView, PostView):
    actions = {"GET": "read", "POST": "generate"}
    titles = {"GET": "List payrolls", "POST": "Generate payroll"}
    write_serializers = {"POST": PayrollGenerateSerializer}
    answers = {"POST": (202, JobStatusSerializer)}
    filterset_class = PayrollFilter
    key_is_required = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        asked = self.valid()
        _, job = runs.generate(
            year=asked["period_year"],
            month=asked["period_month"],
            department_id=asked.get("department_id"),
            employee_ids=asked.get("employee_ids"),
            by=request.user,
            at=self.now(),
        )
        return accepted(job, JobStatusSerializer().to_representation(job))


class PayrollDetail(PayrollView):
    actions = {"GET": "read"}
    titles = {"GET": "Get payroll details"}

    def get(self, request: Any, **path: Any) -> Response:
        row = self.get_object()
        self.read([row])
        return self.shown(row)


class PayrollSnapshotDetail(PayrollView):
    actions = {"GET": "read"}
    titles = {"GET": "Get payroll snapshot"}
    read_serializer = PayrollSnapshotSerializer

    def get(self, request: Any, **path: Any) -> Response:
        row = self.get_object()
        if not hasattr(row, "snapshot"):
            raise NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
        self.read([row])
        return Response(self.read_serializer().to_representation(row.snapshot))


def expand_latest_payroll(rows: Sequence[Any], user: Any) -> dict[UUID, Any]:
    """`?include=latest_payroll` on employees: the newest payslip, null for whoever may not see it."""
    found = newest.latest(rows, user)
    reading.payrolls(rows=found.values(), by=user, at=ApiView.now())
    serializer = PayrollSerializer()
    return {employee_id: serializer.to_representation(payroll) for employee_id, payroll in found.items()}


def expand_explanation(rows: Sequence[Any], user: Any) -> dict[UUID, Any]:
    """`?include=explanation` on payslips: a sentence for each line that says how it came about."""
    return dict(explained.sentences([row.pk for row in rows]))
