"""Attendance's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from attendance.services import closing, day_settling, exception_notices, overtime, vendor_keys


@shared_task(name="attendance.close_forgotten", ignore_result=True)
def close_forgotten() -> int:
    return closing.close_forgotten(at=timezone.now())


@shared_task(name="attendance.settle_days", ignore_result=True)
def settle_days(days_back: int = 1) -> int:
    """Rows for days without a punch, and the end of days that are over; `days_back` days before each zone's today."""
    return day_settling.settle(at=timezone.now(), days_back=days_back)


@shared_task(name="attendance.tell_managers", ignore_result=True)
def tell_managers() -> int:
    return exception_notices.tell_managers(at=timezone.now())


@shared_task(name="attendance.ask_for_overtime", ignore_result=True)
def ask_for_overtime() -> int:
    return overtime.ask(at=timezone.now())


@shared_task(name="attendance.sweep_vendor_tokens", ignore_result=True)
def sweep_vendor_tokens() -> int:
    return vendor_keys.sweep(at=timezone.now())
