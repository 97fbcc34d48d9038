"""The token call: a password, a refresh token or the client pair alone buys two tokens, of 30 and of 60 days."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from attendance.adapters.bodies import Unsupported, form_body, is_form
from attendance.adapters.door import json_answer, spend
from attendance.adapters.workly import wire_tokens
from attendance.adapters.workly.auth import door
from attendance.adapters.workly.errors import Refused
from attendance.adapters.workly.messages import Code
from attendance.models.vendor_key import VendorKey, digest
from attendance.selectors import vendor_keys as keys
from attendance.services import vendor_keys

LIFETIME = timedelta(seconds=wire_tokens.ACCESS_SECONDS)
REFRESH_LIFETIME = timedelta(seconds=wire_tokens.REFRESH_SECONDS)


def token(request: HttpRequest, at: datetime) -> HttpResponseBase:
    """A form, not JSON. A refresh token is used up by the call that shows it."""
    if not is_form(request) and request.body:
        raise Unsupported("Send a form.", code="unsupported")
    sent = wire_tokens.token_request(form_body(request))
    key = keys.by_client(vendor=door.vendor, client_id=sent.client.id, secret=sent.client.secret)
    if key is None:
        raise Refused(Code.WRONG_CLIENT)
    spend(key)
    if isinstance(sent, wire_tokens.PasswordGrant):
        _check_password(key, sent)
    if isinstance(sent, wire_tokens.RefreshGrant):
        _use_up(key, sent.refresh_token, at)
    vendor_keys.used(key=key, at=at)
    access, refresh = secrets.token_hex(20), secrets.token_hex(20)
    scope = ",".join(wire_tokens.SCOPES)
    vendor_keys.exchange(key=key, token=access, lifetime=LIFETIME, at=at, scope=scope)
    vendor_keys.exchange(key=key, token=refresh, lifetime=REFRESH_LIFETIME, at=at, is_refresh=True, scope=scope)
    return json_answer(wire_tokens.token_answer(access_token=access, refresh_token=refresh))


def _check_password(key: VendorKey, sent: wire_tokens.PasswordGrant) -> None:
    is_user = sent.username.strip().lower() == key.username.lower()
    is_password = constant_time_compare(digest(sent.password), key.password_hash)
    if not (key.username and is_user and is_password):
        raise Refused(Code.WRONG_LOGIN)


def _use_up(key: VendorKey, refresh_token: str, at: datetime) -> None:
    """Raises Refused (401, 7006) for a token that ran out, was used before, or is another client's."""
    found = keys.by_token(vendor=door.vendor, token=refresh_token, at=at, is_refresh=True)
    is_own = found is not None and found.key_id == key.pk
    if not is_own or vendor_keys.take_refresh(vendor=door.vendor, token=refresh_token, at=at) is None:
        raise Refused(Code.REFRESH_EXPIRED)
