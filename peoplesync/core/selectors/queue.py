"""Jobs that have not ended: how many, since when, and which of them nobody seems to work on.

Only unfinished rows are read, by their own index: what it costs does not grow with history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from peoplesync.core.models import Job, JobStatus

STUCK_AFTER = timedelta(minutes=5)


def waiting_too_long(at: datetime) -> Any:
    """Queued jobs that no worker has taken for long."""
    return Job.objects.filter(status=JobStatus.QUEUED, updated_at__lt=at - STUCK_AFTER)


def silent(at: datetime) -> Any:
    """Jobs whose worker has said nothing since its lease ran out long ago."""
    return Job.objects.filter(status=JobStatus.PROCESSING, lease_expires_at__lt=at - STUCK_AFTER)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs are in a state, and for how long the oldest of them has been there to be done, in seconds."""

    count: int = 0
    oldest_seconds: float = 0.0


def unfinished(at: datetime) -> dict[str, Waiting]:
    """Of each state a job has before it ends: one statement."""
    states = (JobStatus.QUEUED, JobStatus.PROCESSING)
    rows = (
        Job.objects.filter(status__in=states).order_by().values_list("status").annotate(Count("pk"), Min("created_at"))
    )
    found = {status: Waiting(count, max(0.0, (at - oldest).total_seconds())) for status, count, oldest in rows}
    return {state.value: found.get(state.value, Waiting()) for state in states}


def unpublished() -> int:
    """Queued jobs that were not handed to the broker yet."""
    return int(Job.objects.filter(status=JobStatus.QUEUED, published_at=None).count())
