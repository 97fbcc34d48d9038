"""Connecteam's door: an API key or a bearer token, three envelopes, and six rate headers on every answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from attendance.adapters.answers import Answer
from attendance.adapters.bodies import Malformed
from attendance.adapters.connecteam import errors, refusals, wire_tokens
from attendance.adapters.connecteam.errors import Envelope
from attendance.adapters.door import Call, Handler, Limit, VendorDoor, as_response
from attendance.models.vendor_key import Vendor, VendorKey, VendorToken
from attendance.selectors import vendor_keys
from peoplesync.kernel.errors import PeopleSyncError

MOUNT = "/compat/connecteam"
MINUTE, DAY = 60, 86_400


class ConnecteamDoor(VendorDoor):
    """No credential is 401 and traced, a wrong key 403: clients tell the two apart by the status."""

    vendor = Vendor.CONNECTEAM.value

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, VendorToken | None]:
        sent = wire_tokens.credential(
            api_key=request.headers.get("X-API-KEY"), authorization=request.headers.get("Authorization")
        )
        if isinstance(sent, wire_tokens.BearerToken):
            token = vendor_keys.by_token(vendor=self.vendor, token=sent.value, at=at)
            if token is None:
                raise refusals.wrong_token()
            return token.key, token
        key = vendor_keys.by_secret(vendor=self.vendor, secret=sent.value)
        if key is None:
            raise refusals.wrong_key()
        return key, None

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> Answer:
        if isinstance(error, Malformed):
            error = _malformed(error)
        path = request.path.removeprefix(MOUNT)
        words = " ".join(sentence for sentences in error.errors.values() for sentence in sentences)
        return errors.answer_for(error, path=path, request_id=str(uuid4()), envelope=_envelope(request), words=words)

    def refused_with(self, status: int, request: HttpRequest) -> Answer:
        return errors.of_status(status)

    def too_many(self, request: HttpRequest, limit: Limit) -> HttpResponse:
        return as_response(self.refused_with(429, request))  # the rate headers say when, not Retry-After

    def finished(self, response: HttpResponseBase, limit: Limit | None) -> HttpResponseBase:
        for name, value in (_rate_headers(limit) if limit is not None else {}).items():
            response[name] = value
        return response


def with_scope(scope: str, handler: Handler) -> Handler:
    """The handler for credentials that hold a scope: every API key, and the tokens that were given it."""

    def scoped(call: Call) -> HttpResponseBase:
        if call.token is not None and scope not in call.token.scope.split():
            raise refusals.out_of_scope(scope)
        return handler(call)

    return scoped


def _envelope(request: HttpRequest) -> Envelope:
    """Deletions and day locks answer traced; every other route says `detail`."""
    is_traced = request.method == "DELETE" or request.path.endswith("/lock-days")
    return Envelope.TRACED if is_traced else Envelope.DETAIL


def _malformed(error: Malformed) -> PeopleSyncError:
    position = getattr(error.__cause__, "pos", 0)
    return refusals.malformed_json("The body is not valid JSON", position)


def _rate_headers(limit: Limit) -> Mapping[str, str]:
    """One limit is held, by the minute; the day's numbers are what that leaves of the day (it ends at midnight UTC)."""
    ends_at = limit.resets_at + -limit.resets_at % DAY
    left = max(limit.left, 0)
    left_today = left + (ends_at - limit.resets_at) // MINUTE * limit.allowed
    return errors.rate_headers(
        minute=(limit.allowed, left, limit.resets_at), day=(limit.allowed * (DAY // MINUTE), left_today, ends_at)
    )


door = ConnecteamDoor()
