"""Bearer tokens: the token says who, the database says whether and what, in one query on every call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from hr.models import User, UserRole

REFUSED = "The token is invalid or has expired. Sign in again."
VERSION_CLAIM = "ver"


def with_roles(users: Any) -> Any:
    """Users with the names of their roles as `held_roles`, and their employee, in the same statement."""
    held = UserRole.objects.filter(user=OuterRef("pk"), deleted_at=None, role__deleted_at=None)
    return users.select_related("employee").annotate(held_roles=ArraySubquery(held.values("role__name")))


def user_of(token: AccessToken) -> User:
    """The live user of an access token. Raises AuthenticationFailed when it no longer counts."""
    try:
        user_id = UUID(str(token["sub"]))
    except (KeyError, ValueError):
        raise AuthenticationFailed(REFUSED) from None
    user = with_roles(User.objects.alive()).filter(pk=user_id, is_active=True).first()
    if user is None or token.get(VERSION_CLAIM) != user.token_version:
        raise AuthenticationFailed(REFUSED)
    user.role_names = frozenset(user.held_roles)
    return user


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; nothing else signs a native call in."""

    def authenticate(self, request: Any) -> tuple[User, AccessToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(REFUSED)
        try:
            token = AccessToken(parts[1])
        except TokenError:
            raise AuthenticationFailed(REFUSED) from None
        return user_of(token), token

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names our authentication."""

    target_class = BearerAuthentication
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
