"""The house's own Celery tasks: thin doors to what spans every app."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from peoplesync.privacy import retention


@shared_task(name="peoplesync.apply_retention", ignore_result=True)
def apply_retention() -> int:
    forgotten = retention.apply(at=timezone.now())
    return forgotten.evidence_count + forgotten.photo_count
