"""Where a request came from, as far as we may believe it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str | None:
    """The client's address: the peer's, or as many X-Forwarded-For hops back as there are proxies of ours."""
    peer = request.META.get("REMOTE_ADDR") or None
    hops = settings.TRUSTED_PROXY_COUNT
    forwarded = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if not hops or len(forwarded) < hops:
        return peer
    return forwarded[-hops]
