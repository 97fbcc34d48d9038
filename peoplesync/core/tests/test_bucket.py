"""Uploads in a bucket: a real S3 server over HTTP, addresses signed by the client library, bytes checked when they count."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import boto3
import pytest
from django.db import transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer

from peoplesync import env
from peoplesync.core import storage
from peoplesync.core.models import Upload, UploadStatus, new_id
from peoplesync.core.services import uploads
from peoplesync.core.tests.test_uploads import jpeg, presigned
from peoplesync.kernel.errors import Invalid, Unavailable

BUCKET = "people"


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings, monkeypatch):
    """The settings of a deployment whose files lie in a bucket."""
    chosen = {
        "STORAGE_BUCKET": BUCKET,
        "STORAGE_ENDPOINT_URL": s3,
        "STORAGE_REGION": "us-east-1",
        "STORAGE_ACCESS_KEY": "key",
        "STORAGE_SECRET_KEY": "secret",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    settings.STORAGE_BUCKET = BUCKET
    settings.STORAGES = {**settings.STORAGES, "default": env.object_storage(settings.MEDIA_ROOT)}
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=BUCKET)
    return client


def over_http(method: str, url: str, body: bytes = b"") -> tuple[int, bytes]:
    """What a phone does with the address it was given."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {"Content-Type": "image/jpeg"} if body else {}
    connection.request(method, f"{parts.path}?{parts.query}", body or None, headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def attach(url: str, by) -> None:
    with transaction.atomic():
        uploads.attach(url=url, field="photo_url", to_type="x", to_id=new_id(), by=by, at=timezone.now())


def test_a_file_goes_straight_to_the_bucket_and_is_read_by_a_signed_address(bucket, cast, client_of):
    client = client_of(cast.employee)
    answer = presigned(client).json()
    assert answer["upload_url"].startswith(bucket.meta.endpoint_url)
    assert over_http("PUT", answer["upload_url"], jpeg())[0] == 200
    attach(answer["file_url"], cast.employee)
    redirect = client.get(urlsplit(answer["file_url"]).path)
    assert redirect.status_code == 302
    status, content = over_http("GET", redirect["Location"])
    assert status == 200 and content.startswith(b"\xff\xd8") and b"taken at home" not in content


def test_bytes_sent_after_attaching_never_take_the_place_of_the_kept_ones(
    bucket, cast, client_of, django_capture_on_commit_callbacks
):
    answer = presigned(client_of(cast.employee)).json()
    over_http("PUT", answer["upload_url"], jpeg())
    with django_capture_on_commit_callbacks(execute=True):
        attach(answer["file_url"], cast.employee)
    kept = Upload.objects.get()
    before = storage.read(kept.key, at_most=kept.maximum_bytes)
    assert over_http("PUT", answer["upload_url"], b"<html>another</html>")[0] == 200
    assert storage.read(kept.key, at_most=kept.maximum_bytes) == before


@pytest.mark.parametrize("sent", [None, b"<html><script>alert(1)</script>", b"\xff\xd8\xff\xe0 cut"])
def test_what_is_missing_or_not_what_it_claims_is_refused_when_it_is_attached(bucket, cast, client_of, sent):
    answer = presigned(client_of(cast.employee)).json()
    if sent is not None:
        over_http("PUT", answer["upload_url"], sent)
    with pytest.raises(Invalid) as refusal:
        attach(answer["file_url"], cast.employee)
    assert "photo_url" in refusal.value.errors
    assert Upload.objects.get().status == UploadStatus.PENDING


def test_a_bucket_that_is_away_is_a_refusal_and_shows_in_health(bucket, cast, client, client_of, settings, monkeypatch):
    answer = presigned(client_of(cast.employee)).json()
    monkeypatch.setenv("STORAGE_ENDPOINT_URL", "http://127.0.0.1:1")
    settings.STORAGES = {**settings.STORAGES, "default": env.object_storage(settings.MEDIA_ROOT)}
    with pytest.raises(Unavailable):
        attach(answer["file_url"], cast.employee)
    health = client.get("/health")
    assert (health.status_code, health.json()["services"]["storage"]) == (503, "disconnected")
