"""Figures for a monitor: kept and served only where they are asked for, on a port of their own, of all processes together."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from redis import Redis

from peoplesync import env
from peoplesync.core.models import Job
from peoplesync.core.selectors import queue
from peoplesync.core.tasks import reconcile_jobs
from peoplesync.tests import processes
from peoplesync.tests.processes import until


def asked(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def figures(port: int) -> dict[str, float]:
    """Every sample by its name with labels."""
    status, text = asked(f"http://127.0.0.1:{port}/metrics")
    assert status == 200
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_web_and_worker_tell_their_figures_on_a_port_of_their_own_and_nobody_else(database_url):
    Redis.from_url(settings.REDIS_URL).flushdb()
    of_web, of_worker = processes.free_port(), processes.free_port()
    now, person = timezone.now(), uuid4()
    Job.objects.create(pk="job_waiting", kind="nobody.knows", created_at=now, updated_at=now, published_at=now)
    server, base = processes.start_server(database_url, also_on=[of_web], METRICS_PORT=str(of_web))
    worker = processes.start_worker(database_url, METRICS_PORT=str(of_worker))
    try:
        for _ in range(20):  # both processes of the server answer some of them
            assert asked(f"{base}/employees/{person}")[0] == 401
        assert asked(f"{base}/metrics")[0] == 404, "the public port knows of no figures"
        assert asked(f"http://127.0.0.1:{of_web}/health")[0] == 404, "and this port of nothing else"
        told = figures(of_web)
        refused = 'peoplesync_http_request_seconds_count{method="GET",route="employees/<id:id>",status="401"}'
        assert told[refused] == 20
        assert not any(str(person) in name for name in told)
        assert told['peoplesync_service_up{service="database"}'] == told['peoplesync_service_up{service="redis"}'] == 1
        assert told['peoplesync_jobs{state="queued"}'] == 1 and told["peoplesync_jobs_unpublished"] == 0
        assert told['peoplesync_jobs_oldest_seconds{state="queued"}'] > 0
        assert told['peoplesync_database_statements_total{outcome="done"}'] > 0

        reconcile_jobs.delay()
        last = 'peoplesync_task_last_success_timestamp_seconds{task="core.reconcile_jobs"}'
        until(lambda: last in _when_up(of_worker), seconds=60)
        assert figures(of_worker)[last] >= now.timestamp()
    finally:
        worker.stop()
        server.stop()


def _when_up(port: int) -> dict[str, float]:
    try:
        return figures(port)
    except OSError:
        return {}


def test_without_the_variable_nothing_is_measured_or_even_loaded(client, db):
    assert settings.METRICS_PORT == 0
    assert not any("metrics" in name for name in settings.MIDDLEWARE)
    assert client.get("/metrics").status_code == 404
    assert "prometheus_client" not in sys.modules


@pytest.mark.parametrize("value", ["nine", "-1", "70000", "9100,9101"])
def test_what_is_no_port_refuses_to_start(monkeypatch, value):
    monkeypatch.setenv("METRICS_PORT", value)
    with pytest.raises(ImproperlyConfigured, match="is not a port"):
        env.metrics_port()


def test_unfinished_jobs_are_counted_by_state_in_one_statement(db, django_assert_num_queries):
    now = timezone.now()
    for number, status in enumerate(["queued", "queued", "processing", "completed", "failed"]):
        since = now - timedelta(seconds=60 * (number + 1))
        Job.objects.create(pk=f"job_{number}", kind="x", status=status, created_at=since, updated_at=since)
    with django_assert_num_queries(1):
        told = queue.unfinished(now)
    assert told == {"queued": queue.Waiting(2, 120.0), "processing": queue.Waiting(1, 180.0)}
