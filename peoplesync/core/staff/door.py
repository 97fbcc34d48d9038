"""What surrounds every staff page: its policy for scripts, the organisation's zone, who is named in row history,
and refusals shown as pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from math import ceil
from typing import Any
from uuid import uuid4

from csp.decorators import csp_update
from django.contrib import admin
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from peoplesync.core import request_ids
from peoplesync.core.api import errors
from peoplesync.core.api.throttling import LoginThrottle
from peoplesync.core.staff import refusals, show
from peoplesync.core.staff.theme import SCRIPTS_NEED
from peoplesync.kernel.errors import Forbidden, PeopleSyncError

TITLES = {403: "You may not do this", 404: "Not found", 409: "This is not possible now", 429: "Too many at once"}

NOT_ALLOWED = 403
ASK = "Your roles do not cover this. Ask whoever gave you your account if you need it."
STALE = (
    "You have signed in or out since this page was opened, or your browser keeps no cookies of this site. Nothing was "
    "changed: go back, load the page anew and send it again."
)

#: Django's pages take any other method for GET, and work for nobody.
METHODS = ("GET", "HEAD", "POST")
_NUL = "\0"

View = Callable[..., Any]
_NAMED = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"


def themed(view: View) -> View:
    """Give a page the policy the theme's scripts need; every other page of the house keeps the strict one."""
    return csp_update({"script-src": [SCRIPTS_NEED]})(view)


@dataclass(frozen=True, slots=True)
class House:
    """What every page takes from the organisation."""

    name: str = ""
    zone: str = "UTC"
    currency: str = ""


def guarded(view: View, house_of: Callable[[], House]) -> View:
    """Render the page in the organisation's zone and currency, and turn refusals into pages for people.

    The database holds no NUL: every search box and filter is asked without it, and no page's address has one.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS, "Staff pages are read with GET and changed with POST.")
        house = house_of()
        request.house = house  # type: ignore[attr-defined]  # its name stands in the sidebar
        with timezone.override(house.zone), show.paid_in(house.currency):
            try:
                if _NUL in request.path:
                    raise Http404
                request.GET = _storable(request.GET)
                response = _answered(view, request, *args, **kwargs)
                return response.render() if getattr(response, "is_rendered", True) is False else response
            except (Http404, PermissionDenied, SuspiciousOperation, PeopleSyncError) as error:
                return refused(request, error)

    return themed(inner)


def _storable(asked: QueryDict) -> QueryDict:
    if not any(_NUL in value for _, values in asked.lists() for value in values):
        return asked
    kept = asked.copy()
    for name, values in asked.lists():
        kept.setlist(name, [value.replace(_NUL, "") for value in values])
    return kept


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """The view's answer; what a POST changes is one transaction, in which row history knows who does it.

    The names are set by a statement of their own: the history library's way, in front of each statement, cannot be
    prepared.
    """
    if request.method != "POST" or request.user.pk is None:
        return view(request, *args, **kwargs)
    with transaction.atomic(), connection.cursor() as cursor:
        told = json.dumps({"user": str(request.user.pk), "door": "admin"})
        cursor.execute(_NAMED, [str(uuid4()), told])
        return view(request, *args, **kwargs)


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """A refusal as a page that says what happened and what to do next."""
    known = refusals.understood(request, error)
    status = known.kind.status if known else 400
    sentences = [known.message, *(text for field in known.errors.values() for text in field)] if known else []
    told = list(dict.fromkeys(sentences)) if status != NOT_ALLOWED else [ASK]
    return _page(request, status, TITLES.get(status, "This was refused"), told)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session: for staff a page, for everybody else the envelope."""
    if not request.path.startswith(reverse("admin:index")):
        return errors.json_error(Forbidden(STALE, code="stale"))
    return told(request, NOT_ALLOWED, "This page is out of date", STALE)


def sparingly(view: View) -> View:
    """Let a network address try passwords here as often as at the API's sign-in, both counted together."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        throttle = LoginThrottle()
        if request.method != "POST" or throttle.allow_request(request, None):
            return view(request, *args, **kwargs)
        wait = ceil(throttle.wait())
        sentence = f"Too many passwords were tried from your network address. Wait {wait} seconds and try again."
        answer = told(request, 429, TITLES[429], sentence)
        answer["Retry-After"] = str(wait)
        return answer

    return inner


def told(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """A page of one sentence, for whom no view of ours answers."""
    return guarded(lambda request: _page(request, status, title, [sentence]), admin.site.house_of)(request)


def _page(request: HttpRequest, status: int, title: str, sentences: list[str]) -> HttpResponse:
    is_inside = admin.site.has_permission(request)
    shown = {
        "title": title,
        "content_title": title,
        "sentences": sentences,
        "layout": "admin/base_site.html" if is_inside else "unfold/layouts/unauthenticated.html",
        "is_inside": is_inside,
    }
    return render(request, "admin/refused.html", {**admin.site.each_context(request), **shown}, status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """Django's last resort: for staff a page that asks nothing of what may be broken, for everybody else the envelope."""
    if not request.path.startswith(reverse("admin:index")):
        return errors.server_error(request)
    return HttpResponse(render_to_string("admin/broken.html", {"reference": request_ids.current()}), status=500)
