"""The Celery application and the whole timetable. Composition only: what a task does stands in its app's `tasks`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init, worker_ready
from django.conf import settings
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
# Django's checks load every route and staff page; they were run when this release was prepared, and no task needs them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

app = Celery("peoplesync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "reconcile jobs": {"task": "core.reconcile_jobs", "schedule": 10.0},
    "sweep expired keys and orphaned uploads": {"task": "core.sweep", "schedule": crontab(minute="17")},
    "make leavers of those whose last day has passed": {"task": "hr.mark_ended", "schedule": crontab(minute="5")},
    "show the salaries that begin today": {"task": "payroll.show_begun_rates", "schedule": crontab(minute="7")},
    "close forgotten stays": {"task": "attendance.close_forgotten", "schedule": crontab(minute="*/5")},
    "settle yesterday and today": {"task": "attendance.settle_days", "schedule": crontab(minute="3,18,33,48")},
    "settle the days that were missed": {
        "task": "attendance.settle_days",
        "schedule": crontab(hour="1", minute="25"),
        "kwargs": {"days_back": 14},
    },
    "ask for decisions on overtime": {"task": "attendance.ask_for_overtime", "schedule": crontab(minute="35")},
    "tell managers of exceptions": {"task": "attendance.tell_managers", "schedule": crontab(minute="*/5")},
    "forget what is kept long enough": {
        "task": "peoplesync.apply_retention",
        "schedule": crontab(hour="2", minute="40"),
    },
    "forget expired tokens": {"task": "hr.sweep_tokens", "schedule": crontab(minute="47")},
    "forget expired tokens of vendors": {"task": "attendance.sweep_vendor_tokens", "schedule": crontab(minute="52")},
}


@worker_init.connect
def measure_tasks(**_: Any) -> None:
    """Before the worker starts its processes, so that they count too."""
    _metrics("of_worker")


@worker_ready.connect
def serve_figures(**_: Any) -> None:
    _metrics("serve_worker")


def _metrics(act: str) -> None:
    """By its name: loading it begins to keep figures, which only a worker that was asked for them should."""
    if settings.METRICS_PORT:
        import_string(f"peoplesync.core.metrics.{act}")()
