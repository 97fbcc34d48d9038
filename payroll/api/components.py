"""Salary components (contract, 3.7): read by everybody signed in, written by HR and payroll."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from payroll.models import ComponentType, SalaryComponent
from payroll.services import components
from peoplesync.core.api.fields import InstantField, TextField, WordField, money
from peoplesync.core.api.views import ApiView, PostView

_SAMPLE = {"name": "Basic Salary", "type": "fixed", "default_amount": 5000000}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A salary component",
            {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", **_SAMPLE, "created_at": "2025-01-15T08:00:00Z"},
            response_only=True,
        )
    ]
)
class SalaryComponentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    type = WordField(choices=ComponentType.values)
    default_amount = money()
    created_at = InstantField()


@extend_schema_serializer(examples=[OpenApiExample("A new salary component", _SAMPLE, request_only=True)])
class SalaryComponentCreateSerializer(serializers.Serializer):
    name = TextField(max_length=150)
    type = WordField(choices=ComponentType.values)
    default_amount = money(required=False, min_value=0)


@extend_schema_serializer(examples=[OpenApiExample("Changes", _SAMPLE, request_only=True)])
class SalaryComponentUpdateSerializer(serializers.Serializer):
    name = TextField(max_length=150, required=False)
    type = WordField(choices=ComponentType.values, required=False)
    default_amount = money(required=False, min_value=0)


class ComponentView(ApiView):
    resource = "salary_components"
    read_serializer = SalaryComponentSerializer

    def visible(self) -> Any:
        return SalaryComponent.objects.alive()


class ComponentList(ComponentView, PostView):
    is_list = True
    titles = {"GET": "List all salary components", "POST": "Create a new salary component"}
    actions = {"GET": "read", "POST": "write"}
    write_serializers = {"POST": SalaryComponentCreateSerializer}

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        row = components.create(**self.valid(), by=request.user, at=self.now())
        return self.shown(row, status=201)


class ComponentDetail(ComponentView):
    titles = {"GET": "Get salary component details", "PUT": "Update salary component"}
    actions = {"GET": "read", "PUT": "write"}
    write_serializers = {"PUT": SalaryComponentUpdateSerializer}

    def get(self, request: Any, id: Any) -> Response:  # noqa: A002 the path's name
        return self.shown(self.get_object())

    def put(self, request: Any, id: Any) -> Response:  # noqa: A002 the path's name
        changes = self.valid(partial=True)
        return self.shown(
            components.update(component=self.get_object(), changes=changes, by=request.user, at=self.now())
        )
