"""What was agreed with each person: dated pay rates, and components assigned with an amount or a formula."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from hr.api.days import day
from payroll.models import PayRate, PayrollKind, RateSource, SalaryAssignment
from payroll.services import assignments, rates, reading
from peoplesync.core.api import filters
from peoplesync.core.api.fields import IdField, InstantField, StrictBooleanField, TextField, WordField, money
from peoplesync.core.api.views import ApiView, PostView


def _allow_retro() -> StrictBooleanField:
    return StrictBooleanField(
        required=False, help_text="Also when a posted payroll paid these days: it stays as it is."
    )


class PayRateSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    amount = money()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.ChoiceField(choices=RateSource.values)
    is_confirmed = serializers.BooleanField()
    created_at = InstantField()


class PayRateCreateSerializer(serializers.Serializer):
    employee_id = IdField()
    amount = money(min_value=0)
    valid_from = day()
    allow_retro = _allow_retro()


class SalaryAssignmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    employee_id = serializers.UUIDField()
    component_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PayrollKind.values)
    amount = money(allow_null=True)
    formula = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    created_at = InstantField()


class SalaryAssignmentCreateSerializer(serializers.Serializer):
    employee_id = IdField()
    component_id = IdField()
    amount = money(required=False, allow_null=True, min_value=0)
    formula = TextField(required=False, allow_blank=True, max_length=500)
    kind = WordField(choices=PayrollKind.values, required=False)
    valid_from = day()
    valid_to = day(required=False, allow_null=True)
    allow_retro = _allow_retro()


class SalaryAssignmentUpdateSerializer(serializers.Serializer):
    valid_to = day()
    allow_retro = _allow_retro()


class TermsFilter(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id", help_text="Only this employee's.")


class PayRates(PostView):
    resource = "pay_rates"
    is_list = True
    titles = {"GET": "List pay rates", "POST": "Set a salary from a day on"}
    actions = {"GET": "read", "POST": "write"}
    read_serializer = PayRateSerializer
    write_serializers = {"POST": PayRateCreateSerializer}
    filterset_class = TermsFilter
    may_answer = {"POST": (409,)}

    def visible(self) -> Any:
        return PayRate.objects.visible_to(self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        reading.rates(rows=page or [], by=self.request.user, at=self.now())
        return page

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(rates.set_from(**self.valid(), by=request.user, at=self.now()), status=201)


class SalaryAssignments(PostView):
    resource = "salary_assignments"
    is_list = True
    titles = {"GET": "List salary assignments", "POST": "Assign a component to an employee"}
    actions = {"GET": "read", "POST": "write"}
    read_serializer = SalaryAssignmentSerializer
    write_serializers = {"POST": SalaryAssignmentCreateSerializer}
    filterset_class = TermsFilter
    may_answer = {"POST": (409,)}

    def visible(self) -> Any:
        return SalaryAssignment.objects.visible_to(self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        reading.assignments(rows=page or [], by=self.request.user, at=self.now())
        return page

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(assignments.assign(**self.valid(), by=request.user, at=self.now()), status=201)


class SalaryAssignmentDetail(ApiView):
    resource = "salary_assignments"
    titles = {"GET": "Get salary assignment", "PUT": "End a salary assignment"}
    actions = {"GET": "read", "PUT": "write"}
    read_serializer = SalaryAssignmentSerializer
    write_serializers = {"PUT": SalaryAssignmentUpdateSerializer}
    may_answer = {"PUT": (409,)}

    def visible(self) -> Any:
        return SalaryAssignment.objects.visible_to(self.request.user)

    def get(self, request: Any, id: Any) -> Response:  # noqa: A002 the path's name
        row = self.get_object()
        reading.assignments(rows=[row], by=request.user, at=self.now())
        return self.shown(row)

    def put(self, request: Any, id: Any) -> Response:  # noqa: A002 the path's name
        asked = self.valid()
        last_day = asked.pop("valid_to")
        row = self.get_object()
        return self.shown(assignments.end(assignment=row, last_day=last_day, **asked, by=request.user, at=self.now()))
