"""Users over HTTP (contract, schema User): for administrators, and `/auth/me` for everybody."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.models import User
from hr.selectors import users as selector
from hr.services import users
from peoplesync.core.api import filters
from peoplesync.core.api.fields import (
    EmailAddressField,
    IdField,
    InstantField,
    ItemsField,
    StrictBooleanField,
    TextField,
)
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.roles import RoleName


class PasswordField(TextField):
    """A password: never trimmed, never shown, bounded because hashing has a price."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, trim_whitespace=False, write_only=True, **options)


USER_EXAMPLE = {
    "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "email": "admin@company.com",
    "employee_id": None,
    "is_active": True,
    "roles": ["admin", "hr"],
    "created_at": "2025-01-15T08:00:00Z",
    "updated_at": "2025-01-20T10:30:00Z",
}


@extend_schema_serializer(
    examples=[OpenApiExample("A user", USER_EXAMPLE, response_only=True)],
)
class UserSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    employee_id = serializers.UUIDField(allow_null=True)
    is_active = serializers.BooleanField()
    roles = serializers.SerializerMethodField()
    created_at = InstantField()
    updated_at = InstantField()

    def get_roles(self, user: Any) -> list[str]:
        return sorted(user.held_roles)


class UserCreateSerializer(serializers.Serializer):
    email = EmailAddressField()
    password = PasswordField()
    employee_id = IdField(required=False, allow_null=True)
    roles = ItemsField(child=TextField(max_length=100), max_length=50, default=lambda: [RoleName.EMPLOYEE])


class UserUpdateSerializer(serializers.Serializer):
    email = EmailAddressField(required=False)
    password = PasswordField(required=False)
    employee_id = IdField(required=False, allow_null=True)
    is_active = StrictBooleanField(required=False)
    roles = ItemsField(child=TextField(max_length=100), max_length=50, required=False)


class UserFilter(filters.FilterSet):
    is_active = filters.BooleanWordFilter(field_name="is_active")
    employee_id = filters.uuid_filter("employee_id")
    search = filters.SearchFilter(columns=("email",))


class _UserView(ApiView):
    resource = "users"
    read_serializer = UserSerializer

    def visible(self) -> Any:
        return selector.listed()

    def answer(self, user: User, *, status: int = 200) -> Response:
        """The user as she is now, her roles included."""
        return self.shown(self.visible().get(pk=user.pk), status=status)


class Users(_UserView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List users", "POST": "Create user"}
    write_serializers = {"POST": UserCreateSerializer}
    filterset_class = UserFilter

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any) -> Response:
        return self.answer(users.create(**self.valid(), by=request.user, at=self.now()), status=201)


class UserDetail(_UserView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get user details", "PUT": "Update user"}
    write_serializers = {"PUT": UserUpdateSerializer}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        user, changes = self.get_object(), self.valid(partial=True)
        return self.answer(users.update(user=user, changes=changes, by=request.user, at=self.now()))  # type: ignore[arg-type]  # the serializer has exactly these fields
