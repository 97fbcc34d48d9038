"""What the four vendors' doors share: no redirects, own envelope on every refusal, the key on every call, limits.

A vendor's package names its paths, credentials and words; how a punch is made belongs to the services. Plain Django
views: the native API's envelope and negotiation must never show below a vendor's mount.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import simplejson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from attendance.adapters.answers import Answer
from attendance.models.vendor_key import VendorKey
from attendance.rules.punches import Door
from attendance.services import vendor_keys
from attendance.services.presented import Presented
from peoplesync.core import errors as native_errors
from peoplesync.core.api.client import address
from peoplesync.core.api.throttling import count, parse_rate
from peoplesync.kernel.errors import Kind, PeopleSyncError

logger = logging.getLogger(__name__)

FURTHEST_AHEAD = timedelta(days=1)
LIVE_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request as a vendor's view sees it."""

    request: HttpRequest
    key: VendorKey
    at: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    #: What authentication learned beside the key (a token row, say).
    token: Any = None

    def is_ahead(self, at: datetime) -> bool:
        """Whether an instant lies further ahead than a device's clock may be wrong: taken, it would keep somebody "in"."""
        return at - self.at > FURTHEST_AHEAD

    def is_late(self, at: datetime) -> bool:
        """Whether a punch is told late: a locked period refuses it, as it refuses every change of a closed day."""
        return self.at - at > LIVE_FOR

    def presented(self, at: datetime, **more: Any) -> Presented:
        """A punch at `at` (aware), made by whom the key acts as, as the services take it."""
        return Presented(
            door=Door(self.key.vendor),
            at=at,
            received_at=self.at,
            made_by=self.key.acts_as,
            observed_ip=address(self.request),
            **more,
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """A key's present minute: how many calls it may make, has left, and when it starts anew (Unix seconds)."""

    allowed: int
    left: int
    resets_at: int


class OverLimit(Exception):
    """A key has used up its minute."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


Handler = Callable[[Call], HttpResponseBase]


class VendorDoor:
    """One vendor's way of answering. A package subclasses it once and makes its views with `view`."""

    vendor: ClassVar[str]

    def authenticate(self, request: HttpRequest, at: datetime) -> tuple[VendorKey, Any]:
        """The live key of a request, and a token row if one was used. Raises the vendor's 401 or 403."""
        raise NotImplementedError

    def refused(self, error: PeopleSyncError, request: HttpRequest) -> Answer:
        """Any refusal that was raised, in the vendor's envelope."""
        raise NotImplementedError

    def refused_with(self, status: int, request: HttpRequest) -> Answer:
        """A refusal that HTTP itself speaks, in the vendor's envelope: 404, 405, 415, 429 or 500."""
        raise NotImplementedError

    def too_many(self, request: HttpRequest, limit: Limit) -> HttpResponse:
        """The refusal of a key beyond its limit, and when to come again."""
        response = as_response(self.refused_with(429, request))
        response["Retry-After"] = str(max(1, limit.resets_at - int(time.time())))
        return response

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
            return self.finished(as_response(self.refused_with(404, request)), None)

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # Django's own refusal would be an HTML page
        return answer

    def _answer(self, request: HttpRequest, path: Any, methods: Mapping[str, Any], is_open: bool) -> HttpResponseBase:
        limit: Limit | None = None
        try:
            handler = methods.get("GET" if request.method == "HEAD" else str(request.method))
            if handler is None:
                response = as_response(self.refused_with(405, request))
                response["Allow"] = ", ".join(methods)
                return self.finished(response, None)
            at = timezone.now()
            if is_open:
                return self.finished(handler(request, at, **path), None)
            key, token = self.authenticate(request, at)
            limit = spend(key)
            vendor_keys.used(key=key, at=at)
            return self.finished(handler(Call(request, key, at, path, token)), limit)
        except OverLimit as over:
            return self.finished(self.too_many(request, over.limit), over.limit)
        except Exception as error:  # noqa: BLE001 the last word below a mount is the vendor's envelope, never an HTML page
            return self.finished(self._failed(error, request), limit)

    def _failed(self, error: Exception, request: HttpRequest) -> HttpResponse:
        known = native_errors.translated(error)
        if known is None:
            logger.exception("a %s call broke", self.vendor)  # the path may hold a token in its query: it is not logged
            return as_response(self.refused_with(500, request))
        if known.kind is Kind.UNSUPPORTED:
            return as_response(self.refused_with(415, request))
        return as_response(self.refused(known, request))


def spend(key: VendorKey) -> Limit | None:
    """Count this call of a key against its minute; None when limits are off. Raises OverLimit."""
    rate = parse_rate(settings.THROTTLES["vendor"])
    if rate is None:
        return None
    allowed, period = rate
    now = time.time()
    used = count("vendor", str(key.pk), period, now)
    limit = Limit(allowed, allowed - used, int(now - now % period + period))
    if limit.left < 0:
        raise OverLimit(limit)
    return limit


def json_answer(body: Any, *, status: int = 200) -> HttpResponse:
    """A JSON answer with exact numbers; None is an empty body."""
    content = b"" if body is None else _dumps(body)
    return HttpResponse(content, status=status, content_type="application/json")


def as_response(answer: Answer) -> HttpResponse:
    """An answer as it goes out."""
    return json_answer(answer.body, status=answer.status)


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
