"""GoodDay's door: the token of a request, and every refusal in its envelope."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from attendance.adapters.answers import Answer
from attendance.adapters.door import VendorDoor
from attendance.adapters.goodday import wire
from attendance.adapters.goodday.errors import ENVELOPE
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_keys
from peoplesync.kernel.errors import Forbidden, PeopleSyncError, Unauthenticated

_READING = frozenset({"GET", "HEAD"})
_OWN_SITE = frozenset({"same-origin", "none"})


class GoodDayDoor(VendorDoor):
    """The token stands in a header, in the query string or in a cookie; there is no other credential."""

    vendor = Vendor.GOODDAY.value

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, Any]:
        token = wire.read_token(
            header=request.headers.get(wire.TOKEN_NAME),
            query=request.GET.get(wire.TOKEN_NAME),
            cookie=request.COOKIES.get(wire.TOKEN_NAME),
        )
        if token.place is wire.Place.COOKIE and request.method not in _READING and _is_from_elsewhere(request):
            raise Forbidden(
                "A page of another site sent this, and the cookie alone does not allow it. Send the token in a header.",
                code="cross_site",
            )
        key = vendor_keys.by_secret(vendor=self.vendor, secret=token.value)
        if key is None:
            raise Unauthenticated(
                "The API token is not valid. It may be revoked; ask an administrator for a new one.",
                code="invalid_token",
            )
        return key, None

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> Answer:
        return ENVELOPE.of_error(error)

    def refused_with(self, status: int, request: HttpRequest) -> Answer:
        return ENVELOPE.of_status(status)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site's page sent this. Programs send neither header, so they pass.

    A browser adds the cookie to whatever a page sends, and there is no form token to tell our pages by.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


door = GoodDayDoor()
