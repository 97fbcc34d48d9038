"""`make bench`: every ratio in one run, on private durable servers. BENCH_ROWS sets the long history (default 1,000,000)."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 models exist only after setup
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from attendance.services import sync  # noqa: E402
from benchmarks import load, world  # noqa: E402
from hr.models import User  # noqa: E402
from peoplesync.core.models import Job  # noqa: E402
from peoplesync.core.services import jobs  # noqa: E402
from peoplesync.tests.processes import free_port, until  # noqa: E402

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "30000"))
SHORT, LONG = 10_000, int(os.environ.get("BENCH_ROWS", "1000000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "2000"))
CONNECTIONS = 16
UNTHROTTLED = {f"THROTTLE_{name}": "off" for name in ("API", "CLOCK", "LOGIN", "VENDOR")}
BODY = json.dumps(
    {"lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta", "location_accuracy": 15.3}
).encode()
_next_person = iter(range(1, PEOPLE + 1))


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def gunicorn(application: str) -> Iterator[tuple[int, int]]:
    """A server of two workers with eight threads; its port and process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8",
        "--worker-class", "gthread", "--log-level", "error", "--no-control-socket", "--keep-alive", "30",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env={**os.environ, **{f"THROTTLE_{n}": "off" for n in ("API", "CLOCK", "LOGIN", "VENDOR")}}
    )
    try:
        until(lambda: _answers(port), seconds=60)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        load.run(port, [b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"] * 2, connections=1, processes=[])
    except OSError:
        return False
    return True


def clock_ins(application: str, count: int = REQUESTS) -> load.Load:
    """`count` clock-ins by as many different people over sixteen persistent connections, after a warm-up."""
    database = world.server_process()
    with gunicorn(application) as (port, server):
        requests = [
            load.post("/attendances/clock-in", world.token(next(_next_person)), BODY) for _ in range(count + 100)
        ]
        load.run(port, requests[:100], connections=CONNECTIONS, processes=[])
        done = load.run(port, requests[100:], connections=CONNECTIONS, processes=[server, database])
    assert set(done.statuses) == {201}, f"not every clock-in was accepted: {done.statuses}"
    return done


def synced(count: int, batch: int = 1000) -> tuple[float, float]:
    """Rows a second of offline records through the job's own code: new ones, then the same again."""
    sender = User.objects.get(pk=world.id_of("u1"))
    sender.role_names = frozenset({"employee"})
    batches = [records(start, batch) for start in range(0, count, batch)]
    return tuple(count / _settle(batches, sender) for _ in range(2))  # type: ignore[return-value]  # two runs


def records(start: int, count: int) -> list[sync.Told]:
    first = datetime(2016, 1, 4, 1, tzinfo=UTC)
    told = []
    for n in range(start, start + count):
        at = first + timedelta(days=n)
        body = {
            "employee_id": str(world.id_of("e1")), "clock_in": at.isoformat(),
            "clock_out": (at + timedelta(hours=8)).isoformat(), "lat": "-6.2", "lng": "106.8", "location": "HQ",
            "location_accuracy": None, "device_id": "bench", "photo_url": None, "source": "offline",
        }  # fmt: skip
        told.append(sync.Told(f"bench-{n}", body))
    return told


def _settle(batches: list[list[sync.Told]], sender: User) -> float:
    waiting = []
    for told in batches:
        waiting.append(sync.accept(records=told, by=sender, at=timezone.now(), day=timezone.now().date()))
    begun = time.perf_counter()
    for job in waiting:
        jobs.run(job_id=job.pk)
    taken = time.perf_counter() - begun
    assert set(Job.objects.filter(pk__in=[job.pk for job in waiting]).values_list("status", flat=True)) == {"completed"}
    return taken


def first_page() -> float:
    """Seconds of one worker for the first page of the attendance list, the best of thirty."""
    token = world.token(1)
    with gunicorn("peoplesync.wsgi") as (port, _):
        request = f"GET /attendances?per_page=25 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        return load.run(port, [request.encode()] * 30, connections=1, processes=[]).latencies[0]


def statements() -> int:
    """SQL statements of one clock-in inside the service, BEGIN and COMMIT included."""
    from attendance.rules.punches import Door
    from attendance.services import clocking
    from attendance.services.presented import Presented

    now = timezone.now()
    with CaptureQueriesContext(connection) as seen:
        clocking.clock_in(
            employee_id=world.id_of(f"e{next(_next_person)}"),
            punch=Presented(door=Door.NATIVE, at=now, received_at=now),
        )
    return len(seen)


def main() -> None:
    say(
        f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {_server()}"
    )
    call_command("migrate", verbosity=0)
    world.people(PEOPLE)
    world.history(SHORT, PEOPLE)
    bare = world.bare_transactions(clients=8, seconds=8)
    say(f"A  bare clock-in transaction, pgbench, 8 clients     {bare:8.0f} tps")
    bulk = world.bare_insert(rows=20_000)
    say(f"B  bare INSERT of 1,000 rows                         {bulk:8.0f} rows/s")
    least = clock_ins("benchmarks.bare_view")
    say(
        f"F  bare DRF view                                     {least.rate:8.0f} /s    {least.cpu_each * 1000:.2f} ms CPU"
    )
    ours = clock_ins("peoplesync.wsgi")
    say(
        f"   clock-in, {SHORT:,} stays of history               {ours.rate:8.0f} /s    {ours.cpu_each * 1000:.2f} ms CPU"
    )
    say(f"     {ours.rate / least.rate:.2f} F (bound 0.6), {ours.rate / bare:.3f} A (bound 0.04), "
        f"CPU {ours.cpu_each / least.cpu_each:.2f} x F (bound 1.5)")  # fmt: skip
    say(f"     p50 {ours.percentile(0.5) * 1000:.1f} ms, p99 {ours.percentile(0.99) * 1000:.1f} ms "
        f"({ours.percentile(0.99) / ours.percentile(0.5):.1f} x, bound 3), {statements()} statements (bound 8)")  # fmt: skip
    fresh, again = synced(10_000)
    say(f"   offline sync                                      {fresh:8.0f} rows/s  {fresh / bulk:.2f} B (bound 0.4)")
    say(f"   the same batches again                            {again:8.0f} rows/s  {again / fresh:.2f} x (bound 1)")
    short_page = first_page()
    world.history(LONG, PEOPLE)
    grown, long_page = clock_ins("peoplesync.wsgi"), first_page()
    say(f"   clock-in, {LONG:,} stays of history            {grown.rate:8.0f} /s    "
        f"CPU {grown.cpu_each / ours.cpu_each:.2f} x that at {SHORT:,} (bound 1.1)")  # fmt: skip
    say(f"   first page of attendances                         {long_page * 1000:8.1f} ms    "
        f"{long_page / short_page:.2f} x that at {SHORT:,} (bound 1.5)")  # fmt: skip


def _server() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
