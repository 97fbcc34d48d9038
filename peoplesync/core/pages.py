"""Pages and calls: what only a browser needs is done for pages only.

Everything that is not named here is called with a token in a header. No cookie is read there, so nobody is signed in by
one and nothing can be forged in her name; an answer lets a browser run nothing of it. A page that is
missing here has no session, so it shows nothing to anybody until it is named. (`CsrfViewMiddleware` stands for both.)
"""

from __future__ import annotations

from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest

#: What the paths of all pages begin with.
PAGES = ("/admin", "/api/docs", "/api/redoc")
#: Of an answer that is data: nothing is loaded, framed or sent on from it.
NOTHING_RUNS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def is_page(request: HttpRequest) -> bool:
    """Whether a browser shows what is answered."""
    return request.path_info.startswith(PAGES)


class _ForPages:
    """A middleware that everything else passes by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_page(request) else self.get_response(request)  # type: ignore[misc]


class Sessions(_ForPages, SessionMiddleware):
    """The browser's cookie."""


class Users(_ForPages, AuthenticationMiddleware):
    """Who the session belongs to; a call names its user with its token, in its view."""


class Messages(_ForPages, MessageMiddleware):
    """What the next page is to say."""


class ContentPolicy(CSPMiddleware):
    """The settings' policy on pages, on everything else a shorter one that allows nothing."""

    def process_request(self, request: HttpRequest) -> None:
        if is_page(request):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if is_page(request):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, NOTHING_RUNS)
        return response
