"""Work jobs: what people work on, one level of sub-jobs deep. Where they may be chosen is the time clock's to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import WorkJob
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid

#: Fields of a job that an act may set. Nobody starts on an archived job any more.
FIELDS = frozenset({"name", "code", "parent_id", "is_archived"})


@transaction.atomic
def create(*, values: Mapping[str, Any], by: Any, at: datetime) -> WorkJob:
    """A new job, or with a `parent_id` a sub-job. Raises Invalid for a code that is taken or an impossible parent."""
    made = WorkJob(created_at=at)
    _set(made, values)
    _log("work_job.created", made, {"name": made.name}, by=by, at=at)
    return made


@transaction.atomic
def update(*, job: WorkJob, values: Mapping[str, Any], by: Any, at: datetime) -> WorkJob:
    """Change what is given. Raises as `create` does."""
    _set(job, values)
    _log("work_job.updated", job, {"name": job.name, "changed": sorted(values)}, by=by, at=at)
    return job


def _set(job: WorkJob, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - FIELDS:
        raise LookupError(f"a work job has no {sorted(unknown)}")
    if values.get("parent_id"):
        _check_parent(job, values["parent_id"])
    for name, value in values.items():
        setattr(job, name, value)
    if values.get("code") and WorkJob.objects.alive().filter(code=job.code).exclude(pk=job.pk).exists():
        raise Invalid.field("code", "A work job with this code exists already.", code="duplicate")
    job.save()


def _check_parent(job: WorkJob, parent_id: UUID) -> None:
    """Jobs are one level deep: both rows are held, so two acts at once cannot make a third level."""
    held = {row.pk: row for row in WorkJob.objects.alive().filter(pk__in=[parent_id, job.pk]).select_for_update()}
    parent = held.get(parent_id)
    if parent is None:
        raise Invalid.field("parent_id", "There is no work job with this id.", code="unknown")
    if parent.pk == job.pk or parent.parent_id is not None:
        raise Invalid.field(
            "parent_id", "A sub-job cannot have sub-jobs. Choose a job that has no parent.", code="depth"
        )
    if WorkJob.objects.alive().filter(parent_id=job.pk).exists():
        raise Invalid.field("parent_id", "This job has sub-jobs, so it cannot become one itself.", code="depth")


def _log(action: str, job: WorkJob, meta: Mapping[str, Any], *, by: Any, at: datetime) -> None:
    activity.record(action=action, resource_type="work_job", resource_id=job.pk, by=by, at=at, meta=meta)
