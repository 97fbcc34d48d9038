"""PURE. Jobs and their sub-jobs, page by page: `offset` counts resources, not pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam import queries
from attendance.adapters.connecteam.fields import Problems, Query
from attendance.adapters.connecteam.wire import Location, location_json, success

DEFAULT_LIMIT, MOST_JOBS = 10, 500
DEFAULT_COLOUR = "#4B7AC5"


@dataclass(frozen=True)
class JobsQuery:
    """A filter that was not sent is None; an empty one matches nothing. Deleted jobs are included unless refused."""

    instance_ids: tuple[int, ...] | None = None
    job_ids: tuple[str, ...] | None = None
    job_names: tuple[str, ...] | None = None
    job_codes: tuple[str, ...] | None = None
    include_deleted: bool = True
    sort: str | None = None
    order: str = "asc"
    limit: int = DEFAULT_LIMIT
    offset: int = 0


@dataclass(frozen=True)
class Job:
    """A job of a clock; a sub-job has a `parent_id` and no `sub_jobs`. `fence_size` in metres."""

    id: str
    title: str
    code: str = ""
    description: str = ""
    colour: str = DEFAULT_COLOUR
    is_deleted: bool = False
    instance_ids: tuple[int, ...] = ()
    user_ids: tuple[int, ...] = ()
    fence_size: int | None = None
    address: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    parent_id: str | None = None
    sub_jobs: tuple[Job, ...] = ()


def jobs_query(query: Query) -> JobsQuery:
    """Raises Unprocessable (422)."""
    problems = Problems()
    sort = queries.choices(query, "sort", ("title",), problems)
    order = queries.choices(query, "order", ("asc", "desc"), problems)
    include_deleted = queries.boolean(query, "includeDeleted", problems)
    found = JobsQuery(
        instance_ids=queries.integers(query, "instanceIds", problems),
        job_ids=queries.texts(query, "jobIds", problems),
        job_names=queries.texts(query, "jobNames", problems),
        job_codes=queries.texts(query, "jobCodes", problems),
        include_deleted=True if include_deleted is None else include_deleted,
        sort=sort[-1] if sort else None,
        order=order[-1] if order else "asc",
        limit=queries.bounded(query, "limit", problems, default=DEFAULT_LIMIT, at_least=1, at_most=MOST_JOBS),
        offset=queries.bounded(query, "offset", problems, default=0, at_least=0, at_most=None),
    )
    problems.raise_any()
    return found


def jobs_answer(jobs: Sequence[Job], query: JobsQuery, *, total: int, request_id: str) -> JsonObject:
    """`paging.offset` is where the next page begins; a page shorter than `limit` is the last."""
    paging: JsonObject = {"offset": query.offset + len(jobs), "total": total}
    return success({"jobs": [job_json(job) for job in jobs]}, request_id) | {"paging": paging}


def job_json(job: Job) -> JsonObject:
    gps = location_json(Location(job.address, job.latitude, job.longitude))
    return {
        "jobId": job.id,
        "title": job.title,
        "code": job.code,
        "color": job.colour,
        "description": job.description,
        "customFields": [],
        "fenceSize": job.fence_size,
        "gps": gps or None,
        "isDeleted": job.is_deleted,
        "assign": {"type": "users" if job.user_ids else "both", "userIds": list(job.user_ids), "groupIds": []},
        "useParentData": None if job.parent_id is None else False,
        "parentId": job.parent_id,
        "subJobs": None if job.parent_id is not None else [job_json(sub_job) for sub_job in job.sub_jobs],
        "instanceIds": list(job.instance_ids),
    }
