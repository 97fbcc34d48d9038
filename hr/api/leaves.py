"""Leave over HTTP (contract, 3.6): ask, list, read, decide; and, beside the contract, take back, types and balances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.api.days import between_days, day
from hr.api.employees import EmployeeSerializer
from hr.models import Employee, Leave, LeaveStatus, LeaveType, User
from hr.selectors import leave_balances, organisation
from hr.services import leaves, pay_reading
from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField, NumberField, TextField, WordField
from peoplesync.core.api.includes import Included
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.errors import Invalid

#: The four kinds of the contract.
CODES = ["annual", "sick", "permission", "unpaid"]
_ASKED = {
    "leave_type": "annual",
    "start_date": "2025-12-01",
    "end_date": "2025-12-05",
    "days": 5,
    "reason": "Family vacation",
}
_SHOWN = {
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "employee_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    **_ASKED,
    "status": "pending",
    "approved_by": None,
    "created_at": "2025-11-15T10:30:00Z",
    "updated_at": "2025-11-15T10:30:00Z",
}


@extend_schema_serializer(component_name="Leave", examples=[OpenApiExample("Leave", _SHOWN, response_only=True)])
class LeaveSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    employee = Included("leaves", "employee")
    leave_type = serializers.ChoiceField(CODES, source="leave_type_id")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    days = NumberField(max_digits=6, decimal_places=2)
    status = serializers.ChoiceField(LeaveStatus.values)
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    approver = Included("leaves", "approver")
    reason = serializers.CharField(allow_null=True)
    created_at = InstantField()
    updated_at = InstantField()


@extend_schema_serializer(component_name="LeaveCreate", examples=[OpenApiExample("Ask", _ASKED, request_only=True)])
class LeaveCreateSerializer(serializers.Serializer):
    leave_type = WordField(CODES)
    start_date = day()
    end_date = day()
    days = NumberField(max_digits=6, decimal_places=2, min_value=Decimal("0.01"))
    reason = TextField(max_length=2000, allow_null=True, allow_blank=True, required=False, default=None)


@extend_schema_serializer(
    component_name="LeaveApprove",
    examples=[
        OpenApiExample("Approve", {"status": "approved", "note": "Approved for annual vacation"}, request_only=True)
    ],
)
class LeaveApproveSerializer(serializers.Serializer):
    status = WordField([LeaveStatus.APPROVED.value, LeaveStatus.REJECTED.value])
    note = TextField(max_length=2000, allow_blank=True, required=False, default="")


@between_days("end_date", "start_date")
class LeaveFilter(filters.FilterSet):
    status = filters.choice_filter("status", LeaveStatus.choices)
    employee_id = filters.uuid_filter("employee_id")
    department_id = filters.uuid_filter("employee__department_id")


class LeaveView(ApiView):
    """What every leave route shares: the visible rows and their shape."""

    resource = "leaves"
    read_serializer = LeaveSerializer

    def visible(self) -> Any:
        return Leave.objects.alive().visible_to(self.request.user)


class LeaveList(LeaveView, PostView):
    actions = {"GET": "read", "POST": "create"}
    titles = {"GET": "List leaves", "POST": "Create leave request"}
    write_serializers = {"POST": LeaveCreateSerializer}
    filterset_class = LeaveFilter
    is_list = True
    queryset = Leave.objects.none()  # names the model to the OpenAPI document; what is read is `visible`

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        if request.user.employee_id is None:
            raise Invalid(
                "Your user is not connected to an employee, so there is nobody to take leave. Ask HR to connect it.",
                code="no_employee",
            )
        asked = self.valid()
        made = leaves.request(employee=request.user.employee, by=request.user, at=self.now(), **asked)
        return self.shown(made, status=201)


class LeaveDetail(LeaveView):
    actions = {"GET": "read"}
    titles = {"GET": "Get leave details"}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())


class LeaveDecision(LeaveView):
    """Reading decides who finds the leave (404), the service who may decide it (403)."""

    actions = {"PATCH": "read"}
    titles = {"PATCH": "Approve/reject leave"}
    write_serializers = {"PATCH": LeaveApproveSerializer}
    may_answer = {"PATCH": (409,)}

    def patch(self, request: Any, **path: Any) -> Response:
        leave = self.get_object()
        leaves.ensure_may_decide(leave=leave, by=request.user)
        return self.shown(leaves.decide(leave=leave, by=request.user, at=self.now(), **self.valid()))


class LeaveWithdrawal(LeaveView, PostView):
    """Take leave back: no body; the leave is gone from every list afterwards."""

    actions = {"POST": "withdraw"}
    titles = {"POST": "Take leave back"}
    answers = {"POST": (204, None)}
    may_answer = {"POST": (403,)}

    def posted(self, request: Any, **path: Any) -> Response:
        leaves.withdraw(leave=self.get_object(), by=request.user, at=self.now())
        return Response(status=204)


class LeaveTypeSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    is_paid = serializers.BooleanField()
    uses_balance = serializers.BooleanField(help_text="Days come off a balance; see /leave_balances.")
    yearly_days = NumberField(max_digits=6, decimal_places=2)
    needs_evidence = serializers.BooleanField()


class LeaveTypeList(ApiView):
    resource = "leave_types"
    actions = {"GET": "read"}
    titles = {"GET": "List leave types"}
    read_serializer = LeaveTypeSerializer
    is_list = True

    def visible(self) -> Any:
        return LeaveType.objects.all()

    def get(self, request: Any) -> Response:
        return self.listed()


class LeaveTypeBalanceSerializer(serializers.Serializer):
    leave_type = serializers.CharField()
    balance = NumberField(max_digits=9, decimal_places=2, help_text="Days on the date asked for.")
    pending = NumberField(
        max_digits=9, decimal_places=2, help_text="Days asked for until the end of its year and not decided."
    )
    available = NumberField(
        max_digits=9,
        decimal_places=2,
        help_text="Days that may still be asked for until the end of its year: those approved for later are off it.",
    )


class LeaveBalanceSerializer(serializers.Serializer):
    employee_id = serializers.UUIDField()
    on = serializers.DateField()
    balances = LeaveTypeBalanceSerializer(many=True)


class BalanceFilter(filters.FilterSet):
    employee_id = filters.uuid_filter("id")


class _On(serializers.Serializer):
    on = day(required=False)


@extend_schema(parameters=[OpenApiParameter("on", date, description="The date of the balance; today when absent.")])
class LeaveBalanceList(ApiView):
    """Balances of the people whose leave the caller may see, a page of people at a time."""

    resource = "leave_balances"
    actions = {"GET": "read"}
    titles = {"GET": "List leave balances"}
    read_serializer = LeaveBalanceSerializer
    filterset_class = BalanceFilter
    is_list = True
    queryset = Employee.objects.none()  # names the model to the OpenAPI document; what is read is `visible`

    def visible(self) -> Any:
        return Employee.objects.alive().visible_to(self.request.user, resource=self.resource)

    def get(self, request: Any) -> Response:
        on = self._day()
        page = self.paginate_queryset(self.filter_queryset(self.visible())) or []
        found = leave_balances.balances([person.pk for person in page], on)
        rows = [{"employee_id": who, "on": on, "balances": found[who]} for who in found]
        return self.get_paginated_response(LeaveBalanceSerializer(rows, many=True).data)

    def _day(self) -> date:
        asked = _On(data={name: value for name, value in self.request.query_params.items() if name == "on" and value})
        asked.is_valid(raise_exception=True)
        return asked.validated_data.get("on") or organisation.today(self.now())


class ApproverSerializer(serializers.Serializer):
    """Who decided, as far as everybody may know: users' addresses and roles are for administrators."""

    id = serializers.UUIDField()
    employee_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


def expand_employee(rows: Sequence[Leave], user: Any) -> dict[UUID, Any]:
    """`?include=employee`: the person on leave, her pay hidden as everywhere and its reading logged."""
    people = Employee.objects.in_bulk({row.employee_id for row in rows})
    pay_reading.salaries(people=people.values(), by=user, at=ApiView.now())
    serializer = EmployeeSerializer(context={"request": SimpleNamespace(user=user)})
    return {row.pk: serializer.to_representation(people[row.employee_id]) for row in rows}


def expand_approver(rows: Sequence[Leave], user: Any) -> dict[UUID, Any]:
    """`?include=approver`: who decided; null while nobody has. One statement."""
    found = User.objects.select_related("employee").in_bulk({row.approved_by_id for row in rows if row.approved_by_id})
    return {row.pk: _approver(found[row.approved_by_id]) for row in rows if row.approved_by_id}


def _approver(user: User) -> dict[str, Any]:
    name = user.employee.full_name if user.employee else user.email.partition("@")[0]
    return {"id": str(user.pk), "employee_id": user.employee_id and str(user.employee_id), "name": name}
