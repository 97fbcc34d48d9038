"""Core's Celery tasks: thin doors to its services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from peoplesync.core.services import idempotency, jobs, uploads


@shared_task(name=jobs.RUN_TASK)
def run_job(job_id: str) -> None:
    jobs.run(job_id=job_id)


@shared_task(name="core.reconcile_jobs", ignore_result=True)
def reconcile_jobs() -> int:
    return jobs.reconcile(at=timezone.now())


@shared_task(name="core.sweep")
def sweep() -> int:
    now = timezone.now()
    return idempotency.sweep(at=now) + uploads.sweep(at=now)
