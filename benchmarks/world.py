"""The data a benchmark stands on: databases of many employees with users and tokens, and as much history as asked for."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from hr.models import Setting, User
from hr.services import sessions
from peoplesync.tests import processes

HERE = Path(__file__).parent


@contextmanager
def database(name: str) -> Iterator[None]:
    """Work in the database of this name on the same server, made when missing; afterwards in the one before."""
    before = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {name}")
    _enter(name)
    try:
        yield
    finally:
        _enter(before)


def _enter(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def people(count: int) -> None:
    """`count` employees in forty departments, each with a user of role employee; the first is of HR too."""
    Setting.objects.get_or_create(defaults={"org_name": "Bench", "allows_several_stays_a_day": True})
    with connection.cursor() as cursor:
        cursor.execute((HERE / "people.sql").read_text(), {"people": count})


def history(rows: int, of_people: int) -> None:
    """`rows` closed stays in the past, with their punches, evidence and days, spread over `of_people`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attendance_attendance")
        if cursor.fetchone()[0] < rows:
            cursor.execute((HERE / "history.sql").read_text(), {"rows": rows, "people": of_people})


def analyse() -> None:
    """What autovacuum would do soon: plans know the tables, pages are marked visible, and the disk is quiet."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def id_of(name: str) -> UUID:
    """The id that SQL's md5(name)::uuid gives."""
    return UUID(hashlib.md5(name.encode()).hexdigest())  # a name, not a secret


def token(number: int) -> str:
    """An access token of employee `number`'s user."""
    user = User(id=id_of(f"u{number}"), token_version=1)
    user.role_names = frozenset({"employee"})
    return str(sessions.access_token(user=user, session_id=uuid4().hex, at=timezone.now()))


def server_process() -> int:
    """The process id of the PostgreSQL server, to count its CPU."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    stat = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return int(stat[1])


def bare_tables() -> None:
    """The tables of the two bare views of a clock-in, made anew."""
    with connection.cursor() as cursor:
        cursor.execute((HERE / "anchors.sql").read_text())


def bare_transactions(*, clients: int, seconds: int) -> float:
    """Anchor A: transactions a second of the bare clock-in by pgbench, without Python."""
    with database("bench_short"):
        return _pgbench(clients, seconds)


def _pgbench(clients: int, seconds: int) -> float:
    done = subprocess.run(
        [
            processes.postgres_program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2",
            "-T", str(seconds), "-D", "i=0", "-D", f"clients={clients}", "-f", str(HERE / "bare_clock_in.sql"),
            processes.url_of_owner(),
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def bare_insert(*, rows: int, batch: int = 1000) -> float:
    """Anchor B: rows a second of a bare multi-row INSERT ... ON CONFLICT DO NOTHING, a commit per statement."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_attendance")
        cursor.execute("SELECT id FROM bench_employee ORDER BY user_id LIMIT %s", [batch])
        people = [row[0] for row in cursor.fetchall()]
        begun = time.perf_counter()
        for _ in range(rows // batch):
            values = ", ".join(
                f"(gen_random_uuid(), '{person}', now(), now() + interval '8 hours')" for person in people
            )
            cursor.execute(
                f"INSERT INTO bench_attendance (id, employee_id, clock_in, clock_out) VALUES {values} ON CONFLICT DO NOTHING"
            )
    return rows / (time.perf_counter() - begun)
