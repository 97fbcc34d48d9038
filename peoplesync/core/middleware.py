"""Around the views: a database that does not answer, doubled slashes below a vendor's mount, answers to HEAD."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from peoplesync.core import errors
from peoplesync.core.api.errors import json_error

_DOUBLED = re.compile("/{2,}")


class ServiceErrors:
    """Turns an unreachable database into a 503 in the envelope, and collapses doubled slashes below vendors' mounts.

    An answer to HEAD leaves without the body it was made with: the web server would drop it too, with a warning each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/compat/") and "//" in request.path_info:
            # Vendors' real clients send doubled slashes, and a redirect would lose the body of a POST.
            request.path_info = _DOUBLED.sub("/", request.path_info)
            request.path = _DOUBLED.sub("/", request.path)
        response = self.get_response(request)
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = ()
            else:
                response.content = b""
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            known = errors.from_database(exception)
            return json_error(known) if known else None
        return None
