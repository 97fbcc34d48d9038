"""Roles over HTTP (contract, 3.2): the body is the Role itself, writable are its name and description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.models import Role
from hr.services import roles
from peoplesync.core.api.fields import InstantField, TextField
from peoplesync.core.api.views import ApiView, PostView

_SAMPLE = {"name": "admin", "description": "System administrator"}


@extend_schema_serializer(
    examples=[
        OpenApiExample("A new role", _SAMPLE, request_only=True),
        OpenApiExample(
            "A role",
            {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", **_SAMPLE, "created_at": "2025-01-10T09:00:00Z"},
            response_only=True,
        ),
    ]
)
class RoleSerializer(serializers.Serializer):
    id = serializers.UUIDField(read_only=True)
    name = TextField(max_length=100)
    description = TextField(max_length=2000, required=False, allow_null=True, allow_blank=True)
    created_at = InstantField(read_only=True)


class Roles(PostView):
    resource = "roles"
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List all roles", "POST": "Create a new role"}
    is_list = True
    read_serializer = RoleSerializer
    write_serializers = {"POST": RoleSerializer}

    def visible(self) -> Any:
        return Role.objects.alive()

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any) -> Response:
        return self.shown(roles.create(**self.valid(), by=request.user, at=self.now()), status=201)


class RoleDetail(ApiView):
    resource = "roles"
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get role details", "PUT": "Update role"}
    read_serializer = RoleSerializer
    write_serializers = {"PUT": RoleSerializer}

    def visible(self) -> Any:
        return Role.objects.alive()

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        role, changes = self.get_object(), self.valid(partial=True)
        return self.shown(roles.update(role=role, changes=changes, by=request.user, at=self.now()))  # type: ignore[arg-type]  # the serializer has exactly these fields
