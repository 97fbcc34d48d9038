"""Uploads: allowed beforehand, checked afterwards, attached once, readable by whoever may read the record.

Flow (contract, 3.9): presign, the client PUTs the file, the client sends `file_url` with the record. Attaching checks
what really arrived, keeps its hash, and from then on the bytes cannot change.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http.request import split_domain_port, validate_host

from peoplesync.core import storage
from peoplesync.core.models import Upload, UploadStatus, new_id
from peoplesync.core.selectors import files
from peoplesync.core.services import activity, file_types
from peoplesync.kernel.errors import Conflict, Invalid, NotFound, TooMany

#: An upload nobody attached is forgotten, bytes and all, after this time.
KEPT_UNATTACHED = timedelta(hours=24)
MAXIMUM_UNATTACHED = 100
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,49}"
_PREFIX = re.compile(rf"(?!.*\.\.){_PART}(/{_PART}){{0,5}}")
_FILE_PATH = re.compile(r"(?:(?i:https?)://(?P<host>[^/\s]+))?(?:/api/v1)?/files/(?P<id>[0-9A-Fa-f-]{36})")

Reader = Callable[[Any, UUID], bool]
_readers: dict[str, Reader] = {}


def register_reader(resource_type: str, reader: Reader) -> None:
    """Say who may read files attached to records of a type: `reader(user, record_id)`."""
    _readers[resource_type] = reader


def allow(*, by: Any, file_name: str, file_type: str, path_prefix: str | None, at: datetime) -> Upload:
    """Allow one file to be sent. The key is ours: the caller's own prefix and 128 random bits.

    Raises Invalid for a type, name or prefix that is not allowed, TooMany when too many files wait to be attached.
    """
    kind = file_types.claimed(_name(file_name), file_type)
    prefix = _prefix(path_prefix)
    waiting = Upload.objects.filter(owner=by).exclude(status=UploadStatus.ATTACHED)
    expiries = list(waiting.order_by("expires_at").values_list("expires_at", flat=True)[:MAXIMUM_UNATTACHED])
    if len(expiries) == MAXIMUM_UNATTACHED:
        raise TooMany(
            "Too many files wait to be attached. Attach them, or wait until they expire.",
            code="upload_quota",
            wait_seconds=(expiries[0] - at).total_seconds(),
        )
    return Upload.objects.create(
        pk=new_id(),
        owner=by,
        key=f"users/{by.pk}/{prefix}{secrets.token_hex(16)}.{kind.endings[0]}",
        file_name=_name(file_name),
        content_type=kind.content_type,
        maximum_bytes=kind.maximum_bytes,
        created_at=at,
        expires_at=at + KEPT_UNATTACHED,
    )


def _name(file_name: str) -> str:
    unsafe = any(unicodedata.category(c).startswith("C") for c in file_name)
    if unsafe or not 0 < len(file_name) <= 255 or "/" in file_name or "\\" in file_name or ".." in file_name:
        raise Invalid.field(
            "file_name", "Give a plain file name of at most 255 characters, without a path.", code="name"
        )
    return file_name


def _prefix(path_prefix: str | None) -> str:
    if not path_prefix:
        return ""
    path = path_prefix.removesuffix("/")
    if not _PREFIX.fullmatch(path):
        raise Invalid.field(
            "path_prefix", "Give a relative path of letters, digits, -, _ and single dots, six deep.", code="prefix"
        )
    return f"{path}/"


def store(*, upload: Upload, content: bytes, content_type: str) -> None:
    """Take a file sent to our own signed address. Raises Conflict once it is attached, Invalid when it is not allowed."""
    if content_type != upload.content_type:
        raise Invalid.field("Content-Type", f"This address takes {upload.content_type} only.", code="wrong_type")
    kept = file_types.cleaned(content, file_types.ALLOWED[upload.content_type])
    with transaction.atomic():
        current = Upload.objects.select_for_update().get(pk=upload.pk)
        if current.status == UploadStatus.ATTACHED:
            raise Conflict("This file belongs to a record already and cannot change.", code="upload_attached")
        storage.write(current.key, kept)
        _remember(current, kept)


def _remember(upload: Upload, kept: bytes) -> None:
    upload.status = UploadStatus.STORED
    upload.size_bytes = len(kept)
    upload.sha256 = hashlib.sha256(kept).hexdigest()
    upload.save(update_fields=["status", "key", "size_bytes", "sha256"])


def upload_of(url: str) -> UUID | None:
    """The upload that one of our own file addresses names; None for any other address."""
    found = _FILE_PATH.fullmatch(url)
    if found is None or not (found["host"] is None or _is_ours(found["host"])):
        return None
    try:
        return UUID(found["id"])
    except ValueError:
        return None


def _is_ours(host: str) -> bool:
    """Whether our own file addresses carry this host, a port included: others only look like them."""
    if settings.PUBLIC_URL:
        return host.lower() == urlsplit(settings.PUBLIC_URL).netloc.lower()
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def attach(*, url: str, field: str, to_type: str, to_id: UUID, by: Any, at: datetime) -> None:
    """Tie the file behind one of our addresses to a record, in the caller's transaction.

    Other addresses are only text and are left alone. Raises Invalid naming `field` when the file is somebody else's, was
    never sent, is not what it claims, or belongs to a record already.
    """
    upload_id = upload_of(url)
    if upload_id is None:
        return
    upload = Upload.objects.select_for_update().filter(pk=upload_id, owner=by).first()
    if upload is None or upload.status == UploadStatus.ATTACHED:
        raise Invalid.field(
            field, "This file is not yours, or belongs to a record already. Upload it again.", code="file"
        )
    _check_what_arrived(upload, field)
    attach_many(pairs=[(upload, to_id)], to_type=to_type, by=by, at=at)


def examine(*, upload_id: UUID, field: str, owner_id: UUID | None) -> None:
    """Check ahead what arrived of a file: fetching and decoding it takes time that `lock_free` then saves.

    Whether it is free to be attached is not asked here. Raises Invalid naming `field` as `attach` does.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(pk=upload_id, owner_id=owner_id).first()
        if upload is not None and upload.status != UploadStatus.ATTACHED:
            _check_what_arrived(upload, field)


def lock_free(*, upload_ids: Collection[UUID], owner_id: UUID | None) -> dict[UUID, Upload]:
    """Of these, the owner's examined files that belong to no record yet, held until the transaction ends."""
    free = Upload.objects.filter(pk__in=upload_ids, owner_id=owner_id, status=UploadStatus.STORED)
    return {upload.pk: upload for upload in free.order_by("pk").select_for_update()}


def attach_many(*, pairs: Sequence[tuple[Upload, UUID]], to_type: str, by: Any, at: datetime) -> None:
    """Tie files that `attach` or `lock_free` has judged to records of a type; two statements whatever their number."""
    for upload, to_id in pairs:
        upload.status, upload.attached_to_type, upload.attached_to_id = UploadStatus.ATTACHED, to_type, to_id
    uploads = [upload for upload, _ in pairs]
    Upload.objects.bulk_update(uploads, ["status", "attached_to_type", "attached_to_id"])
    activity.record_many(
        activity.entry(
            action="upload.attached",
            resource_type="upload",
            resource_id=upload.pk,
            by=by,
            meta={"attached_to": to_type, "sha256": upload.sha256},
            at=at,
        )
        for upload in uploads
    )


def _check_what_arrived(upload: Upload, field: str) -> None:
    """A bucket checks little of what it is sent: look at the bytes themselves, once, and keep the cleaned copy."""
    if upload.status == UploadStatus.STORED:
        return
    content = storage.read(upload.key, at_most=upload.maximum_bytes)
    if content is None:
        raise Invalid.field(
            field, "The file has not arrived. Upload it first, then send its address.", code="file_missing"
        )
    try:
        kept = file_types.cleaned(content, file_types.ALLOWED[upload.content_type])
    except Invalid as refusal:
        raise Invalid(refusal.message, code=refusal.code, errors={field: refusal.errors["file"]}) from refusal
    _keep_out_of_reach(upload, kept)
    _remember(upload, kept)


def _keep_out_of_reach(upload: Upload, kept: bytes) -> None:
    """Move a bucket's file to a key nobody has a signed address of: the one to send it to still works for minutes."""
    sent_to = upload.key
    upload.key = f"{sent_to.rpartition('/')[0]}/{secrets.token_hex(16)}.{sent_to.rpartition('.')[2]}"
    storage.write(upload.key, kept)
    transaction.on_commit(lambda: storage.delete(sent_to), robust=True)


def readable(*, upload_id: UUID, by: Any) -> Upload:
    """The upload, for its owner and for whoever may read the record it belongs to; NotFound for everybody else."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is not None and upload.owner_id == by.pk:
        return upload
    reader = _readers.get(upload.attached_to_type) if upload and upload.attached_to_id else None
    if upload is None or reader is None or not reader(by, upload.attached_to_id):  # type: ignore[arg-type]  # set with reader
        raise NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
    return upload


def forget_attached(*, to_type: str, before: datetime, at_most: int) -> int:
    """Delete files attached to records of a type that were sent before an instant, bytes first; how many there were.

    Their bytes go with them: when a run is cut short between the two, the next finds the row and deletes it.
    """
    return _forget(files.attached_before(to_type, before).order_by("pk")[:at_most])


def forget_of(*, user_ids: Collection[UUID]) -> int:
    """Delete every file these users sent, attached or not, bytes first; how many there were."""
    return _forget(files.owned_by(user_ids))


def _forget(uploads: Iterable[Upload]) -> int:
    found = list(uploads)
    for upload in found:
        storage.delete(upload.key)
    Upload.objects.filter(pk__in=[upload.pk for upload in found]).delete()
    return len(found)


def sweep(*, at: datetime, at_most: int = 1000) -> int:
    """Forget uploads nobody attached in time, with their bytes; attached ones are never touched."""
    count = 0
    orphans = Upload.objects.exclude(status=UploadStatus.ATTACHED).filter(expires_at__lte=at)
    for upload_id in orphans.order_by("expires_at").values_list("pk", flat=True)[:at_most]:
        with transaction.atomic():
            upload = Upload.objects.select_for_update(skip_locked=True).filter(pk=upload_id).first()
            if upload is None or upload.status == UploadStatus.ATTACHED:
                continue
            storage.delete(upload.key)
            upload.delete()
        count += 1
    return count
