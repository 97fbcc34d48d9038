"""Jobs: published after commit, run once under a lease, tried again, never left `processing` for ever."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from peoplesync.core.models import Job, JobStatus
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import Conflict, Unavailable

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def queued(kind: str, **payload) -> Job:
    with transaction.atomic():
        return jobs.enqueue(kind=kind, job_id=f"job_{kind}", payload=payload, by=None, total=3, at=timezone.now())


def state(job: Job) -> str:
    return Job.objects.values_list("status", flat=True).get(pk=job.pk)


@pytest.fixture
def probe():
    """A job kind that counts its runs; registered as an app's `ready` would."""
    runs: list[int] = []

    def handler(ticket: jobs.Ticket) -> str:
        runs.append(ticket.attempt)
        for step in range(3):
            ticket.advance(processed=step + 1)
        return "three of three"

    jobs.register("probe", handler)
    return runs


def test_a_job_runs_to_completed_with_its_result_and_progress(probe):
    job = queued("probe")
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.result, job.processed, job.total) == ("completed", "three of three", 3, 3)


@pytest.mark.timeout(20)
def test_a_broker_that_takes_calls_and_never_answers_keeps_nobody_waiting(probe, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        job = queued("probe")
    job.refresh_from_db()
    assert (job.status, job.published_at) == ("queued", None)


def test_a_job_that_is_delivered_twice_runs_once(probe):
    job = queued("probe")
    jobs.run(job_id=job.pk)
    jobs.run(job_id=job.pk)
    assert probe == [1]


def test_a_job_of_a_rolled_back_act_never_existed(probe):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue(kind="probe", job_id="job_probe", payload={}, by=None, total=0, at=timezone.now())
        _ = 1 / 0
    assert not Job.objects.exists()


def test_a_refusal_ends_the_job_with_its_sentence():
    def refuses(ticket):
        raise Conflict("The month is posted. Choose another.", code="posted")

    jobs.register("refuses", refuses)
    job = queued("refuses")
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The month is posted. Choose another.")


def test_what_a_job_needs_may_be_away_for_a_while():
    answers = [Unavailable("The file storage does not answer.", code="storage_unavailable"), None]

    def waits(ticket):
        if (away := answers.pop(0)) is not None:
            raise away
        return "done"

    jobs.register("waits", waits)
    job = queued("waits")
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("queued", None)
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.result) == ("completed", "done")


def test_an_outage_of_hours_uses_up_no_attempt_and_is_looked_at_less_and_less_often():
    def waits(ticket):
        raise Unavailable("The file storage does not answer.", code="storage_unavailable")

    jobs.register("waits", waits)
    job = queued("waits")
    delays = []
    for _ in range(3 * jobs.MAXIMUM_ATTEMPTS):
        jobs.run(job_id=job.pk)
        job.refresh_from_db()
        delays.append(job.published_at - job.updated_at + jobs.PATIENCE)
    assert (job.status, job.attempt_count) == ("queued", 0)
    assert delays[:3] == [jobs.PATIENCE, 2 * jobs.PATIENCE, 4 * jobs.PATIENCE]
    assert delays[-1] == jobs.LONGEST_WAIT


def test_an_unexpected_error_is_tried_again_and_then_told_without_internals():
    def breaks(ticket):
        raise RuntimeError("secret detail")

    jobs.register("breaks", breaks)
    job = queued("breaks")
    for _ in range(jobs.MAXIMUM_ATTEMPTS):
        jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "secret" not in job.error and job.pk in job.error


def test_who_lost_the_lease_changes_nothing(probe):
    job = queued("probe")
    late = jobs.claim(job_id=job.pk, at=timezone.now() - timedelta(minutes=5))
    jobs.run(job_id=job.pk)
    with pytest.raises(jobs.LeaseLost):
        late.advance(processed=1)
    assert state(job) == JobStatus.COMPLETED


def test_two_workers_in_the_same_moment_give_one_run(probe):
    job = queued("probe")

    def run():
        try:
            jobs.run(job_id=job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert probe == [1]


def test_progress_never_falls(probe):
    job = queued("probe")
    ticket = jobs.claim(job_id=job.pk, at=timezone.now())
    for processed, total in ((2, 3), (1, 3), (3, 1)):
        ticket.advance(processed=processed, total=total)
        seen = Job.objects.get(pk=job.pk)
        assert seen.processed >= 2 and seen.processed <= seen.total


def test_the_reconciler_publishes_what_waits_and_what_fell_silent(probe):
    waiting, silent, running = queued("probe"), queued("probe"), queued("probe")
    past = timezone.now() - timedelta(minutes=10)
    Job.objects.filter(pk=waiting.pk).update(published_at=None, updated_at=past)
    Job.objects.filter(pk=silent.pk).update(
        status="processing", lease_expires_at=past, lease_number=F("lease_number") + 1
    )
    Job.objects.filter(pk=running.pk).update(
        status="processing", lease_expires_at=timezone.now() + timedelta(minutes=1)
    )
    assert jobs.reconcile(at=timezone.now()) == 2
