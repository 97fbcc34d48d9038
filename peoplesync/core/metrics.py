"""Figures for a monitor, in Prometheus' format. Loaded only where METRICS_PORT is set: nobody else pays for them.

Web and worker each serve their own on that port and nothing else there; the public port knows no such path. Processes of
one server share their counts through files. Labels name routes, states and tasks, never a person or an address.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from celery.signals import task_postrun, task_prerun
from celery.states import SUCCESS
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from peoplesync.core.models import Job
from peoplesync.core.selectors import health, queue
from peoplesync.core.services import jobs

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def _removed(folder: str, maker: int) -> None:
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


if SHARED not in os.environ:  # the library reads it when it is imported; forked processes inherit it
    os.environ[SHARED] = tempfile.mkdtemp(prefix="peoplesync-metrics-")
    atexit.register(_removed, os.environ[SHARED], os.getpid())

from prometheus_client import (  # noqa: E402 see above
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

requests = Histogram(
    "peoplesync_http_request_seconds", "Time to an answer, by route.", ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)  # fmt: skip
statements = Counter("peoplesync_database_statements", "SQL statements of requests.", ("outcome",))
statement_seconds = Counter("peoplesync_database_seconds", "Time requests waited for SQL statements.")
tasks = Histogram(
    "peoplesync_task_seconds", "Time of a worker's task, by its end.", ("task", "state"),
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800),
)  # fmt: skip
succeeded = Gauge(
    "peoplesync_task_last_success_timestamp_seconds", "When a task last ended well.", ("task",), multiprocess_mode="max"
)
failed_jobs = Counter("peoplesync_jobs_failed", "Jobs that ended as failed.", ("kind",))

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Measured:
    """Counts and times every request, and the statements it waits for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        with connection.execute_wrapper(_timed):
            response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        match = request.resolver_match
        route = match.route if match is not None else "none"
        requests.labels(method, route, response.status_code).observe(time.perf_counter() - begun)
        return response


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    begun, outcome = time.perf_counter(), "failed"
    try:
        result = execute(sql, params, many, context)
        outcome = "done"
        return result
    finally:
        statements.labels(outcome).inc()
        statement_seconds.inc(time.perf_counter() - begun)


def of_worker() -> None:
    """Count and time the tasks of this worker and of the processes it starts from now on."""
    task_prerun.connect(_task_begun)
    task_postrun.connect(_task_ended)
    jobs.job_failed.register(_job_failed)


def _task_begun(task: Any, **_: Any) -> None:
    task.request.begun = time.perf_counter()


def _task_ended(task: Any, state: str | None, **_: Any) -> None:
    tasks.labels(task.name, state or "none").observe(time.perf_counter() - task.request.begun)
    if state == SUCCESS:
        succeeded.labels(task.name).set_to_current_time()


def _job_failed(job: Job) -> None:
    failed_jobs.labels(job.kind).inc()


class _Now(Collector):
    """What the database says at the moment it is asked, in a few statements over unfinished rows."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("peoplesync_service_up", "Whether a service answers.", labels=("service",))
        has_database = health.database()
        up.add_metric(("database",), has_database)
        up.add_metric(("redis",), health.redis())
        yield up
        if has_database:
            yield from _jobs()


def _jobs() -> Iterator[GaugeMetricFamily]:
    at = timezone.now()
    count = GaugeMetricFamily("peoplesync_jobs", "Jobs that have not ended, by state.", labels=("state",))
    age = GaugeMetricFamily("peoplesync_jobs_oldest_seconds", "Age of the oldest of them.", labels=("state",))
    try:
        for state, waiting in queue.unfinished(at).items():
            count.add_metric((state,), waiting.count)
            age.add_metric((state,), waiting.oldest_seconds)
        unpublished, silent = queue.unpublished(), queue.silent(at).count()
    except (DatabaseError, InterfaceError):
        return  # it went away between two statements; the next scrape says that it is down
    yield count
    yield age
    yield GaugeMetricFamily("peoplesync_jobs_unpublished", "Queued jobs the broker has not been given.", unpublished)
    yield GaugeMetricFamily("peoplesync_jobs_silent", "Jobs whose worker says nothing any more.", silent)


def _registry(*, with_database: bool) -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    if with_database:
        registry.register(_Now())
    return registry


def beside(application: Application) -> Application:
    """The application on every port but METRICS_PORT; there `/metrics` and nothing else."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["SERVER_PORT"] != str(settings.METRICS_PORT):
            return application(environ, start_response)
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] != "GET":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Only /metrics is here.\n"]
        close_old_connections()  # as Django does around its own requests
        told = generate_latest(_registry(with_database=True))
        close_old_connections()
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [told]

    return answer


def serve_worker() -> None:
    """Serve a worker's figures from its parent process."""
    start_http_server(settings.METRICS_PORT, registry=_registry(with_database=False))
