"""Base views: translation only. Parse, call one service or selector, render.

A view names its `resource` and its `actions` per method in the rights matrix, and overrides `visible()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import simplejson
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.request import HttpHeaders
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework import generics
from rest_framework.response import Response

from peoplesync.core.api import includes, permissions
from peoplesync.core.api.json import ExactJSONRenderer, OneFormat
from peoplesync.core.api.permissions import scope_of
from peoplesync.core.models import IdempotencyKey, Job
from peoplesync.core.services import idempotency
from peoplesync.kernel.errors import Forbidden, Invalid, NotFound
from peoplesync.kernel.roles import Scope

_KEY = HttpHeaders.to_wsgi_name(idempotency.HEADER)


class _SchemaReader:
    """Nobody, with the attributes visibility asks for: the model behind a view is found without a signed-in user."""

    pk = employee_id = department_id = None
    role_names: frozenset[str] = frozenset()


class ApiView(generics.GenericAPIView):
    """Every native route. `read_serializer` shapes answers, `write_serializers` bodies per method."""

    resource: ClassVar[str] = ""
    actions: ClassVar[dict[str, str]] = {}
    read_serializer: ClassVar[Any] = None
    write_serializers: ClassVar[dict[str, Any]] = {}
    #: For the OpenAPI document, per method: the operation's title, and where it is not the usual one (GET and PUT 200,
    #: POST 201 with `read_serializer`) the status and the serializer of the answer.
    titles: ClassVar[dict[str, str]] = {}
    answers: ClassVar[dict[str, tuple[int, Any]]] = {}
    #: GET answers a page of rows, not one; a view with a `filterset_class` always does.
    is_list: ClassVar[bool] = False
    #: Extra documented statuses (409 and the like) per method, for the schema.
    may_answer: ClassVar[dict[str, tuple[int, ...]]] = {}
    #: Without OPTIONS: nothing answers it, so `Allow` does not name it.
    http_method_names = ("get", "post", "put", "patch", "delete", "head")
    lookup_url_kwarg = "id"
    filterset_class: Any = None
    content_negotiation_class = OneFormat

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Answers hold pay and positions: no browser, phone or proxy on the way keeps them."""
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)

    def get_serializer_class(self) -> Any:
        return self.write_serializers.get(self.request.method or "GET", self.read_serializer)

    def visible(self) -> Any:
        """The rows this caller may see. Everything the view reads starts here."""
        raise NotImplementedError(f"{type(self).__name__} must say what is visible")

    def get_queryset(self) -> Any:
        """The rows filters work on. The OpenAPI document is made without a caller: there a reader of nothing asks."""
        if getattr(self, "swagger_fake_view", False):
            self.request.user = _SchemaReader()
        return self.visible()

    def get_object(self) -> Any:
        """The visible row of the path's id, or the same 404 whether it is missing, deleted or hidden."""
        found = self.visible().filter(pk=self.kwargs[self.lookup_url_kwarg]).first()
        if found is None:
            raise NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
        return found

    def valid(self, *, partial: bool = False) -> dict[str, Any]:
        """The body, checked. PUT is partial by contract."""
        if not isinstance(self.request.data, Mapping):
            raise Invalid.field("body", "Send one JSON object.", code="not_an_object")
        serializer = self.get_serializer_class()(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def shown(self, row: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """One bare object."""
        return Response(self._rendered([row])[0], status=status, headers=headers)

    def listed(self, rows: Any = None) -> Response:
        """One page of the visible, filtered rows in the list envelope."""
        page = self.paginate_queryset(self.filter_queryset(self.visible()) if rows is None else rows)
        return self.get_paginated_response(self._rendered(page or []))

    def _rendered(self, rows: Any) -> list[dict[str, Any]]:
        serializer = self.read_serializer(context=self.get_serializer_context())
        data = [serializer.to_representation(row) for row in rows]
        includes.expand(self.resource, self.request.query_params.get("include"), rows, data, self.request.user)
        return data

    def reach(self, action: str) -> Scope:
        """How far the caller may take `action` on this view's resource."""
        return scope_of(self.request.user, self.resource, action)

    def require(self, action: str) -> Scope:
        """As `reach`, but 403 when it is nowhere."""
        scope = self.reach(action)
        if scope is Scope.NONE:
            raise Forbidden(permissions.MatrixPermission.message, code="forbidden")
        return scope

    @staticmethod
    def now() -> Any:
        """The door's reading of the clock; services get it as an argument."""
        return timezone.now()


class PostView(ApiView):
    """A route with a POST: subclasses write `posted`, and the Idempotency-Key is honoured for them.

    With a key the act runs inside the key's transaction, so a refusal leaves the key free. A repeat with the same body
    is given the first answer again, with another body 409. Where the contract requires the key (`key_is_required`),
    every repeat is 409 and names the job that the first request started.
    """

    key_is_required: ClassVar[bool] = False

    def posted(self, request: Any, **path: Any) -> Response:
        raise NotImplementedError(f"{type(self).__name__} must say what a POST does")

    def post(self, request: Any, **path: Any) -> Response | HttpResponse:
        key = idempotency.parse(self._key_header(request), is_required=self.key_is_required)
        if key is None:
            return self.posted(request, **path)
        keyed = idempotency.KeyedRequest(request.user.pk, _route(request), key, _body_hash(request))
        return self._once(keyed, lambda: self.posted(request, **path))

    @staticmethod
    def _key_header(request: Any) -> str | None:
        return request.META.get(_KEY)  # `headers` would read every one of them

    def _once(self, keyed: idempotency.KeyedRequest, act: Callable[[], Response]) -> Response | HttpResponse:
        try:
            with transaction.atomic():
                row = idempotency.claim(request=keyed, at=self.now())
                response = act()
                self._remember(row, response)
                return response
        except IntegrityError as error:
            name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
            if name != "core_idempotencykey_once":
                raise
        return self._repeat(keyed, idempotency.first_use(keyed))

    def _remember(self, row: IdempotencyKey, response: Response) -> None:
        started = getattr(response, "started_job", None)
        if isinstance(started, Job):
            idempotency.attach_job(key=row, job=started)
        body = ExactJSONRenderer().render(response.data).decode()
        idempotency.keep_answer(key=row, status_code=response.status_code, body=body)

    def _repeat(self, keyed: idempotency.KeyedRequest, first: IdempotencyKey) -> HttpResponse:
        if self.key_is_required or keyed.body_hash != first.body_hash:
            same = keyed.body_hash == first.body_hash
            raise idempotency.repeated(keyed, first, job_url=job_url(first.job_id) if same and first.job_id else None)
        return HttpResponse(first.body, status=first.status_code or 200, content_type="application/json")


def _route(request: Any) -> str:
    """The path asked, the same whichever mount was used and however its ids are written: a key counts once for all."""
    return request.path.removeprefix("/api/v1").lower()[:200]


def _body_hash(request: Any) -> str:
    """Tells one body from another. Keyed: from the database alone a password in a body cannot be guessed at."""
    canonical = simplejson.dumps(request.data, use_decimal=True, sort_keys=True, default=str)
    said = canonical.encode("utf-8", "surrogatepass")
    return salted_hmac("peoplesync.idempotency", said, algorithm="sha256").hexdigest()


def job_url(job_id: str) -> str:
    """Where a job's state can be asked for; `Location` headers use the /api/v1 mount."""
    return f"/api/v1/jobs/{job_id}"


def accepted(job: Job, shown: dict[str, Any]) -> Response:
    """202 with the job and its `Location`, remembered under the request's Idempotency-Key."""
    response = Response(shown, status=202, headers={"Location": job_url(job.pk)})
    response.started_job = job  # type: ignore[attr-defined]  # read by PostView._remember
    return response
