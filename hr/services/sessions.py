"""Sessions: signing in gives an access token and a refresh token; a refresh token works once.

A session is a family of tokens with one session id (`sid`). Ending it marks that id; ending all sessions of a user raises
her token version, which every token carries. Both are read with the user on every call, so they act at once. The token
tables hold ids only, never a token: reading them signs nobody in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from hr.models import User
from hr.selectors import users
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid, Unauthenticated

VERSION_CLAIM = "ver"
SESSION_CLAIM = "sid"
REFUSED = "The token is invalid or has expired. Sign in again."
ENDED = "This refresh token was used before, so this session was ended. Sign in again; other devices stay signed in."


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gives the client."""

    user: User
    access: str
    refresh: str
    lifetime_seconds: int


def begin(*, user: User, at: datetime) -> Tokens:
    """Start a session of a user whose password was just checked."""
    with transaction.atomic():
        activity.record(
            action="user.signed_in", resource_type="user", resource_id=user.pk, by=user, meta={"door": "api"}, at=at
        )
        return _issued(user, session_id=uuid4().hex, at=at)


def entered(*, user: User, at: datetime) -> None:
    """Log that a member of staff signed in to the admin, whose session is the browser's."""
    activity.record(
        action="user.signed_in", resource_type="user", resource_id=user.pk, by=user, meta={"door": "admin"}, at=at
    )


def refused(*, email: str, at: datetime) -> None:
    """Log a failed sign-in; what was typed is masked, and nothing says whether the address exists."""
    activity.record(
        action="user.sign_in_failed", resource_type="user", resource_id=None, by=None, meta={"email": email}, at=at
    )


def renew(*, refresh_token: str, at: datetime) -> Tokens:
    """Exchange a refresh token for a new pair. Raises Unauthenticated when it does not count any more.

    A token that was used before may be in two hands: its session is ended, in both. Two requests that were under way
    together are one client's hurry and not that: the first wins, the other is only refused.
    """
    token = _read(refresh_token)
    with transaction.atomic():
        user = _holder(token)
        used_at = _used_at(token)
        if used_at is None:
            _use_up(token["jti"], user=user, at=at)
            return _issued(user, session_id=token[SESSION_CLAIM], at=at)
        if used_at < at:
            _use_up(token[SESSION_CLAIM], user=user, at=at)
            _log_end("user.session_ended", user, "refresh token used twice", by=None, at=at)
    raise Unauthenticated(ENDED if used_at < at else REFUSED, code="token_used")


def bearer_of(refresh_token: str) -> User | None:
    """The live user of a refresh token, used or not: enough to end its session, and nothing else."""
    try:
        user_id, _ = holder_of(_read(refresh_token))
    except Unauthenticated:
        return None
    user = users.found(user_id)
    return user if user and user.is_active else None


def end(*, refresh_token: str, session_id: str | None, by: User, at: datetime) -> None:
    """Sign out: the session of the refresh token ends, and the one of the call; doing it again changes nothing.

    Raises Invalid for a foreign token.
    """
    try:
        token = _read(refresh_token)
    except Unauthenticated:
        token = None
    if token is None or token[api_settings.USER_ID_CLAIM] != str(by.pk):
        raise Invalid.field("refresh_token", "This is not a refresh token of yours.", code="foreign_token")
    with transaction.atomic():
        named = dict.fromkeys(filter(None, (token[SESSION_CLAIM], session_id)))
        fresh = [_use_up(each, user=by, at=at) for each in named]
        if any(fresh):
            activity.record(action="user.signed_out", resource_type="user", resource_id=by.pk, by=by, at=at)


def end_all(*, user: User, reason: str, by: User | None, at: datetime) -> None:
    """End every session of a user, on every device and in the admin, from the next call on."""
    with transaction.atomic():
        _end_all(user, reason=reason, by=by, at=at)


def access_token(*, user: User, session_id: str, at: datetime) -> AccessToken:
    """An access token of a session. Its `roles` are for display: rights are read from the database on every call."""
    token = _claimed(AccessToken(), user, session_id, at)
    token["roles"] = sorted(user.role_names)
    return token


def sweep(*, at: datetime) -> int:
    """Forget the ids of tokens that have expired; the number of rows forgotten."""
    return OutstandingToken.objects.filter(expires_at__lt=at).delete()[0]


def holder_of(token: Token) -> tuple[UUID, str]:
    """User id and session id of a token whose signature was checked. Raises ValueError when it has none."""
    user_id, session_id = token.get(api_settings.USER_ID_CLAIM), token.get(SESSION_CLAIM)
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        raise ValueError("the token names no user or no session")
    return UUID(user_id), UUID(session_id).hex


def _issued(user: User, *, session_id: str, at: datetime) -> Tokens:
    refresh = _claimed(RefreshToken(), user, session_id, at)
    access = access_token(user=user, session_id=session_id, at=at)
    return Tokens(user, str(access), str(refresh), int(AccessToken.lifetime.total_seconds()))


def _claimed(token: Any, user: User, session_id: str, at: datetime) -> Any:
    token.set_iat(at_time=at)
    token.set_exp(from_time=at)
    token[api_settings.USER_ID_CLAIM] = str(user.pk)
    token[VERSION_CLAIM] = user.token_version
    token[SESSION_CLAIM] = session_id
    return token


class _RefreshToken(RefreshToken):
    """A refresh token whose use is asked about later, under the lock of its user."""

    def check_blacklist(self) -> None:
        return


def _read(refresh_token: str) -> RefreshToken:
    """A refresh token with a good signature, audience, issuer, type and time; used or not."""
    try:
        token = _RefreshToken(refresh_token)  # type: ignore[arg-type]  # the library's hint names itself
        holder_of(token)
        return token
    except (TokenError, ValueError):
        raise Unauthenticated(REFUSED, code="token_invalid") from None


def _holder(token: RefreshToken) -> User:
    """The live user of a refresh token, locked: two uses of one token wait for each other here."""
    user_id, session_id = holder_of(token)
    User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    user = users.signed_in(user_id=user_id, session_id=session_id)
    if user is None or token.get(VERSION_CLAIM) != user.token_version:
        raise Unauthenticated(REFUSED, code="session_ended")
    return user


def _used_at(token: RefreshToken) -> datetime | None:
    used = BlacklistedToken.objects.filter(token__jti=token["jti"])
    return used.values_list("blacklisted_at", flat=True).first()


def _use_up(jti: str, *, user: User, at: datetime) -> bool:
    """Mark the id of a token or session; whether it was not yet. Forgotten once nothing that carries it can be alive."""
    expires_at = at + RefreshToken.lifetime
    row, _ = OutstandingToken.objects.get_or_create(
        jti=jti, defaults={"user": user, "token": "", "created_at": at, "expires_at": expires_at}
    )
    return BlacklistedToken.objects.get_or_create(token=row)[1]


def _end_all(user: User, *, reason: str, by: User | None, at: datetime) -> None:
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1, updated_at=at)
    _log_end("user.sessions_ended", user, reason, by=by, at=at)


def _log_end(action: str, user: User, reason: str, *, by: User | None, at: datetime) -> None:
    activity.record(action=action, resource_type="user", resource_id=user.pk, by=by, meta={"why": reason}, at=at)
