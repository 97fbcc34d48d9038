"""Where uploaded bytes lie: an S3-compatible bucket or a folder of this server, behind the same few verbs.

Addresses are short-lived and signed: by the bucket itself, or by us for the folder. Nothing is ever public.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from peoplesync.core.models import Upload
from peoplesync.kernel.errors import Unavailable

LIFETIME_SECONDS = 300
_PUT, _GET = "core.upload.put", "core.upload.get"


def is_bucket() -> bool:
    """Whether uploads go to an S3-compatible bucket."""
    return bool(settings.STORAGE_BUCKET)


def put_path(upload: Upload) -> str:
    """Where the client PUTs the file: the bucket's signed address, or the path of our own signed route."""
    if is_bucket():
        return _signed_by_bucket("put_object", upload, ContentType=upload.content_type)
    return f"/uploads/{signing.dumps(str(upload.pk), salt=_PUT)}"


def get_path(upload: Upload) -> str:
    """A short-lived address of the bytes, handed out after the reader was checked."""
    if is_bucket():
        disposition = f'attachment; filename="{upload.pk}"'
        return _signed_by_bucket("get_object", upload, ResponseContentDisposition=disposition)
    return f"/files/content/{signing.dumps(str(upload.pk), salt=_GET)}"


def _signed_by_bucket(operation: str, upload: Upload, **extra: str) -> str:
    bucket: Any = default_storage
    parameters = {"Bucket": bucket.bucket_name, "Key": upload.key, **extra}
    client = bucket.connection.meta.client
    return str(client.generate_presigned_url(operation, Params=parameters, ExpiresIn=LIFETIME_SECONDS))


def upload_id_of_put(token: str) -> str:
    """The upload a signed PUT path names. Raises django.core.signing.BadSignature when forged or expired."""
    return str(signing.loads(token, salt=_PUT, max_age=LIFETIME_SECONDS))


def upload_id_of_get(token: str) -> str:
    """The upload a signed download path names. Raises django.core.signing.BadSignature when forged or expired."""
    return str(signing.loads(token, salt=_GET, max_age=LIFETIME_SECONDS))


def read(key: str, *, at_most: int) -> bytes | None:
    """The stored bytes, or None when nothing lies there. Reads one byte past `at_most`, so size can be judged."""
    with _answering():
        if not default_storage.exists(key):
            return None
        with default_storage.open(key, "rb") as stream:
            return bytes(stream.read(at_most + 1))


def write(key: str, content: bytes) -> None:
    """Put bytes under exactly this key, replacing what was there."""
    with _answering():
        if default_storage.exists(key):
            default_storage.delete(key)
        stored = default_storage.save(key, ContentFile(content))
        if stored != key:
            default_storage.delete(stored)
            raise RuntimeError(f"storage renamed {key} to {stored}")


def delete(key: str) -> None:
    """Remove the bytes; nothing there is fine."""
    with _answering():
        default_storage.delete(key)


@contextmanager
def _answering() -> Iterator[None]:
    """Raises Unavailable when the bucket or the disk does not do what it is asked."""
    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        message = "The file storage does not answer. Nothing was changed; try again in a moment."
        raise Unavailable(message, code="storage_unavailable") from error
