"""Employees over HTTP (contract, 3.4). Pay is null for whoever may not see it, and nothing sorts or filters by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.api import departments as department_api
from hr.api.days import day
from hr.models import Employee, EmployeeStatus
from hr.selectors import departments
from hr.selectors import employees as selector
from hr.services import employees, pay_reading
from peoplesync.core.api import filters
from peoplesync.core.api.fields import (
    EmailAddressField,
    IdField,
    InstantField,
    NumberField,
    TextField,
    WordField,
    money,
)
from peoplesync.core.api.includes import Included
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.roles import Scope

RESOURCE = "employees"
_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
_SAMPLE = {
    "employee_number": "EMP-1002",
    "first_name": "Jane",
    "last_name": "Smith",
    "email": "user@example.com",
    "phone": "+628123456789",
    "department_id": _ID,
    "hired_at": "2020-01-15",
    "status": "active",
}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "An employee",
            {
                "id": _ID,
                "employee_number": "EMP-1001",
                "first_name": "John",
                "last_name": "Doe",
                "email": "john.doe@company.com",
                "phone": "+628123456789",
                "department_id": _ID,
                "hired_at": "2020-01-15",
                "status": "active",
                "current_salary": 15000000,
                "latest_payroll_id": None,
                "created_at": "2025-01-15T08:00:00Z",
                "updated_at": "2025-01-20T10:30:00Z",
            },
            response_only=True,
        )
    ]
)
class EmployeeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_number = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField(allow_null=True)
    email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    department_id = serializers.UUIDField(allow_null=True)
    department = Included(RESOURCE, "department")
    hired_at = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(EmployeeStatus.choices)
    current_salary = NumberField(max_digits=38, decimal_places=2, allow_null=True)
    latest_payroll_id = serializers.UUIDField(allow_null=True)
    latest_payroll = Included(RESOURCE, "latest_payroll")
    created_at = InstantField()
    updated_at = InstantField()

    def to_representation(self, instance: Employee) -> dict[str, Any]:
        shown = super().to_representation(instance)
        reader = self.context["request"].user
        if not selector.may_read_pay(reader, instance.pk):
            shown["current_salary"] = None
        latest = selector.latest_payroll_of(reader, instance)
        shown["latest_payroll_id"] = latest and str(latest)
        return shown


class _Writable(serializers.Serializer):
    last_name = TextField(max_length=150, required=False, allow_null=True, allow_blank=True)
    email = EmailAddressField(required=False, allow_null=True)
    phone = TextField(max_length=50, required=False, allow_null=True, allow_blank=True)
    department_id = IdField(required=False, allow_null=True)


@extend_schema_serializer(examples=[OpenApiExample("A new employee", _SAMPLE, request_only=True)])
class EmployeeCreateSerializer(_Writable):
    employee_number = TextField(max_length=50)
    first_name = TextField(max_length=150)
    hired_at = day(required=False, allow_null=True)
    status = WordField(EmployeeStatus.choices, default=EmployeeStatus.ACTIVE)


@extend_schema_serializer(
    examples=[OpenApiExample("Changes", {"status": "on_leave", "current_salary": 15000000}, request_only=True)]
)
class EmployeeUpdateSerializer(_Writable):
    first_name = TextField(max_length=150, required=False)
    status = WordField(EmployeeStatus.choices, required=False)
    current_salary = money(required=False, min_value=0)


class EmployeeFilter(filters.FilterSet):
    department_id = filters.uuid_filter("department_id")
    status = filters.choice_filter("status", EmployeeStatus.choices)
    search = filters.SearchFilter(columns=("first_name", "last_name", "email", "employee_number"))
    ordering = filters.OrderingFilter(
        fields=[(name, name) for name in ("employee_number", "first_name", "last_name", "hired_at", "created_at")]
    )


class _EmployeeView(ApiView):
    resource = RESOURCE
    read_serializer = EmployeeSerializer

    def visible(self) -> Any:
        return selector.listed()

    def _rendered(self, rows: Sequence[Employee]) -> list[dict[str, Any]]:
        """Every reading of somebody else's salary is logged."""
        pay_reading.salaries(people=rows, by=self.request.user, at=self.now())
        return super()._rendered(rows)


class Employees(_EmployeeView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List employees", "POST": "Create employee"}
    is_list = True
    write_serializers = {"POST": EmployeeCreateSerializer}
    filterset_class = EmployeeFilter

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any) -> Response:
        return self.shown(employees.hire(**self.valid(), by=request.user, at=self.now()), status=201)


class EmployeeDetail(_EmployeeView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get employee details", "PUT": "Update employee"}
    write_serializers = {"PUT": EmployeeUpdateSerializer}

    def permission_denied(self, request: Any, message: str | None = None, code: str | None = None) -> NoReturn:
        """Who changes pay but not records is told where."""
        if request.user is not None and self.reach("write_pay") is Scope.ALL:
            message = "Your role changes pay, not records. Set a salary from a day on with POST /pay_rates."
        super().permission_denied(request, message, code)

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        employee, changes = self.get_object(), self.valid(partial=True)
        if "current_salary" in changes:
            self.require("write_pay")
        return self.shown(
            employees.update(employee=employee, changes=changes, by=request.user, at=self.now())  # type: ignore[arg-type]  # the serializer has exactly these fields
        )


def expand_department(rows: Sequence[Employee], user: Any) -> dict[UUID, Any]:
    """`?include=department`: the employee's department, null when she has none."""
    found = departments.by_id(row.department_id for row in rows)
    return {row.pk: department_api.shape(found[row.department_id]) for row in rows if row.department_id in found}
