"""Uploads over HTTP: presign (contract, 3.9), our own signed PUT, and reading after an object check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.response import Response

from peoplesync.core import storage
from peoplesync.core.api import errors
from peoplesync.core.api.fields import TextField
from peoplesync.core.api.permissions import SignedIn
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.core.models import Upload
from peoplesync.core.services import uploads
from peoplesync.kernel.errors import Forbidden, PeopleSyncError, TooLarge, WrongMethod


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A photo",
            {"file_name": "attendance_photo.jpg", "file_type": "image/jpeg", "path_prefix": "attendances/2025/11"},
            request_only=True,
        )
    ]
)
class PresignRequestSerializer(serializers.Serializer):
    file_name = TextField(max_length=255)
    file_type = TextField(max_length=100)
    path_prefix = TextField(max_length=200, required=False, allow_blank=True, allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Allowed",
            {
                "upload_url": "https://api.peoplesync.example/uploads/IjAxYTIx:1xWLiG:Gdzex",
                "file_url": "https://api.peoplesync.example/api/v1/files/3fa85f64-5717-4562-b3fc-2c963f66afa6",
                "fields": None,
                "expires_in": 300,
            },
            response_only=True,
        )
    ]
)
class PresignedUrlSerializer(serializers.Serializer):
    upload_url = serializers.URLField()
    file_url = serializers.URLField()
    fields = serializers.DictField(allow_null=True)
    expires_in = serializers.IntegerField()


def absolute(request: Any, path: str) -> str:
    """A path of ours as clients outside reach it."""
    if "://" in path:
        return path
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else str(request.build_absolute_uri(path))


@extend_schema_view(
    post=extend_schema(
        summary="Get presigned upload URL", request=PresignRequestSerializer, responses={200: PresignedUrlSerializer}
    )
)
class Presign(PostView):
    resource, actions = "uploads", {"POST": "create"}
    write_serializers = {"POST": PresignRequestSerializer}

    def posted(self, request: Any, **path: Any) -> Response:
        asked = self.valid()
        upload = uploads.allow(
            by=request.user,
            file_name=asked["file_name"],
            file_type=asked["file_type"],
            path_prefix=asked.get("path_prefix"),
            at=self.now(),
        )
        body = {
            "upload_url": absolute(request, storage.put_path(upload)),
            "file_url": absolute(request, f"/api/v1/files/{upload.pk}"),
            "fields": None,
            "expires_in": storage.LIFETIME_SECONDS,
        }
        return Response(body)


@extend_schema_view(
    get=extend_schema(
        summary="Read an uploaded file",
        description="Redirects to a short-lived address of the bytes, for whoever may see the record the file belongs to.",
        responses={302: OpenApiResponse(description="Location: the bytes, for five minutes")},
    )
)
class File(ApiView):
    resource, actions = "uploads", {"GET": "read"}
    permission_classes = [SignedIn]

    def get(self, request: Any, id: UUID) -> HttpResponse:  # noqa: A002 the path's own name
        upload = uploads.readable(upload_id=id, by=request.user)
        return HttpResponseRedirect(absolute(request, storage.get_path(upload)))


def signed_put(request: HttpRequest, token: str) -> HttpResponse:
    """PUT on the embedded storage: the signed path is the permission, as with a bucket's presigned address."""
    if request.method != "PUT":
        return _refused("Send the file with PUT.", "PUT")
    try:
        upload = _upload(storage.upload_id_of_put(token))
        content = request.read(upload.maximum_bytes + 1)
        if len(content) > upload.maximum_bytes:
            raise TooLarge("The file is too large.", code="too_large")
        uploads.store(upload=upload, content=content, content_type=request.headers.get("Content-Type", ""))
    except PeopleSyncError as refusal:
        return errors.json_error(refusal)
    except signing.BadSignature:
        return errors.json_error(_forged())
    return HttpResponse(status=200)


def signed_get(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The bytes behind a short-lived signed path: always an attachment, never rendered here."""
    if request.method not in {"GET", "HEAD"}:
        return _refused("Read the file with GET.", "GET, HEAD")
    try:
        upload = _upload(storage.upload_id_of_get(token))
    except PeopleSyncError as refusal:
        return errors.json_error(refusal)
    except signing.BadSignature:
        return errors.json_error(_forged())
    if not default_storage.exists(upload.key):
        return errors.page_not_found(request, FileNotFoundError(upload.key))
    stream = default_storage.open(upload.key, "rb")
    answer = FileResponse(stream, content_type=upload.content_type, as_attachment=True, filename=upload.file_name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# No cookie is looked at: the signature is the permission.
signed_put.csrf_exempt = signed_get.csrf_exempt = True  # type: ignore[attr-defined]


def _refused(message: str, allowed: str) -> HttpResponse:
    answer = errors.json_error(WrongMethod(message, code="method_not_allowed"))
    answer.headers["Allow"] = allowed
    return answer


def _upload(upload_id: str) -> Upload:
    found = Upload.objects.filter(pk=upload_id).first()
    if found is None:
        raise _forged()
    return found


def _forged() -> Forbidden:
    return Forbidden("This address is forged or has expired. Ask for a new one.", code="signature")
