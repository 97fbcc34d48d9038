"""Signing in by e-mail address and password, for the API and the admin alike.

Guesses are counted per address by axes, whatever the address's case and wherever they come from, in the database: every
process sees the same count. A locked address answers 429 for a while, whether or not somebody has it.
"""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse

from hr.models import User
from hr.selectors import users
from peoplesync.core.staff import door

#: The same whether or not somebody has the address.
LOCKED = (
    "Too many wrong passwords for this e-mail address, so nobody signs in with it for now. Wait {minutes} minutes and try "
    "again, or ask your administrator for a new password."
)


class TooManyGuesses(Exception):
    """The address is locked for `wait_seconds`."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(wait_seconds)
        self.wait_seconds = wait_seconds
        self.sentence = LOCKED.format(minutes=-(-wait_seconds // 60))


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
        return users.signed_in(user_id=user_id)


def checked(request: Any, *, email: str, password: str) -> User | None:
    """The user whose e-mail and password these are, or None: unknown, wrong and inactive are one answer.

    `request` is the API's wrapper, so that the middleware for browsers does not answer in our place.
    Raises TooManyGuesses when the address is locked.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    if isinstance(user, User):
        user_logged_in.send(sender=User, request=request, user=user)
        return user
    if getattr(request, "axes_locked_out", False):
        raise TooManyGuesses(_wait_seconds())
    return None


def username_of(request: Any, credentials: dict[str, Any] | None) -> str | None:
    """What guesses are counted under: the address in lower case, whichever form or door it came through."""
    given = credentials.get("username") if credentials else getattr(request, "POST", {}).get("username")
    return given.strip().lower()[:255] if isinstance(given, str) else None


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """What a browser at the admin's login page is told while an address is locked."""
    locked = TooManyGuesses(_wait_seconds())
    answer = door.told(request, 429, door.TITLES[429], locked.sentence)
    answer["Retry-After"] = str(locked.wait_seconds)
    return answer


def _wait_seconds() -> int:
    cool_off = get_cool_off()
    return int(cool_off.total_seconds()) if cool_off else 3600
