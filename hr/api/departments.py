"""Departments over HTTP (contract, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.models import Department
from hr.selectors import departments as selector
from hr.services import departments
from peoplesync.core.api.fields import IdField, InstantField, TextField
from peoplesync.core.api.includes import Included
from peoplesync.core.api.views import ApiView, PostView

RESOURCE = "departments"
_SAMPLE = {"name": "Engineering", "code": "ENG", "parent_id": None}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A department",
            {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", **_SAMPLE, "created_at": "2025-01-12T10:15:00Z"},
            response_only=True,
        )
    ]
)
class DepartmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    code = serializers.CharField(allow_null=True)
    parent_id = serializers.UUIDField(allow_null=True)
    created_at = InstantField()
    parent = Included(RESOURCE, "parent")
    children = Included(RESOURCE, "children")


@extend_schema_serializer(examples=[OpenApiExample("A new department", _SAMPLE, request_only=True)])
class DepartmentCreateSerializer(serializers.Serializer):
    name = TextField(max_length=150)
    code = TextField(max_length=50, required=False, allow_null=True, allow_blank=True)
    parent_id = IdField(required=False, allow_null=True)


@extend_schema_serializer(examples=[OpenApiExample("Changes", _SAMPLE, request_only=True)])
class DepartmentUpdateSerializer(DepartmentCreateSerializer):
    name = TextField(max_length=150, required=False)


class Departments(PostView):
    resource = RESOURCE
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List all departments", "POST": "Create a new department"}
    is_list = True
    read_serializer = DepartmentSerializer
    write_serializers = {"POST": DepartmentCreateSerializer}

    def visible(self) -> Any:
        return selector.listed()

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any) -> Response:
        return self.shown(departments.create(**self.valid(), by=request.user, at=self.now()), status=201)


class DepartmentDetail(ApiView):
    resource = RESOURCE
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get department details", "PUT": "Update department"}
    read_serializer = DepartmentSerializer
    write_serializers = {"PUT": DepartmentUpdateSerializer}

    def visible(self) -> Any:
        return selector.listed()

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        department, changes = self.get_object(), self.valid(partial=True)
        return self.shown(
            departments.update(department=department, changes=changes, by=request.user, at=self.now())  # type: ignore[arg-type]  # the serializer has exactly these fields
        )


def shape(row: Department) -> dict[str, Any]:
    """A department as other resources include it."""
    return DepartmentSerializer().to_representation(row)


def expand_parent(rows: Sequence[Department], user: Any) -> dict[UUID, Any]:
    """`?include=parent`: the department above, null at the top."""
    found = selector.by_id(row.parent_id for row in rows)
    return {row.pk: shape(found[row.parent_id]) for row in rows if row.parent_id in found}


def expand_children(rows: Sequence[Department], user: Any) -> dict[UUID, Any]:
    """`?include=children`: the departments directly below."""
    found = selector.children_of(row.pk for row in rows)
    return {parent_id: [shape(child) for child in children] for parent_id, children in found.items()}
