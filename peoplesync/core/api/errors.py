"""The contract's error envelope, and the one place where our errors and DRF's become HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import ceil
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import resolve
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from peoplesync.core import errors, request_ids
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Forbidden, Kind, PeopleSyncError, TooMany

logger = logging.getLogger(__name__)

#: How long the same refusal of the same person stays one entry: nobody may delete what a client that keeps asking wrote.
REFUSAL_TOLD_SECONDS = 600

UNKNOWN_HOST = (
    "Nothing is served by this host name. Use the address you were given; who runs this system names others in "
    "ALLOWED_HOSTS, or in PEOPLESYNC_HOST of `make run`."
)
GENERIC = (
    "Something went wrong on our side. Nothing was changed; try again, and if it stays, give your administrator the "
    "reference {reference}."
)


def envelope(message: str, status: int, errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The contract's ErrorResponse."""
    body: dict[str, Any] = {"message": message, "status": status}
    if errors:
        body["errors"] = errors
    return body


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as field -> sentences, with dotted paths: `records.3.lat`.

    >>> flatten({"lat": ["Required."], "records": [{}, {"id": ["Too long."]}]})
    {'lat': ['Required.'], 'records.1.id': ['Too long.']}
    """
    if isinstance(detail, Mapping):
        pairs = [(("" if key == "non_field_errors" else str(key)), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        pairs = [(str(index), value) for index, value in enumerate(detail)]
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        return {prefix or "body": [str(item) for item in sentences]}
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        path = f"{prefix}.{key}" if prefix and key else (key or prefix)
        for field, sentences in (flatten(value, path) if value else {}).items():
            found.setdefault(field, []).extend(sentences)
    return found


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: every refusal in the envelope. An unknown exception is None, so it becomes a logged 500."""
    if isinstance(error, exceptions.APIException):
        if isinstance(error, exceptions.PermissionDenied):
            _write_down(Forbidden(_sentence(error), code="forbidden"), context)
        return _from_rest_framework(error)
    known = errors.translated(error)
    if known is None:
        return None
    set_rollback()
    _write_down(known, context)
    headers = {"Location": known.location} if known.location else {}
    status = known.kind.status
    if known.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(known, TooMany):
        headers["Retry-After"] = _whole_seconds(known.wait_seconds)
    return Response(envelope(known.message, status, known.errors), status=status, headers=headers)


def _write_down(refusal: PeopleSyncError, context: dict[str, Any]) -> None:
    request, view = context.get("request"), context.get("view")
    if request is not None:
        write_down(
            refusal,
            by=getattr(request, "user", None),
            method=request.method,
            route=getattr(request.resolver_match, "route", ""),
            resource=getattr(view, "resource", "") or "api",
            resource_id=context.get("kwargs", {}).get("id"),
        )


def write_down(
    refusal: PeopleSyncError,
    *,
    by: Any,
    method: str | None,
    route: str,
    resource: str,
    resource_id: Any,
    where: Mapping[str, Any] | None = None,
) -> None:
    """Who tried what she may not, through the API or the admin: beyond her roles, or her own request, pay or run.

    Nothing for any other refusal, and nothing when nobody is signed in. The same refusal on the same route and row is
    written once in `REFUSAL_TOLD_SECONDS`.
    """
    if refusal.kind is not Kind.FORBIDDEN or getattr(by, "pk", None) is None:
        return
    told = {"code": refusal.code, "method": method, **(where or {})}
    if _is_first(f"refused:{by.pk}:{method}:{route}:{resource_id}:{refusal.code}"):
        activity.record(action="access.refused", resource_type=resource, resource_id=resource_id, by=by, meta=told)


def _is_first(key: str) -> bool:
    """Whether a refusal was not written down lately; always while Redis is away."""
    try:
        return cache.add(key, 1, REFUSAL_TOLD_SECONDS)
    except RedisError:
        return True


def _from_rest_framework(error: exceptions.APIException) -> Response:
    set_rollback()
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        error.status_code = Kind.UNAUTHENTICATED.status
        headers["WWW-Authenticate"] = getattr(error, "auth_header", None) or "Bearer"
    if isinstance(error, exceptions.Throttled) and error.wait is not None:
        headers["Retry-After"] = _whole_seconds(error.wait)
    if isinstance(error, exceptions.ValidationError):
        return Response(envelope("Validation failed", 400, flatten(error.detail)), status=400, headers=headers)
    status = error.status_code
    return Response(envelope(_sentence(error), status), status=status, headers=headers)


def _whole_seconds(wait: float) -> str:
    return str(max(1, ceil(wait)))


#: What a refusal of the library is told, where its own words do not say what to do.
_SENTENCES = (
    (exceptions.NotAuthenticated, "Sign in first: send an access token as Authorization: Bearer."),
    (exceptions.MethodNotAllowed, "This address does not take that method. The Allow header names those it takes."),
    (exceptions.Throttled, "Too many requests. Wait as long as the Retry-After header says and try again."),
)


def _sentence(error: exceptions.APIException) -> str:
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    detail = error.detail
    if isinstance(error, exceptions.UnsupportedMediaType):
        return f"{detail} Send application/json."
    if isinstance(detail, Mapping):  # simplejwt's tokens answer with a mapping
        detail = detail.get("detail", "The request was refused.")
    return str(detail[0] if isinstance(detail, list) and detail else detail)


def json_error(error: PeopleSyncError) -> JsonResponse:
    """The envelope outside of DRF: middleware and Django's own error views."""
    status = error.kind.status
    return JsonResponse(envelope(error.message, status, error.errors), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    if isinstance(exception, DisallowedHost):
        return JsonResponse(envelope(UNKNOWN_HOST, 400), status=400)
    return JsonResponse(envelope("The request is malformed.", 400), status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse(envelope("You may not do this.", 403), status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    wrong = _wrong_id(request.path_info)
    message = "There is nothing at this address. The API is described at /api/docs."
    if wrong:
        message = f'"{wrong}" is no id. Ids here are UUIDs of 36 characters, as 3fa85f64-5717-4562-b3fc-2c963f66afa6.'
    return JsonResponse(envelope(message, 404), status=404)


def _wrong_id(path: str) -> str:
    """The part of a path that leads nowhere only because it is no id; empty when that is not what is wrong."""
    parts = path.split("/")
    if len(parts) > 9 or len(path) > 500:
        return ""
    for place, part in enumerate(parts):
        if part and is_route("/".join([*parts[:place], str(UUID(int=0)), *parts[place + 1 :]])):
            return part
    return ""


def is_route(path: str) -> bool:
    """Whether a path leads to a view."""
    try:
        resolve(path)
    except Http404:
        return False
    return True


def server_error(request: HttpRequest) -> JsonResponse:
    return JsonResponse(envelope(GENERIC.format(reference=request_ids.current()), 500), status=500)
