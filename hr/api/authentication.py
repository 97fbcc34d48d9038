"""Bearer tokens: the token says who, the database says whether and what, in one query on every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from hr.models import User
from hr.selectors import users
from hr.services.sessions import REFUSED, VERSION_CLAIM, bearer_of, holder_of


def user_of(token: AccessToken) -> User:
    """The live user of an access token. Raises AuthenticationFailed when it no longer counts."""
    try:
        user_id, session_id = holder_of(token)
    except ValueError:
        raise AuthenticationFailed(REFUSED) from None
    user = users.signed_in(user_id=user_id, session_id=session_id)
    if user is None or token.get(VERSION_CLAIM) != user.token_version:
        raise AuthenticationFailed(REFUSED)
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


class BearerOrRefreshToken(BearerAuthentication):
    """For signing out alone: where the access token is missing or over, the refresh token in the body says who."""

    def authenticate(self, request: Any) -> tuple[User, Any] | None:
        try:
            if found := super().authenticate(request):
                return found
            refusal = None
        except AuthenticationFailed as refused:
            refusal = refused
        body = request.data
        token = body.get("refresh_token") if isinstance(body, Mapping) else None
        user = bearer_of(token) if isinstance(token, str) else None
        if user is not None:
            return user, {}
        if refusal is not None:
            raise refusal
        return None


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names our authentication."""

    target_class = BearerAuthentication
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
