"""Payroll's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from payroll.services import latest


@shared_task(name="payroll.show_begun_rates", ignore_result=True)
def show_begun_rates() -> int:
    return latest.push_begun(at=timezone.now())
