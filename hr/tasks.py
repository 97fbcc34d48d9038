"""HR's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from hr.selectors import organisation
from hr.services import employee_batches, sessions


@shared_task(name="hr.sweep_tokens")
def sweep_tokens() -> int:
    return sessions.sweep(at=timezone.now())


@shared_task(name="hr.mark_ended")
def mark_ended() -> int:
    now = timezone.now()
    return employee_batches.mark_ended(before=organisation.today(now), at=now)
