"""PURE. Credentials of this door: the API key, the bearer token, and the call that trades a client pair for a token."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam import refusals
from attendance.adapters.text import is_storable

TOKEN_SECONDS = 86_400
SCOPES = (
    "account_information.read",
    "jobs.read",
    "time_clock.read",
    "time_clock.write",
    "time_clock.delete",
)


@dataclass(frozen=True)
class ApiKey:
    value: str


@dataclass(frozen=True)
class BearerToken:
    value: str


@dataclass(frozen=True)
class TokenRequest:
    """A client pair and the scopes asked for; no scopes asked for means all the client holds."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...] = ()


def credential(*, api_key: str | None, authorization: str | None) -> ApiKey | BearerToken:
    """What a request presents, the key before the token. Raises Refused: 401 when there is nothing."""
    if api_key and api_key.strip():
        return ApiKey(api_key.strip())
    scheme, _, value = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return BearerToken(value.strip())
    raise refusals.no_credential()


def token_request(*, authorization: str | None, form: Mapping[str, str]) -> TokenRequest:
    """A client-credentials call with HTTP Basic. Raises Refused: 400 for another grant, 401 for no client pair."""
    if form.get("grant_type", "client_credentials") != "client_credentials":
        raise refusals.grant_unsupported()
    client_id, client_secret = _basic(authorization)
    scopes = tuple(dict.fromkeys(form.get("scope", "").split()))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise refusals.scopes_unauthorised(unknown)
    return TokenRequest(client_id, client_secret, scopes)


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        raise refusals.wrong_client()
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as unreadable:
        raise refusals.wrong_client() from unreadable
    client_id, _, secret = pair.partition(":")
    if not client_id or not secret or not is_storable(pair):
        raise refusals.wrong_client()
    return client_id, secret


def token_answer(access_token: str, scopes: tuple[str, ...]) -> JsonObject:
    """Bare, without the success envelope, and in snake case."""
    return {
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
    }
