"""Jobs: made with the act that asks for them, published after commit, run under a lease, never left behind.

A job's row is its own outbox. Publishing to the broker may fail or the message may be lost: the reconciler
(`core.reconcile_jobs`) publishes again whatever waits too long or whose lease ran out. Handlers are registered by kind
in an app's `ready`, take ids only, and may run twice: their effect must be guarded by the database.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from peoplesync.core import broker, request_ids
from peoplesync.core.hooks import Hook
from peoplesync.core.models import Job, JobStatus
from peoplesync.kernel.errors import PeopleSyncError, Unavailable

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
PATIENCE = timedelta(seconds=20)
MAXIMUM_ATTEMPTS = 5
#: Between two looks at whether what a job needs is back.
LONGEST_WAIT = timedelta(minutes=10)
RUN_TASK = "core.run_job"

#: Called in the transaction that ends a job as failed: (job). Lets the app that owns the work clean up or tell people.
job_failed: Hook[[Job]] = Hook("core.job_failed")

Handler = Callable[["Ticket"], Any]
_handlers: dict[str, Handler] = {}


class LeaseLost(Exception):
    """Another worker holds the job now: stop at once and write nothing more."""


def register(kind: str, handler: Handler) -> None:
    """Name the function that runs jobs of `kind`. It gets a `Ticket` and returns the job's result for the wire."""
    _handlers[kind] = handler


@dataclass(frozen=True, slots=True)
class Ticket:
    """A worker's right to one job for a while: read the payload, report progress, keep the lease."""

    job_id: str
    payload: Mapping[str, Any]
    user_id: Any
    lease_number: int
    attempt: int
    #: Told (processed, total) as the work goes on, where somebody waits for it in this process.
    watch: Callable[[int, int], None] | None = None

    def advance(self, *, processed: int, total: int | None = None) -> None:
        """Report progress and extend the lease, in the caller's transaction if there is one.

        Progress never falls. Raises LeaseLost when somebody else has taken the job over.
        """
        now = timezone.now()
        values: dict[str, Any] = {"lease_expires_at": now + LEASE, "updated_at": now}
        job = Job.objects.filter(pk=self.job_id, lease_number=self.lease_number, status=JobStatus.PROCESSING)
        current = job.values("processed", "total").first()
        if current is None:
            raise LeaseLost(self.job_id)
        values["total"] = current["total"] if total is None else max(total, current["processed"])
        values["processed"] = min(max(processed, current["processed"]), values["total"])
        if not job.update(**values):
            raise LeaseLost(self.job_id)
        if self.watch is not None:
            self.watch(values["processed"], values["total"])

    def complete(self, result: Any) -> None:
        """End the job in the caller's transaction: what is said about its end there is said once, whatever dies when.

        A handler that says nothing just returns its result. Raises LeaseLost when somebody else has taken the job over.
        """
        if not _ended(self, JobStatus.COMPLETED, result=result):
            raise LeaseLost(self.job_id)


def enqueue(*, kind: str, job_id: str, payload: Mapping[str, Any], by: Any, total: int, at: datetime) -> Job:
    """Write a queued job in the caller's transaction and publish it once that commits.

    `job_id` is the readable id to start from (`job_payroll_nov2025`); a random ending is appended when it is taken.
    Raises LookupError for a kind that no app has registered.
    """
    if kind not in _handlers:
        raise LookupError(f"no handler is registered for jobs of kind {kind!r}")
    job = _insert_with_free_id(
        job_id, kind=kind, payload=dict(payload), user_id=getattr(by, "pk", by), total=total, at=at
    )
    transaction.on_commit(lambda: publish(job_id=job.pk), robust=True)
    return job


def _insert_with_free_id(
    wanted: str, *, kind: str, payload: dict[str, Any], user_id: Any, total: int, at: datetime
) -> Job:
    for candidate in (wanted, *(f"{wanted}_{secrets.token_hex(4)}" for _ in range(5))):
        try:
            with transaction.atomic():
                return Job.objects.create(
                    pk=candidate, kind=kind, payload=payload, user_id=user_id, total=total, created_at=at, updated_at=at
                )
        except IntegrityError:
            continue  # the id is taken; counting the taken ones would grow with history, a random ending does not
    raise RuntimeError(f"no free job id could be found for {wanted}")


def publish(*, job_id: str) -> bool:
    """Hand a queued job to the broker. False when the broker does not answer: the reconciler will try again."""
    try:
        with broker.connection() as connection:
            current_app.send_task(RUN_TASK, args=[job_id], retry=False, connection=connection)
    except OperationalError as error:
        logger.warning("job %s could not be published and waits for the broker: %s", job_id, error.__class__.__name__)
        return False
    Job.objects.filter(pk=job_id, status=JobStatus.QUEUED).update(published_at=timezone.now())
    return True


def claim(*, job_id: str, at: datetime) -> Ticket | None:
    """Take the lease of a job that waits or whose worker fell silent; None when there is nothing to take."""
    free = Q(status=JobStatus.QUEUED) | Q(status=JobStatus.PROCESSING, lease_expires_at__lt=at)
    claimed = Job.objects.filter(free, pk=job_id).update(
        status=JobStatus.PROCESSING,
        lease_number=F("lease_number") + 1,
        attempt_count=F("attempt_count") + 1,
        lease_expires_at=at + LEASE,
        updated_at=at,
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    return Ticket(job.pk, job.payload, job.user_id, job.lease_number, job.attempt_count)


def run(*, job_id: str, watch: Callable[[int, int], None] | None = None) -> None:
    """Run one job to a terminal state, or leave it for the next attempt. `watch` is told (processed, total) meanwhile."""
    with request_ids.known_as(job_id):
        _run(job_id, watch)


def _run(job_id: str, watch: Callable[[int, int], None] | None) -> None:
    claimed = claim(job_id=job_id, at=timezone.now())
    if claimed is None:
        return
    ticket = replace(claimed, watch=watch)
    job = Job.objects.get(pk=job_id)
    if ticket.attempt > MAXIMUM_ATTEMPTS:
        _finish(ticket, JobStatus.FAILED, error=_gave_up(job))
        return
    try:
        result = _handlers[job.kind](ticket)
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", job_id)
    except Unavailable as away:
        logger.warning("job %s waits for what it needs: %s", job_id, away.message)
        _wait(ticket)
    except PeopleSyncError as refusal:
        _finish(ticket, JobStatus.FAILED, error=refusal.message)
    except Exception:
        logger.exception("job %s stopped in attempt %s", job_id, ticket.attempt)
        _release(ticket, job)
    else:
        _finish(ticket, JobStatus.COMPLETED, result=result)


def _gave_up(job: Job) -> str:
    return (
        f"The work stopped {MAXIMUM_ATTEMPTS} times before it could finish. What was done is kept; start it again, "
        f"and give your administrator this reference if it stops again: {job.pk}"
    )


def _release(ticket: Ticket, job: Job) -> None:
    """After an unexpected error: queue again for the reconciler, or fail when the attempts are used up."""
    if ticket.attempt >= MAXIMUM_ATTEMPTS:
        _finish(ticket, JobStatus.FAILED, error=_gave_up(job))
        return
    Job.objects.filter(pk=ticket.job_id, lease_number=ticket.lease_number, status=JobStatus.PROCESSING).update(
        status=JobStatus.QUEUED, lease_expires_at=None, published_at=timezone.now(), updated_at=timezone.now()
    )


def _wait(ticket: Ticket) -> None:
    """What the work needs is away: queue again without counting the attempt, each time a little later."""
    waits = ticket.lease_number - ticket.attempt
    later = min(PATIENCE * 2 ** min(waits, 10), LONGEST_WAIT) - PATIENCE
    now = timezone.now()
    Job.objects.filter(pk=ticket.job_id, lease_number=ticket.lease_number, status=JobStatus.PROCESSING).update(
        status=JobStatus.QUEUED,
        attempt_count=F("attempt_count") - 1,
        lease_expires_at=None,
        published_at=now + later,
        updated_at=now,
    )


def _finish(ticket: Ticket, status: JobStatus, *, result: Any = None, error: str | None = None) -> None:
    with transaction.atomic():
        if _ended(ticket, status, result=result, error=error) and status == JobStatus.FAILED:
            job_failed(Job.objects.get(pk=ticket.job_id))


def _ended(ticket: Ticket, status: JobStatus, *, result: Any = None, error: str | None = None) -> bool:
    mine = Job.objects.filter(pk=ticket.job_id, lease_number=ticket.lease_number, status=JobStatus.PROCESSING)
    return bool(
        mine.update(status=status, result=result, error=error, lease_expires_at=None, updated_at=timezone.now())
    )


def reconcile(*, at: datetime) -> int:
    """Publish again every job that waits too long or whose worker fell silent; the number published."""
    waiting = Q(status=JobStatus.QUEUED) & (Q(published_at=None) | Q(published_at__lt=at - PATIENCE))
    silent = Q(status=JobStatus.PROCESSING, lease_expires_at__lt=at)
    due = Job.objects.filter((waiting & Q(updated_at__lt=at - timedelta(seconds=5))) | silent)
    count = 0
    for job_id in due.order_by("created_at").values_list("pk", flat=True)[:500]:
        if not publish(job_id=job_id):
            break  # the broker is away: asking again for each job would only wait again
        count += 1
    return count
