"""What the four vendors' doors share: no redirects, own envelope on every refusal, the key on every call, limits.

A vendor's package names its paths, credentials and words; how a punch is made belongs to the services. Plain Django
views: the native API's envelope and negotiation must never show below a vendor's mount.
"""

from __future__ import annotations

import io
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import simplejson
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils import timezone

from attendance.models.vendor_key import VendorKey
from attendance.services import vendor_keys
from peoplesync.core.api import errors as native_errors
from peoplesync.core.api.throttling import count, parse_rate
from peoplesync.kernel.errors import Kind, PeopleSyncError, TooLarge

logger = logging.getLogger(__name__)

MAXIMUM_BODY = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request as a vendor's view sees it."""

    request: HttpRequest
    key: VendorKey
    at: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    #: What authentication learned beside the key (a token row, say).
    token: Any = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A key's present minute: how many calls it may make, has left, and when it starts anew (Unix seconds)."""

    allowed: int
    left: int
    resets_at: int

    @property
    def is_over(self) -> bool:
        return self.left < 0


Handler = Callable[[Call], HttpResponseBase]


class Malformed(PeopleSyncError):
    """The body cannot be read at all."""


class Unsupported(PeopleSyncError):
    """The body has a type this door does not read."""

    kind = Kind.UNSUPPORTED


class Door:
    """One vendor's way of answering. A package subclasses it once and makes its views with `view`."""

    vendor: ClassVar[str]

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, Any]:
        """The live key of a request, and a token row if one was used. Raises the vendor's 401 or 403."""
        raise NotImplementedError

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> HttpResponse:
        """Any refusal in the vendor's envelope."""
        raise NotImplementedError

    def wrong_method(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def unknown_path(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def crashed(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def too_many(self, request: HttpRequest, limit: Limit) -> HttpResponse:
        raise NotImplementedError

    def finished(self, response: HttpResponseBase, limit: Limit | None) -> HttpResponseBase:
        """A last look at every answer, for headers that go out with all of them."""
        return response

    def view(self, *, is_open: bool = False, **methods: Any) -> Callable[..., HttpResponseBase]:
        """A view of `POST=handler`, `GET=handler` ...; `is_open` handlers get the bare request (token routes)."""

        def answer(request: HttpRequest, **path: Any) -> HttpResponseBase:
            return self._answer(request, path, methods, is_open)

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # no session cookie is ever looked at below a mount
        answer.door, answer.methods, answer.is_open = self, methods, is_open  # type: ignore[attr-defined]  # for tests and schema
        return answer

    def nothing_here(self) -> Callable[..., HttpResponseBase]:
        """A view for every path below the mount that the vendor does not have, whatever the method."""

        def answer(request: HttpRequest, **path: Any) -> HttpResponseBase:
            return self.finished(self.unknown_path(request), None)

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # Django's own refusal would be an HTML page
        return answer

    def _answer(self, request: HttpRequest, path: Any, methods: Mapping[str, Any], is_open: bool) -> HttpResponseBase:
        limit: Limit | None = None
        try:
            handler = methods.get("GET" if request.method == "HEAD" else str(request.method))
            if handler is None:
                return self.finished(self._with_allow(self.wrong_method(request), methods), None)
            at = timezone.now()
            if is_open:
                return self.finished(handler(request, at, **path), None)
            key, token = self.authenticate(request, at)
            limit = limit_of(key)
            if limit is not None and limit.is_over:
                return self.finished(self.too_many(request, limit), limit)
            vendor_keys.used(key=key, at=at)
            return self.finished(handler(Call(request, key, at, path, token)), limit)
        except Exception as error:  # noqa: BLE001 the last word below a mount is the vendor's envelope, never an HTML page
            return self.finished(self._failed(error, request), limit)

    def _failed(self, error: Exception, request: HttpRequest) -> HttpResponse:
        known = native_errors.translated(error)
        if known is not None:
            return self.refused(known, request)
        logger.exception("a %s call broke", self.vendor)  # the path may hold a token in its query: it is not logged
        return self.crashed(request)

    @staticmethod
    def _with_allow(response: HttpResponse, methods: Mapping[str, Any]) -> HttpResponse:
        response["Allow"] = ", ".join(methods)
        return response


def limit_of(key: VendorKey) -> Limit | None:
    """Count this call of a key against its minute; None when limits are off."""
    rate = parse_rate(settings.THROTTLES["vendor"])
    if rate is None:
        return None
    allowed, period = rate
    now = time.time()
    used = count("vendor", str(key.pk), period, now)
    return Limit(allowed, allowed - used, int(now - now % period + period))


def json_answer(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer with exact numbers; None is an empty body."""
    content = b"" if body is None else _dumps(body)
    response = HttpResponse(content, status=status, content_type="application/json")
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _dumps(body: Any) -> bytes:
    text = simplejson.dumps(body, use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


#: How many rows are turned into JSON at once; a longer answer is streamed, so its length costs no memory.
ROWS_AT_ONCE = 1000


def rows_answer(rows: Iterable[Any], *, before: str = "[", after: str = "]") -> HttpResponseBase:
    """A JSON array of as many rows as there are, between `before` and `after`.

    The first thousand are made before anything goes out, so that what is wrong with the request is still refused.
    """
    left = iter(rows)
    first = list(itertools.islice(left, ROWS_AT_ONCE))
    beginning = before.encode() + b",".join(map(_dumps, first))
    if len(first) < ROWS_AT_ONCE:
        return HttpResponse(beginning + after.encode(), content_type="application/json")
    return StreamingHttpResponse(_streamed(beginning, left, after), content_type="application/json")


def _streamed(beginning: bytes, left: Iterator[Any], after: str) -> Iterator[bytes]:
    yield beginning
    while chunk := list(itertools.islice(left, ROWS_AT_ONCE)):
        yield b"," + b",".join(map(_dumps, chunk))
    yield after.encode()


def in_chunks(rows: Any) -> Iterator[list[Any]]:
    """The rows of a query set, a thousand at a time, without holding them all."""
    left = rows.iterator(chunk_size=ROWS_AT_ONCE)
    while chunk := list(itertools.islice(left, ROWS_AT_ONCE)):
        yield chunk


def json_body(request: HttpRequest) -> Any:
    """The body as JSON with exact numbers; an empty body is None. Raises Malformed or TooLarge."""
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


def is_json(request: HttpRequest) -> bool:
    """Whether the body says it is JSON; a body without a type is taken for JSON, as vendors' clients send it."""
    return (request.content_type or "application/json") in {"application/json", "text/json", "text/plain"}


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
