"""Idempotency keys: one POST with one key has one effect (contract, section 1; kept 24 hours).

The key's row is written first, inside the transaction of the act: a refused act rolls it back and leaves the key free,
and a twin in the same moment waits on the unique constraint until the first has committed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from peoplesync.core.models import IdempotencyKey, Job
from peoplesync.kernel.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """Who sent which key with what to where."""

    user_id: UUID
    route: str
    key: UUID
    body_hash: str


def parse(raw: str | None, *, is_required: bool) -> UUID | None:
    """The key of a header value: any UUID version, bare or in double quotes.

    Raises Invalid naming the header when it is malformed, or missing although required.
    """
    if raw is None or not raw.strip():
        if is_required:
            raise Invalid.field(
                HEADER, "This header is required: send a new UUID with every new request.", code="required"
            )
        return None
    text = raw.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    try:
        if len(text) != 36:
            raise ValueError(text)
        return UUID(text)
    except ValueError:
        raise Invalid.field(HEADER, "This header must be one UUID.", code="malformed") from None


def claim(*, request: KeyedRequest, at: datetime) -> IdempotencyKey:
    """Take the key inside the caller's transaction. Raises IntegrityError when it is taken: see `taken`."""
    IdempotencyKey.objects.filter(
        user_id=request.user_id, route=request.route, key=request.key, expires_at__lte=at
    ).delete()
    with transaction.atomic():
        return IdempotencyKey.objects.create(
            user_id=request.user_id,
            route=request.route,
            key=request.key,
            body_hash=request.body_hash,
            created_at=at,
            expires_at=at + KEPT_FOR,
        )


def first_use(request: KeyedRequest) -> IdempotencyKey:
    """The row of the request that used this key first."""
    return IdempotencyKey.objects.select_related("job").get(
        user_id=request.user_id, route=request.route, key=request.key
    )


def keep_answer(*, key: IdempotencyKey, status_code: int, body: str) -> None:
    """Store the answer in the act's transaction, so a repeat can be given the same one."""
    IdempotencyKey.objects.filter(pk=key.pk).update(status_code=status_code, body=body)


def attach_job(*, key: IdempotencyKey, job: Job) -> None:
    """Remember which job the key started."""
    IdempotencyKey.objects.filter(pk=key.pk).update(job=job)


def repeated(request: KeyedRequest, first: IdempotencyKey, *, job_url: str | None) -> Conflict:
    """The refusal of a repeated key: names the first job only when the body is the same."""
    if first.body_hash != request.body_hash:
        sentence = "This key was used with a different body. Send a new key with a new request."
        return Conflict("Idempotency key already used", code="idempotency_key_reused", errors={HEADER: [sentence]})
    sentence = "This key was used already; the first request was accepted. Look at its job instead of sending it again."
    errors = {HEADER: [sentence]}
    if first.job_id:
        errors["job_id"] = [first.job_id]
    return Conflict("Idempotency key already used", code="idempotency_key_repeated", errors=errors, location=job_url)


def sweep(*, at: datetime) -> int:
    """Forget expired keys; the number forgotten."""
    return IdempotencyKey.objects.filter(expires_at__lte=at).delete()[0]


def forget(*, user_ids: Collection[UUID]) -> int:
    """Forget every key of these users, with the answers that were stored; the number forgotten."""
    return IdempotencyKey.objects.filter(user_id__in=user_ids).delete()[0]
