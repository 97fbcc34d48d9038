"""The JSON body of a Kenjo request, which knows no other type."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from attendance.adapters.door import Unsupported, is_json, json_body
from attendance.adapters.kenjo import errors


def read(request: HttpRequest) -> Any:
    """The body. Raises Unsupported, Malformed or TooLarge."""
    if not is_json(request):
        raise Unsupported(str(errors.refusal_of(415).body["message"]), code="unsupported")
    return json_body(request)
