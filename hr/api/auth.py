"""Signing in and out (contract, 3.1): login, refresh, logout, change of password, the caller herself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from hr.api.authentication import BearerOrRefreshToken
from hr.api.users import USER_EXAMPLE, PasswordField, UserSerializer
from hr.authentication import TooManyGuesses, checked
from hr.models import User
from hr.selectors import users
from hr.services import passwords, sessions
from peoplesync.core.api.fields import EmailAddressField, TextField
from peoplesync.core.api.permissions import Anonymous, SignedIn
from peoplesync.core.api.throttling import LoginThrottle
from peoplesync.core.api.views import ApiView
from peoplesync.kernel.errors import Invalid, TooMany, Unauthenticated

WRONG = "The e-mail address or the password is wrong."


@extend_schema_serializer(
    examples=[
        OpenApiExample("Sign in", {"email": "admin@company.com", "password": "securepassword123"}, request_only=True)
    ]
)
class AuthLoginRequestSerializer(serializers.Serializer):
    email = EmailAddressField()
    password = PasswordField()


class AuthTokensSerializer(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds the access token lives.")
    refresh_token = serializers.CharField(help_text="Works once: POST it to /auth/refresh for a new pair.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Signed in",
            {
                "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.xxxxx",
                "token_type": "Bearer",
                "expires_in": 3600,
                "refresh_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.yyyyy",
                "user": USER_EXAMPLE,
            },
            response_only=True,
        )
    ]
)
class AuthLoginResponseSerializer(AuthTokensSerializer):
    user = UserSerializer()


class AuthRefreshRequestSerializer(serializers.Serializer):
    refresh_token = TextField(max_length=4096)


class AuthLogoutRequestSerializer(AuthRefreshRequestSerializer):
    pass


class AuthChangePasswordRequestSerializer(serializers.Serializer):
    current_password = PasswordField()
    new_password = PasswordField()


def _tokens(tokens: sessions.Tokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.lifetime_seconds,
        "refresh_token": tokens.refresh,
    }


def _checked(request: Any, email: str, password: str) -> User | None:
    """As `hr.authentication.checked`, with the lock as the API's 429."""
    try:
        return checked(request, email=email, password=password)
    except TooManyGuesses as locked:
        raise TooMany(locked.sentence, code="account_locked", wait_seconds=locked.wait_seconds) from None


class Login(ApiView):
    """Public. An unknown address, a wrong password and a deactivated user get the same answer."""

    authentication_classes: list[Any] = []
    permission_classes = [Anonymous]
    throttle_classes = [LoginThrottle]
    titles = {"POST": "Authenticate user"}
    write_serializers = {"POST": AuthLoginRequestSerializer}
    answers = {"POST": (200, AuthLoginResponseSerializer)}
    may_answer = {"POST": (401,)}

    def post(self, request: Any) -> Response:
        given = self.valid()
        user = _checked(request, given["email"], given["password"])
        live = users.found(user.pk) if user else None
        # Checking takes a while: a password that was changed meanwhile signs nobody in.
        if live is None or user is None or live.password != user.password:
            sessions.refused(email=given["email"], at=self.now())
            raise Unauthenticated(WRONG, code="wrong_credentials")
        tokens = sessions.begin(user=live, at=self.now())
        return Response({**_tokens(tokens), "user": UserSerializer().to_representation(live)})


class Refresh(ApiView):
    """Public. A refresh token works once; using it again ends its session and no other."""

    authentication_classes: list[Any] = []
    permission_classes = [Anonymous]
    throttle_classes = [LoginThrottle]
    titles = {"POST": "Refresh tokens"}
    write_serializers = {"POST": AuthRefreshRequestSerializer}
    answers = {"POST": (200, AuthTokensSerializer)}
    may_answer = {"POST": (401,)}

    def post(self, request: Any) -> Response:
        arrived_at = self.now()
        return Response(_tokens(sessions.renew(refresh_token=self.valid()["refresh_token"], at=arrived_at)))


class Logout(ApiView):
    """Ends the session: its access token and its refresh token stop working at once. The refresh token alone is enough, so
    that a phone whose access token is over can sign out; doing it again answers the same.
    """

    authentication_classes = [BearerOrRefreshToken]
    permission_classes = [SignedIn]
    titles = {"POST": "Sign out"}
    write_serializers = {"POST": AuthLogoutRequestSerializer}
    answers = {"POST": (204, None)}

    @extend_schema(auth=[{"bearerAuth": []}, {}])
    def post(self, request: Any) -> Response:
        sessions.end(
            refresh_token=self.valid()["refresh_token"],
            session_id=request.auth.get(sessions.SESSION_CLAIM),
            by=request.user,
            at=self.now(),
        )
        return Response(status=204)


class ChangePassword(ApiView):
    """Sets a new password and ends every session of the caller, this one included."""

    permission_classes = [SignedIn]
    throttle_classes = [LoginThrottle]
    titles = {"POST": "Change password"}
    write_serializers = {"POST": AuthChangePasswordRequestSerializer}
    answers = {"POST": (204, None)}

    def post(self, request: Any) -> Response:
        given = self.valid()
        known = _checked(request, request.user.email, given["current_password"])
        if known is None:
            raise Invalid.field("current_password", "This is not your current password.", code="wrong_password")
        passwords.change(
            user=request.user,
            new_password=given["new_password"],
            by=request.user,
            at=self.now(),
            instead_of=known.password,
        )
        return Response(status=204)


class Me(ApiView):
    permission_classes = [SignedIn]
    titles = {"GET": "Get current user"}
    read_serializer = UserSerializer

    def get(self, request: Any) -> Response:
        return self.shown(request.user)
