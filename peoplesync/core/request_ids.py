"""One id for everything a request or a job does: in each log line, in the answer, and in what is said of a failure."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders

HEADER = "X-Request-ID"
_GIVEN = HttpHeaders.to_wsgi_name(HEADER)
#: What a proxy or a client may give as its own id; anything else could forge log lines.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="-")


def current() -> str:
    """The id of the request or job at hand; `-` outside of any."""
    return _current.get()


@contextmanager
def known_as(request_id: str) -> Iterator[None]:
    """Everything done inside belongs to this id."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIds:
    """Gives each request its id, or keeps the one it came with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get(_GIVEN, "")
        with known_as(given if _ACCEPTABLE.fullmatch(given) else uuid4().hex):
            response = self.get_response(request)
            response.headers[HEADER] = current()
        return response


class InLogs(logging.Filter):
    """Puts the id into log records, as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True
