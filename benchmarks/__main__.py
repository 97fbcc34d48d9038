"""`make bench`: every ratio of the promises in one run, small and long history side by side in the same minutes.

Two databases of one durable private server, kept between runs in BENCH_HOME: 10,000 stays of history, and BENCH_ROWS of
them (1,000,000 unless told). What is compared runs in turn, BENCH_ROUNDS times, and the medians are printed.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import django

os.environ |= {"DJANGO_SETTINGS_MODULE": "peoplesync.settings", "STATIC_FROM_SOURCE": "true", "COOKIE_SECURE": "false"}
django.setup()

from django.core.management import call_command  # noqa: E402 models exist only after setup
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from attendance.models import Attendance, DayException, DaySummary, Punch, PunchEvidence, SyncRecord  # noqa: E402
from attendance.services import sync  # noqa: E402
from benchmarks import load, world  # noqa: E402
from hr.models import User  # noqa: E402
from peoplesync.core.models import Job  # noqa: E402
from peoplesync.tests import processes  # noqa: E402

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "30000"))
SHORT, LONG = 10_000, int(os.environ.get("BENCH_ROWS", "1000000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "1500"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONNECTIONS = 16
#: Thirty-two threads each open a connection and plan their statements once.
WARM_UP = 500
BATCHES = 20
UNTHROTTLED = {f"THROTTLE_{name}": "off" for name in ("API", "CLOCK", "LOGIN", "VENDOR")}
BARE, OURS = "benchmarks.bare_view", "peoplesync.wsgi"
BODY = json.dumps(
    {"lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta", "location_accuracy": 15.3}
).encode()
WRITTEN = (Punch, PunchEvidence, Attendance, DaySummary, DayException, SyncRecord)


def main() -> None:
    """Print the table, as lines of Markdown."""
    _prepare()
    row("what", "measured", "against", "bound")
    row("---", "---", "---", "---")
    row(f"{platform.machine()}, {os.cpu_count()} cores", f"Python {platform.python_version()}", _server(), "")
    bare = world.bare_transactions(clients=8, seconds=8)
    row("A: bare transaction, pgbench, 8 clients", f"{bare:.0f} /s", "", "")
    _clocking(bare)
    _syncing()
    _pages()


def _prepare() -> None:
    for name, rows in (("bench_short", SHORT), ("bench_long", LONG)):
        with world.database(name):
            call_command("migrate", verbosity=0)
            world.people(PEOPLE)
            with connection.cursor() as cursor:  # the private server's superuser need not check each made-up reference
                cursor.execute("SET session_replication_role = replica")
                world.history(rows, PEOPLE)
                cursor.execute("RESET session_replication_role")
            world.bare_tables()
            Attendance.objects.filter(clock_out=None).update(is_unfinished=True)  # of an earlier run: nobody is in
            world.analyse()


def _clocking(bare: float) -> None:
    """Clock-ins against the bare view and against the bare transaction, and with a long history against a short one."""
    took: dict[str, list[load.Load]] = {"bare": [], "short": [], "long": []}
    people = iter(range(1, PEOPLE + 1))
    for _ in range(ROUNDS):
        took["bare"].append(clock_ins("bench_short", BARE, people))
        took["short"].append(clock_ins("bench_short", OURS, people))
        took["long"].append(clock_ins("bench_long", OURS, people))
    least, ours, grown = took["bare"], took["short"], took["long"]
    row("F: bare DRF view", rate(least), cpu(least), "")
    row(f"clock-in, {SHORT:,} stays of history", rate(ours), cpu(ours), "")
    row("", f"{_ratio(ours, least, 'rate'):.2f} F", "requests a second", "at least 0.6")
    row("", f"{_median(ours, 'rate') / bare:.3f} A", "requests a second", "at least 0.04")
    row("", f"{_ratio(ours, least, 'cpu_each'):.2f} F", "CPU of web and PostgreSQL", "at most 1.5")
    spread = statistics.median(each.percentile(0.99) / each.percentile(0.5) for each in ours)
    row("", f"{spread:.1f}", "p99 / p50", "at most 3")
    row("", f"{statements(next(people))}", "SQL statements with BEGIN and COMMIT", "at most 8")
    row(f"clock-in, {LONG:,} stays of history", rate(grown), cpu(grown), "")
    row("", f"{_ratio(grown, ours, 'cpu_each'):.2f}", f"CPU against {SHORT:,}", "at most 1.1")
    row("", f"{1 / _ratio(grown, ours, 'rate'):.2f}", f"time against {SHORT:,}", "at most 1.1")


def _syncing() -> None:
    """Offline batches through a real worker, a process a core, against a bare insert of as many rows."""
    with world.database("bench_short"), worker():
        bulk = statistics.median(world.bare_insert(rows=50_000) for _ in range(ROUNDS))
        settled(_batches(2, 100), "created")  # both processes have planned their statements
        before, batches = _rows(), _batches(BATCHES, 1000)
        fresh, again = settled(batches, "created"), settled(batches, "duplicate")
        records = BATCHES * 1000
        rows = _rows() - before - records  # each answer is a row of its own, which accepting the batch has made
    row("B: bare INSERT of 1,000 rows", f"{bulk:.0f} rows/s", "", "")
    row(
        "offline sync",
        f"{records / fresh:.0f} records/s",
        f"{rows / records:.1f} rows a record, its answer included",
        "",
    )
    row("", f"{rows / fresh / bulk:.2f} B", "rows a second", "at least 0.4")
    row(
        "the same batches again",
        f"{records / again:.0f} records/s",
        f"{again / fresh:.2f} of the first time",
        "at most 1",
    )


def _pages() -> None:
    """First pages over a long history against a short one."""
    seen: dict[str, tuple[float, float]] = {}
    for name in ("bench_short", "bench_long"):
        with world.database(name):
            seen[name] = best(_list_page()), best(_board_page())
    for place, title in enumerate(("first page of /attendances, all people", "live board")):
        long, short = seen["bench_long"][place], seen["bench_short"][place]
        row(title, f"{long * 1000:.1f} ms", f"{long / short:.2f} of that at {SHORT:,}", "at most 1.5")


def row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def clock_ins(database: str, application: str, people: Iterator[int]) -> load.Load:
    """Clock-ins by as many different people over sixteen persistent connections, after a warm-up."""
    with world.database(database):
        postgres = world.server_process()
        with gunicorn(application) as (port, server):
            requests = [
                load.post("/attendances/clock-in", world.token(next(people)), BODY) for _ in range(REQUESTS + WARM_UP)
            ]
            load.run(port, requests[:WARM_UP], connections=CONNECTIONS, processes=[])
            done = load.run(port, requests[WARM_UP:], connections=CONNECTIONS, processes=[server, postgres])
    assert set(done.statuses) == {201}, f"not every clock-in was accepted: {done.statuses}"
    return done


@contextmanager
def gunicorn(application: str) -> Iterator[tuple[int, int]]:
    """A server of two workers with eight threads on the limited login; its port and process id."""
    started, base = processes.start_server(processes.url_of_application(), application=application, **UNTHROTTLED)
    try:
        yield int(base.rpartition(":")[2]), started.popen.pid
    finally:
        started.stop()


def statements(person: int) -> int:
    """SQL statements of one whole clock-in request, sign-in, BEGIN and COMMIT included."""
    client = _signed_in(person)
    with world.database("bench_short"), CaptureQueriesContext(connection) as seen:
        answer = client.post("/attendances/clock-in", BODY, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return len(seen)


def _batches(count: int, size: int) -> list[list[sync.Told]]:
    """Batches of ten days of a hundred people each, in a week that none of them has worked in, in an earlier run neither."""
    weeks = SyncRecord.objects.values("job").distinct().count()
    first = timezone.now().replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=400 + 10 * weeks)
    return [
        [_told(f"{weeks}-{batch}", n, first, 1 + batch * size // 10 + n // 10) for n in range(size)]
        for batch in range(count)
    ]


def _told(batch: str, n: int, first: datetime, person: int) -> sync.Told:
    came = first + timedelta(days=n % 10)
    body = {
        "employee_id": str(world.id_of(f"e{person}")), "clock_in": came.isoformat(),
        "clock_out": (came + timedelta(hours=8)).isoformat(), "lat": "-6.2", "lng": "106.8", "location": "HQ",
        "location_accuracy": None, "device_id": "bench", "photo_url": None, "source": "offline",
    }  # fmt: skip
    return sync.Told(f"bench-{batch}-{n}", body)


def settled(batches: list[list[sync.Told]], expected: str) -> float:
    """Seconds from the commit of these batches, sent by HR, to the last answer; every record must be answered as expected."""
    sender = User.objects.get(pk=world.id_of("u1"))
    today: date = timezone.now().date()
    with transaction.atomic():  # published together when it commits
        ids = [sync.accept(records=told, by=sender, at=timezone.now(), day=today).pk for told in batches]
        begun = time.perf_counter()
    ended = Job.objects.filter(pk__in=ids, status__in=["completed", "failed"])
    processes.until(lambda: ended.count() == len(ids), seconds=600, every=0.02)
    taken = time.perf_counter() - begun
    assert set(ended.values_list("status", flat=True)) == {"completed"}
    answers = set(SyncRecord.objects.filter(job_id__in=ids).values_list("state", flat=True))
    assert answers == {expected}, f"not every record was {expected}: {answers}"
    return taken


@contextmanager
def worker() -> Iterator[None]:
    """A Celery worker as in production, with a process a core."""
    started = processes.start_worker(processes.url_of_application(), children=os.cpu_count() or 1)
    try:
        yield
    finally:
        started.stop()


def _rows() -> int:
    return sum(model._base_manager.count() for model in WRITTEN)


def _list_page() -> Callable[[], object]:
    client = _signed_in(1)
    return lambda: _shown(client.get("/attendances?per_page=25"))


def _board_page() -> Callable[[], object]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(pk=world.id_of("u1")), backend="hr.authentication.Backend")
    return lambda: _shown(client.get(reverse("admin:attendance_board")))


def _signed_in(person: int) -> Client:
    return Client(headers={"authorization": f"Bearer {world.token(person)}"}, SERVER_NAME="localhost")


def _shown(answer: object) -> None:
    assert answer.status_code == 200, answer  # type: ignore[attr-defined]  # Django's test answer


def best(act: Callable[[], object], times: int = 20) -> float:
    """Seconds of the quickest of some runs, after one that warms up."""
    act()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return min(found)


def rate(loads: list[load.Load]) -> str:
    return f"{_median(loads, 'rate'):.0f} /s"


def cpu(loads: list[load.Load]) -> str:
    return f"{_median(loads, 'cpu_each') * 1000:.2f} ms CPU"


def _median(loads: list[load.Load], figure: str) -> float:
    return statistics.median(getattr(each, figure) for each in loads)


def _ratio(over: list[load.Load], under: list[load.Load], figure: str) -> float:
    """The median of the ratios round by round, so a machine whose speed drifts disturbs little."""
    return statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(over, under, strict=True))


def _server() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


if __name__ == "__main__":
    main()
