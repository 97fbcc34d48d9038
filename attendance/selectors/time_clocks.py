"""Time clocks and work jobs as lists show them, and the living rows behind ids that somebody sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from attendance.models import TimeClock, TimeClockJob, WorkJob
from peoplesync.kernel.errors import Invalid


def listed() -> Any:
    """Every clock, archived ones too, with the ids assigned to it: three statements however many clocks."""
    return TimeClock.objects.alive().prefetch_related("employee_links", "job_links")


def jobs_listed() -> Any:
    """Every work job, archived ones too."""
    return WorkJob.objects.alive()


def ensure_jobs(job_ids: Collection[UUID]) -> None:
    """Raises Invalid (`work_job_ids`) that names the first id no job has."""
    known = set(WorkJob.objects.alive().filter(pk__in=list(job_ids)).values_list("pk", flat=True)) if job_ids else set()
    missing = [str(job_id) for job_id in job_ids if job_id not in known]
    if missing:
        raise Invalid.field("work_job_ids", f"There is no work job with the id {missing[0]}.", code="unknown")


def jobs_by_clock(clocks: Iterable[TimeClock]) -> dict[UUID, list[WorkJob]]:
    """The jobs assigned to each of these clocks, by name, in one statement."""
    links = TimeClockJob.objects.filter(time_clock__in=list(clocks), work_job__deleted_at=None)
    found: dict[UUID, list[WorkJob]] = defaultdict(list)
    for link in links.select_related("work_job").order_by("work_job__name", "work_job_id"):
        found[link.time_clock_id].append(link.work_job)
    return found


def children_of(job_ids: Iterable[UUID]) -> dict[UUID, list[WorkJob]]:
    """The sub-jobs of each of these jobs, by name, in one statement."""
    found: dict[UUID, list[WorkJob]] = defaultdict(list)
    for job in WorkJob.objects.alive().filter(parent__in=list(job_ids)).order_by("name", "id"):
        if job.parent_id is not None:
            found[job.parent_id].append(job)
    return found
