"""The token call: a client pair buys a bearer token for a day."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from attendance.adapters.bodies import Unsupported, form_body, is_form
from attendance.adapters.connecteam import refusals, wire_tokens
from attendance.adapters.connecteam.auth import door
from attendance.adapters.door import json_answer, spend
from attendance.selectors import vendor_keys as keys
from attendance.services import vendor_keys


def token(request: HttpRequest, at: datetime) -> HttpResponseBase:
    """Client credentials by HTTP Basic, the rest as a form. Everything counts against the key's limit."""
    if not is_form(request) and request.body:
        raise Unsupported("Send a form.", code="unsupported")
    sent = wire_tokens.token_request(authorization=request.headers.get("Authorization"), form=form_body(request))
    key = keys.by_client(vendor=door.vendor, client_id=sent.client_id, secret=sent.client_secret)
    if key is None:
        raise refusals.wrong_client()
    spend(key)
    vendor_keys.used(key=key, at=at)
    scopes = sent.scopes or wire_tokens.SCOPES
    made = secrets.token_urlsafe(32)
    lifetime = timedelta(seconds=wire_tokens.TOKEN_SECONDS)
    vendor_keys.exchange(key=key, token=made, lifetime=lifetime, at=at, scope=" ".join(scopes))
    return json_answer(wire_tokens.token_answer(made, scopes))
