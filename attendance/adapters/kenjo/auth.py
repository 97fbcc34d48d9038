"""Kenjo's door: an API key is exchanged for a token of two days, every refusal goes out in its envelope."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from attendance.adapters.answers import Answer
from attendance.adapters.bodies import json_body
from attendance.adapters.door import Call, VendorDoor, json_answer, spend
from attendance.adapters.kenjo import wire
from attendance.adapters.kenjo.errors import ENVELOPE
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_keys as keys
from attendance.services import vendor_keys
from peoplesync.kernel.errors import PeopleSyncError, Unauthenticated

#: As long as the vendor's sample token lives.
LIFETIME = timedelta(hours=48)


class KenjoDoor(VendorDoor):
    """A bearer token on every call but the log-in."""

    vendor = Vendor.KENJO.value

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, Any]:
        sent = wire.read_bearer(request.headers.get("Authorization"))
        token = keys.by_token(vendor=self.vendor, token=sent, at=at)
        if token is None:
            raise Unauthenticated("The token is not valid or expired. Log in again.", code="invalid_token")
        return token.key, token

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> Answer:
        return ENVELOPE.of_error(error)

    def refused_with(self, status: int, request: HttpRequest) -> Answer:
        return ENVELOPE.of_status(status)


door = KenjoDoor()


def login(request: HttpRequest, at: datetime) -> HttpResponseBase:
    """Exchange an API key for a token."""
    key = keys.by_secret(vendor=door.vendor, secret=wire.read_login(json_body(request)))
    if key is None:
        raise Unauthenticated(
            "The API key is not valid. It may be revoked; ask an administrator for a new one.", code="invalid_key"
        )
    spend(key)
    vendor_keys.used(key=key, at=at)
    token = _token(key, at)
    vendor_keys.exchange(key=key, token=token, lifetime=LIFETIME, at=at)
    return json_answer(wire.write_token(token, at + LIFETIME))


def logout(call: Call) -> HttpResponse:
    """End the token of the call; the API key and its other tokens go on."""
    vendor_keys.end_token(token=call.token, at=call.at)
    return json_answer(None, status=204)


def _token(key: VendorKey, at: datetime) -> str:
    """A signed token, because clients read its expiry. What counts is our record of it, so it can be ended at once.

    Its audience is no other than this door's: it never passes for a token of our own API.
    """
    claims = {
        "iss": "peoplesync",
        "aud": "peoplesync-kenjo",
        "sub": str(key.pk),
        "jti": uuid4().hex,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
    }
    return jwt.encode(claims, settings.JWT_SIGNING_KEY, algorithm="HS256")
