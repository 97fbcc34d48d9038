"""The bodies of vendors' requests, read within bounds: JSON with exact numbers, and forms."""

from __future__ import annotations

import io
from typing import Any

import simplejson
from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from peoplesync.kernel.errors import Kind, PeopleSyncError, TooLarge

MAXIMUM_BODY = 2 * 1024 * 1024
#: A body without a type is taken for JSON too, as vendors' clients send it.
_READ_AS_JSON = frozenset({"application/json", "text/json", "text/plain"})


class Malformed(PeopleSyncError):
    """The body cannot be read at all."""


class Unsupported(PeopleSyncError):
    """The body has a type this door does not read."""

    kind = Kind.UNSUPPORTED


def json_body(request: HttpRequest) -> Any:
    """The body as JSON with exact numbers; an empty body is None. Raises Unsupported, Malformed or TooLarge."""
    if (request.content_type or "application/json") not in _READ_AS_JSON:
        raise Unsupported("The body must be JSON.", code="unsupported")
    raw = raw_body(request)
    if not raw.strip():
        return None
    try:
        return simplejson.loads(raw.decode("utf-8"), use_decimal=True, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Malformed("The body is not valid JSON.", code="malformed_json") from error


def raw_body(request: HttpRequest) -> bytes:
    """The whole body. Raises TooLarge past two megabytes."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAXIMUM_BODY:
        raise TooLarge("The request is too large. Send less at once.", code="too_large")
    return bytes(request.body)


def form_body(request: HttpRequest) -> dict[str, str]:
    """A form body as name -> last value, whatever the method: Django itself reads forms of POST alone. Raises Malformed."""
    try:
        return QueryDict(raw_body(request).decode("utf-8")).dict()
    except (UnicodeDecodeError, BadRequest) as error:
        raise Malformed("The form cannot be read. Send it in UTF-8.", code="malformed_form") from error


def multipart_body(request: HttpRequest) -> dict[str, str]:
    """The fields of a multipart form as name -> last value, whatever the method; files are left out. Raises Malformed."""
    try:
        fields, _ = request.parse_file_upload(request.META, io.BytesIO(raw_body(request)))
    except (MultiPartParserError, BadRequest) as error:
        raise Malformed("The form cannot be read. Send it as multipart/form-data.", code="malformed_form") from error
    return fields.dict()


def is_multipart(request: HttpRequest) -> bool:
    """Whether the body says it is a form in parts."""
    return request.content_type == "multipart/form-data"


def is_form(request: HttpRequest) -> bool:
    """Whether the body says it is a form."""
    return request.content_type == "application/x-www-form-urlencoded"


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
