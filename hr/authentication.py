"""Signing in by e-mail address and password, for the API and the admin alike."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from hr.models import User


class Backend(BaseBackend):
    """Finds a live user and checks her password; every refusal takes the time of one hash."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.alive().filter(email__iexact=username.strip()).first()
        if user is None:
            User().set_password(password)  # an unknown address costs as much time as a wrong password
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.alive().select_related("employee").filter(pk=user_id, is_active=True).first()
