"""Offline batches: taken at once, settled by the worker in chunks, answered record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from attendance.models import SyncRecord, SyncState
from attendance.services import sync_rows
from attendance.services.sync_answers import SENTENCES, tell
from attendance.services.sync_photos import Photos
from attendance.services.sync_rows import Item, store_answers
from attendance.services.sync_settling import settle
from hr.models import User
from peoplesync.core import copying
from peoplesync.core.models import Job, new_id
from peoplesync.core.services import activity, jobs, notifications
from peoplesync.core.services.jobs import Ticket
from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope

KIND = "attendance.sync"
#: Records settled in one transaction: bounds how long people are locked.
CHUNK = 500
_CAME_TO = {
    SyncState.CREATED: "recorded",
    SyncState.DUPLICATE: "known already",
    SyncState.CONFLICT: "in conflict with others",
    SyncState.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One record as the door read it: `body` its values, or a `refusal` (field: sentence) when it made no sense."""

    client_id: str | None
    body: Mapping[str, Any]
    refusal: str = ""


def accept(*, records: Sequence[Told], by: Any, at: datetime, day: date) -> Job:
    """Keep a batch and queue its job, in the caller's transaction. `day` is the local day its job is named for."""
    job = jobs.enqueue(kind=KIND, job_id=f"job_att_sync_{day:%Y%m%d}", payload={}, by=by, total=len(records), at=at)
    copying.held(
        SyncRecord,
        (
            {
                "id": new_id(),
                "created_at": at,
                "job_id": job.pk,
                "position": position,
                "client_id": told.client_id,
                "body": told.body,
                "state": SyncState.REFUSED.value if told.refusal else "",
                "code": "invalid" if told.refusal else "",
                "reason": told.refusal,
                "attendance_id": None,
            }
            for position, told in enumerate(records)
        ),
    )
    return job


def run(ticket: Ticket) -> str:
    """Settle what is unanswered of a batch; may be run again at any time. The answer is the job's summary."""
    job = Job.objects.get(pk=ticket.job_id)
    reach = _reach(ticket.user_id)
    items = sorted(sync_rows.waiting(job.pk), key=lambda item: item.employee_id)  # each person's as they were sent
    done = job.total - len(items)
    if not items:
        ticket.advance(processed=done)  # all of it was refused as it came, or a worker that died had done the rest
    for part in _parts(items):
        photos = Photos(ticket.user_id)
        hold = partial(ticket.advance, processed=done)
        photos.examine(part, alive=hold)
        _settle_all(part, job, reach, photos, hold)
        done += len(part)
        ticket.advance(processed=done)
    return _finish(job, ticket)


def _reach(user_id: UUID | None) -> UUID | Scope | None:
    """Whose records the sender may send, judged by her rights as they are now: ALL, her own employee, or nobody's."""
    user = User.objects.alive().filter(pk=user_id, is_active=True).first()
    if user is None:
        return Scope.NONE
    reach = rights.scope(user.role_names, "attendances", "sync")
    return Scope.ALL if reach is Scope.ALL else user.employee_id


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]


def _settle_all(items: Sequence[Item], job: Job, reach: Any, photos: Photos, hold: Callable[[], None]) -> None:
    """Settle a chunk; when the database refuses it, halve until the one record that it refuses is found.

    The lease is held until each part is stored: whoever takes the job over waits for that, and whoever lost it stores
    nothing.
    """
    try:
        with transaction.atomic():
            hold()
            settle(items, received_at=job.created_at, made_by_id=job.user_id, reach=reach, photos=photos)
        return
    except (IntegrityError, DataError):
        if len(items) == 1:
            _refuse(items[0])
            return
    middle = len(items) // 2
    _settle_all(items[:middle], job, reach, photos, hold)
    _settle_all(items[middle:], job, reach, photos, hold)


def _refuse(item: Item) -> None:
    tell(item, SyncState.REFUSED, "not_stored")
    store_answers([item])


def give_up(job: Job) -> None:
    """A job ended as failed: if it was a batch's, what it left unanswered is refused and the sender told."""
    if job.kind != KIND:
        return
    left = sync_rows.refuse_waiting(job.pk, "not_settled", SENTENCES["not_settled"])
    _tell(job, "Attendance sync stopped", f"{left} of {job.total} records were not settled. Send them again.")


def _finish(job: Job, ticket: Ticket) -> str:
    found = Counter(SyncRecord.objects.filter(job=job).values_list("state", flat=True))
    summary = _summary(job, found)
    with transaction.atomic():
        ticket.complete(summary)
        activity.record(
            action="attendance.synced",
            resource_type="job",
            resource_id=None,
            by=job.user_id,
            meta={"job_id": job.pk, **{state: found.get(state, 0) for state in SyncState.values}},
        )
        _tell(job, "Attendance sync imported", summary)
    return summary


def _summary(job: Job, found: Counter[str]) -> str:
    """What a batch came to, for people: only what there was of, and where to look when something did not go in."""
    noun = "record" if job.total == 1 else "records"
    said = ", ".join(f"{found[state]} {words}" for state, words in _CAME_TO.items() if found[state])
    is_all_in = not (found[SyncState.CONFLICT] or found[SyncState.REFUSED])
    where = "" if is_all_in else f" Why, and what to do: /attendances/sync/{job.pk}/records."
    return f"{job.total} {noun}: {said}.{where}"


def _tell(job: Job, title: str, message: str) -> None:
    if job.user_id is not None:
        notifications.send(
            user_ids=[job.user_id], title=title, message=message, at=job.updated_at, event_key=f"sync:{job.pk}"
        )
