"""PURE. The token call of this door, a form: password, refresh_token and client_credentials grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.errors import Refused
from attendance.adapters.workly.fields import Fields
from attendance.adapters.workly.messages import Code

ACCESS_SECONDS = 30 * 86_400
REFRESH_SECONDS = 60 * 86_400
SCOPES = ("v1:list:employee", "v1:view:employee", "v1:delete:employee")


@dataclass(frozen=True)
class Client:
    id: str
    secret: str


@dataclass(frozen=True)
class PasswordGrant:
    """`username` is an e-mail."""

    client: Client
    username: str
    password: str


@dataclass(frozen=True)
class RefreshGrant:
    client: Client
    refresh_token: str


@dataclass(frozen=True)
class ClientGrant:
    """Not documented, but tried by clients: the pair alone."""

    client: Client


def token_request(form: Mapping[str, object]) -> PasswordGrant | RefreshGrant | ClientGrant:
    """Raises Refused: 400/4000 without grant or client pair, 401/7005 for another grant; ValidationFailed (422)."""
    read = Fields(form)
    grant, client_id, secret = (read.text(key) for key in ("grant_type", "client_id", "client_secret"))
    if grant is None or client_id is None or secret is None:
        raise Refused(Code.ARGUMENTS_MISSING)
    client = Client(client_id, secret)
    if grant == "password":
        found: PasswordGrant | RefreshGrant | ClientGrant = PasswordGrant(
            client, read.require_text("username"), read.require_text("password")
        )
    elif grant == "refresh_token":
        found = RefreshGrant(client, read.require_text("refresh_token"))
    elif grant == "client_credentials":
        found = ClientGrant(client)
    else:
        raise Refused(Code.WRONG_GRANT)
    read.raise_any()
    return found


def bearer(authorization: str | None) -> str:
    """The access token of a request. Raises Refused: 401/7007 when none is sent, 401/7008 for another scheme."""
    if not authorization or not authorization.strip():
        raise Refused(Code.NOT_AUTHORISED)
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(Code.INVALID_TOKEN)
    return token.strip()


def token_answer(*, access_token: str, refresh_token: str, scopes: tuple[str, ...] = SCOPES) -> JsonObject:
    """Scopes are joined by commas here; both tokens are new after a refresh."""
    return {
        "access_token": access_token,
        "expires_in": ACCESS_SECONDS,
        "token_type": "bearer",
        "scope": ",".join(scopes),
        "refresh_token": refresh_token,
    }
