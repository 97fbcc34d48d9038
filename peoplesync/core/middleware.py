"""Errors outside of views: a database that does not answer, a path asked with doubled slashes below a vendor's mount."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from peoplesync.core.api import errors


class ServiceErrors:
    """Turns an unreachable database into a 503 in the envelope, wherever it is noticed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            known = errors.from_database(exception)
            return errors.json_error(known) if known else None
        return None
