"""Attendance's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from attendance.services import closing


@shared_task(name="attendance.close_forgotten", ignore_result=True)
def close_forgotten() -> int:
    return closing.close_forgotten(at=timezone.now())
