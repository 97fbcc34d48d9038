"""Workly's door: a bearer token on every call but the token's own, and every refusal in the language asked for."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from attendance.adapters.answers import Answer
from attendance.adapters.bodies import Malformed
from attendance.adapters.door import Call, VendorDoor
from attendance.adapters.workly import errors, wire_tokens
from attendance.adapters.workly.errors import Refused
from attendance.adapters.workly.messages import Code, language_of
from attendance.models.vendor_key import Vendor, VendorKey, VendorToken
from attendance.selectors import vendor_keys
from attendance.services.vendor_keys import EXPIRED_KEPT_FOR
from peoplesync.kernel.errors import PeopleSyncError

_JSON = ("application/json", "application/*", "*/*")


class NotAcceptable(PeopleSyncError):
    """The client takes no JSON, and there is nothing else here."""


class WorklyDoor(VendorDoor):
    """Every 401 has a number: no token 7007, a wrong one 7008, one that ran out 7009."""

    vendor = Vendor.WORKLY.value

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, VendorToken]:
        _require_json_taken(request)
        sent = wire_tokens.bearer(request.headers.get("Authorization"))
        token = vendor_keys.by_token(vendor=self.vendor, token=sent, at=at)
        if token is None:
            has_run_out = vendor_keys.by_token(vendor=self.vendor, token=sent, at=at - EXPIRED_KEPT_FOR)
            raise Refused(Code.TOKEN_EXPIRED if has_run_out else Code.INVALID_TOKEN)
        return token.key, token

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> Answer:
        if isinstance(error, NotAcceptable):
            return self.refused_with(406, request)
        if isinstance(error, Malformed):
            error = errors.malformed_body()
        return errors.answer_for(error, language=_language(request))

    def refused_with(self, status: int, request: HttpRequest) -> Answer:
        return errors.of_status(status, _language(request))


def require_administrator(call: Call) -> None:
    """Refuse a key that stands for one person. Raises Refused (403, 7004)."""
    if not call.key.is_administrator:
        raise Refused(Code.DENIED)


def require_personnel(call: Call) -> None:
    """Refuse a key that stands for one person, or is narrowed to some people or places: it hires and dismisses nobody.

    One narrowed to departments writes about the people in and below them. Raises Refused (403, 7004).
    """
    if not call.key.is_administrator or call.key.employee_ids or call.key.site_ids:
        raise Refused(Code.DENIED)


def _require_json_taken(request: HttpRequest) -> None:
    """Raises NotAcceptable when the client names what it takes and JSON is not among it."""
    taken = [part.partition(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")]
    if not any(each in _JSON or not each for each in taken):
        raise NotAcceptable("This address answers JSON.", code="not_acceptable")


def _language(request: HttpRequest) -> str:
    return language_of(request.headers.get("Accept-Language"))


door = WorklyDoor()
