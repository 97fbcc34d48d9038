"""Uploads: what is allowed, what is refused, and who may read the bytes afterwards."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from PIL import Image

from peoplesync.core import storage
from peoplesync.core.models import Upload, UploadStatus, new_id
from peoplesync.core.services import uploads
from peoplesync.kernel.errors import Invalid

PHOTO = {"file_name": "photo.jpg", "file_type": "image/jpeg", "path_prefix": "attendances/2025/11"}


def jpeg(size=(40, 30), exif=True) -> bytes:
    data = Image.Exif()
    if exif:
        data[0x010E] = "taken at home"
        data.get_ifd(0x8825)[1] = "S"
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, "JPEG", exif=data)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            **settings.STORAGES["default"],
            "OPTIONS": {**settings.STORAGES["default"]["OPTIONS"], "location": str(tmp_path)},
        },
    }


def presigned(client, **body):
    return client.post("/api/v1/uploads/presign", {**PHOTO, **body}, format="json")


def send(client, url, content, content_type="image/jpeg"):
    return client.put(urlsplit(url).path, content, content_type=content_type)


def test_presign_answers_the_contract_shape(cast, client_of):
    answer = presigned(client_of(cast.employee))
    assert answer.status_code == 200
    assert set(answer.json()) == {"upload_url", "file_url", "fields", "expires_in"}
    assert answer.json()["fields"] is None and answer.json()["expires_in"] == 300


@pytest.mark.parametrize(
    "body",
    [
        {"path_prefix": "../other"},
        {"path_prefix": "/etc"},
        {"path_prefix": "/"},
        {"path_prefix": "a//"},
        {"path_prefix": "a/.b"},
        {"path_prefix": "a/b..c"},
        {"path_prefix": "a/%2e%2e/b"},
        {"path_prefix": "a\\b"},
        {"file_name": "x" * 5000 + ".jpg"},
        {"file_name": "a/../b.jpg"},
        {"file_name": "photo\u202egpj.exe.jpg"},
        {"file_name": "photo\x00.jpg"},
        {"file_name": "photo.html"},
        {"file_type": "text/html", "file_name": "a.html"},
        {"file_type": "image/svg+xml", "file_name": "a.svg"},
        {"file_type": "IMAGE/JPEG"},
        {"file_type": "image/jpeg; charset=utf-8"},
        {"file_type": "application/octet-stream"},
        {"file_name": None},
        {"file_type": ["image/jpeg"]},
    ],
)
def test_unsafe_names_prefixes_and_types_are_refused(cast, client_of, body):
    answer = presigned(client_of(cast.employee), **body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "status", "errors"}
    assert not Upload.objects.exists()


def test_the_key_is_ours_and_lies_below_the_callers_prefix(cast, client_of):
    presigned(client_of(cast.employee))
    key = Upload.objects.get().key
    assert key.startswith(f"users/{cast.employee.pk}/attendances/2025/11/")
    assert len(key.rpartition("/")[2]) == 32 + len(".jpg")


def test_a_photo_is_stored_without_its_metadata(cast, client_of):
    client = client_of(cast.employee)
    assert b"taken at home" in jpeg()
    assert send(client, presigned(client).json()["upload_url"], jpeg()).status_code == 200
    upload = Upload.objects.get()
    kept = storage.read(upload.key, at_most=upload.maximum_bytes)
    assert b"taken at home" not in kept and b"Exif" not in kept
    assert upload.status == UploadStatus.STORED and upload.size_bytes == len(kept)


def bomb() -> bytes:
    """A PNG of a few bytes that claims 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "image/jpeg", 400),
        (b"<html><script>alert(1)</script>", "image/jpeg", 400),
        (jpeg()[:-200], "image/jpeg", 400),
        (jpeg(), "text/html", 400),
        (b"\xff\xd8" + b"0" * (9 * 1024 * 1024), "image/jpeg", 413),
    ],
)
def test_files_that_are_not_what_was_allowed_are_refused(cast, client_of, content, content_type, status):
    client = client_of(cast.employee)
    answer = send(client, presigned(client).json()["upload_url"], content, content_type)
    assert answer.status_code == status
    assert Upload.objects.get().status == UploadStatus.PENDING


def test_a_pixel_bomb_is_refused(cast, client_of):
    client = client_of(cast.employee)
    url = presigned(client, file_name="a.png", file_type="image/png").json()["upload_url"]
    assert send(client, url, bomb(), "image/png").status_code == 400


def test_a_polyglot_keeps_only_its_picture(cast, client_of):
    client = client_of(cast.employee)
    url = presigned(client).json()["upload_url"]
    assert send(client, url, jpeg() + b"<script>alert(1)</script>").status_code == 200
    upload = Upload.objects.get()
    assert b"script" not in storage.read(upload.key, at_most=upload.maximum_bytes)


def test_an_upload_address_expires_and_cannot_be_forged(cast, client_of):
    with time_machine.travel(datetime(2026, 1, 5, 8, tzinfo=UTC), tick=False):
        address = presigned(client_of(cast.employee)).json()["upload_url"]
    client = client_of(cast.employee)
    assert send(client, address, jpeg()).status_code == 403
    fresh = presigned(client_of(cast.employee)).json()["upload_url"]
    assert send(client, fresh[:-2] + "xx", jpeg()).status_code == 403
    assert client.get(urlsplit(fresh).path).status_code == 405


def stored(client, user) -> str:
    body = presigned(client).json()
    send(client, body["upload_url"], jpeg())
    return body["file_url"]


def test_only_the_owner_attaches_a_file_and_only_once(cast, client_of):
    url = stored(client_of(cast.employee), cast.employee)
    record, now = new_id(), timezone.now()
    for by in (cast.colleague, cast.employee, cast.employee):
        with transaction.atomic():
            try:
                uploads.attach(url=url, field="photo_url", to_type="attendance", to_id=record, by=by, at=now)
                attached_by = by
            except Invalid as refusal:
                assert "photo_url" in refusal.errors
    assert attached_by == cast.employee
    assert Upload.objects.get().status == UploadStatus.ATTACHED


def test_attached_bytes_cannot_change(cast, client_of):
    client = client_of(cast.employee)
    body = presigned(client).json()
    send(client, body["upload_url"], jpeg())
    with transaction.atomic():
        uploads.attach(
            url=body["file_url"], field="photo_url", to_type="x", to_id=new_id(), by=cast.employee, at=timezone.now()
        )
    before = Upload.objects.get()
    assert send(client, body["upload_url"], jpeg((10, 10))).status_code == 409
    assert Upload.objects.get().sha256 == before.sha256


def test_other_addresses_are_text_and_never_fetched(cast, db):
    for address in ("http://169.254.169.254/latest", "https://cdn.example/a.jpg", "http://localhost:1/x"):
        uploads.attach(url=address, field="photo_url", to_type="x", to_id=new_id(), by=cast.employee, at=timezone.now())
    assert not Upload.objects.exists()


def test_a_file_is_read_through_a_short_signed_address_by_those_who_may(cast, client_of):
    url = stored(client_of(cast.employee), cast.employee)
    path = urlsplit(url).path
    redirect = client_of(cast.employee).get(path)
    assert redirect.status_code == 302
    bytes_at = urlsplit(redirect["Location"]).path
    served = client_of(None).get(bytes_at)
    assert served.status_code == 200
    assert served["Content-Disposition"].startswith("attachment") and served["X-Content-Type-Options"] == "nosniff"
    b"".join(served.streaming_content)
    assert client_of(cast.colleague).get(path).status_code == 404
    assert client_of(None).get(path).status_code == 401
    assert client_of(None).get(bytes_at[:-3] + "xxx").status_code == 403


def test_nobody_else_on_the_machine_reads_the_folder(cast, client_of, tmp_path):
    stored(client_of(cast.employee), cast.employee)
    assert {found.stat().st_mode & 0o077 for found in tmp_path.rglob("*")} == {0}


def test_a_signed_address_says_which_method_it_takes(client_of):
    client = client_of(None)
    client.handler.enforce_csrf_checks = True  # as a browser or a phone meets it
    for path, method, takes in (("/uploads/x", "post", "PUT"), ("/files/content/x", "post", "GET, HEAD")):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, takes)


def test_unattached_files_are_swept_and_attached_ones_never(cast, client_of):
    first = stored(client_of(cast.employee), cast.employee)
    stored(client_of(cast.employee), cast.employee)
    with transaction.atomic():
        uploads.attach(url=first, field="f", to_type="x", to_id=new_id(), by=cast.employee, at=timezone.now())
    assert uploads.sweep(at=timezone.now() + timedelta(hours=23)) == 0
    assert uploads.sweep(at=timezone.now() + timedelta(hours=25)) == 1
    kept = Upload.objects.get()
    assert storage.read(kept.key, at_most=1000) is not None


def test_waiting_files_have_a_quota(cast, client_of, monkeypatch):
    monkeypatch.setattr(uploads, "MAXIMUM_UNATTACHED", 2)
    client = client_of(cast.employee)
    assert [presigned(client).status_code for _ in range(2)] == [200, 200]
    Upload.objects.filter(pk=Upload.objects.earliest("created_at").pk).update(
        expires_at=timezone.now() + timedelta(minutes=5)
    )
    refused = presigned(client)
    assert refused.status_code == 429
    assert 290 <= int(refused["Retry-After"]) <= 300


def test_a_repeated_key_allows_one_file_only(cast, client_of):
    client, key = client_of(cast.employee), "3fa85f64-5717-4562-b3fc-2c963f66afa6"

    def asked(key, **body):
        return client.post("/api/v1/uploads/presign", {**PHOTO, **body}, format="json", HTTP_IDEMPOTENCY_KEY=key)

    first, again, other, malformed = asked(key), asked(key), asked(key, file_name="b.jpg"), asked("7")
    assert [answer.status_code for answer in (first, again, other, malformed)] == [200, 200, 409, 400]
    assert first.json() == again.json()
    assert list(malformed.json()["errors"]) == ["Idempotency-Key"]
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("prefix", ["attendances/2025/11/", "v1.2/a.b", "", None])
def test_harmless_prefixes_are_taken(cast, client_of, prefix):
    assert presigned(client_of(cast.employee), path_prefix=prefix).status_code == 200
    below = f"{prefix.rstrip('/')}/" if prefix else ""
    assert Upload.objects.get().key.rpartition("/")[0] + "/" == f"users/{cast.employee.pk}/{below}"


ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize(
    ("url", "public", "is_ours"),
    [
        (f"/files/{ID}", "", True),
        (f"/api/v1/files/{ID.upper()}", "https://hr.example.com", True),
        (f"http://LOCALHOST:8000/api/v1/files/{ID}", "", True),
        (f"http://example.com/files/{ID}", "", False),
        (f"http://localhost@example.com/files/{ID}", "", False),
        (f"https://HR.example.com/api/v1/files/{ID}", "https://hr.example.com", True),
        (f"https://hr.example.com.evil.net/files/{ID}", "https://hr.example.com", False),
        (f"http://localhost/files/{ID}", "https://hr.example.com", False),
    ],
)
def test_only_addresses_under_our_own_name_are_files_of_ours(settings, url, public, is_ours):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public, ["localhost"]
    assert (uploads.upload_of(url) is not None) == is_ours
