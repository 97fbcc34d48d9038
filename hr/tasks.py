"""HR's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hr.services import sessions


@shared_task(name="hr.sweep_tokens")
def sweep_tokens() -> int:
    return sessions.sweep(at=timezone.now())
