"""Users over HTTP (contract, schema User): for administrators, and `/auth/me` for everybody."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from peoplesync.core.api.fields import InstantField


class UserSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    employee_id = serializers.UUIDField(allow_null=True)
    is_active = serializers.BooleanField()
    roles = serializers.SerializerMethodField()
    created_at = InstantField()
    updated_at = InstantField()

    def get_roles(self, user: Any) -> list[str]:
        return sorted(user.role_names)
