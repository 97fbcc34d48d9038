"""Connecteam's jobs, a page at a time, each with its sub-jobs and the clocks it is on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse

from attendance.adapters.connecteam import punching, wire_jobs
from attendance.adapters.connecteam.clocks import VENDOR
from attendance.adapters.connecteam.wire_jobs import Job, JobsQuery
from attendance.adapters.door import Call, json_answer
from attendance.models import TimeClockJob, WorkJob
from attendance.models.vendor_id import IdKind
from attendance.selectors import vendor_ids as known
from attendance.services import vendor_ids


def listed(call: Call) -> HttpResponse:
    query = wire_jobs.jobs_query(dict(call.request.GET.lists()))
    rows = _filtered(query)
    page = list(rows[query.offset : query.offset + query.limit])
    answer = wire_jobs.jobs_answer(_shown(page), query, total=rows.count(), request_id=punching.request_id())
    return json_answer(answer)


def _filtered(query: JobsQuery) -> QuerySet[WorkJob]:
    rows = WorkJob.objects.filter(parent=None)
    if not query.include_deleted:
        rows = rows.filter(deleted_at=None, is_archived=False)
    if query.job_ids is not None:
        rows = rows.filter(pk__in=_ids(IdKind.JOB, query.job_ids))
    if query.job_names is not None:
        rows = rows.filter(name__in=query.job_names)
    if query.job_codes is not None:
        rows = rows.filter(code__in=query.job_codes)
    if query.instance_ids is not None:
        clocks = _ids(IdKind.CLOCK, [str(number) for number in query.instance_ids])
        rows = rows.filter(pk__in=TimeClockJob.objects.filter(time_clock__in=clocks).values("work_job"))
    return rows.order_by("-name" if query.order == "desc" else "name", "id")


def _ids(kind: IdKind, names: Sequence[str]) -> list[UUID]:
    return list(known.object_ids(vendor=VENDOR, kind=kind.value, external_ids=names).values())


def _shown(rows: Sequence[WorkJob]) -> list[Job]:
    """Jobs with theirs: four statements however many."""
    children: dict[UUID, list[WorkJob]] = defaultdict(list)
    for child in WorkJob.objects.filter(parent__in=rows).order_by("name", "id"):
        if child.parent_id is not None:
            children[child.parent_id].append(child)
    every = [*rows, *(child for each in children.values() for child in each)]
    names = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.JOB.value, object_ids=[row.pk for row in every])
    links = list(TimeClockJob.objects.filter(Q(work_job__in=rows)).values_list("work_job_id", "time_clock_id"))
    numbers = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.CLOCK.value, object_ids=[clock for _, clock in links])

    def shown(row: WorkJob, parent: WorkJob | None = None) -> Job:
        home = (parent or row).pk
        return Job(
            id=names[row.pk],
            title=row.name,
            code=row.code,
            is_deleted=row.deleted_at is not None or row.is_archived,
            instance_ids=tuple(int(numbers[clock]) for job, clock in links if job == home),
            parent_id=names[parent.pk] if parent else None,
            sub_jobs=tuple(shown(child, row) for child in children[row.pk]) if parent is None else (),
        )

    return [shown(row) for row in rows]
