"""Whether this database may hold the demo: it may be empty, or hold the demo already, and never real people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from peoplesync.demo import people
from peoplesync.demo.ids import FOUNDED_AT, demo_id_sql
from peoplesync.kernel.errors import Conflict

_LOCK = 0x64656D6F
#: A demo employee's id follows from her number; nobody else's does.
_MADE_HERE = demo_id_sql(
    "'employee:' || employee_number", "%(founded)s + substr(employee_number, 5)::int * interval '1 second'"
)
_STRANGER = f"""
    SELECT employee_number FROM hr_employee
    WHERE CASE WHEN employee_number ~ '^{people.PREFIX}[0-9]{{5,8}}$' THEN id <> {_MADE_HERE} ELSE true END
    LIMIT 1
"""  # noqa: S608 constants; the instant is bound


@contextmanager
def alone() -> Iterator[None]:
    """Hold the right to seed until the block ends. Raises Conflict when somebody else is seeding now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict("The demo is being seeded by another process. Wait until it is done.", code="busy")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def demo_size() -> int:
    """How many demo people are here; 0 in an empty database. Raises Conflict when anything real is."""
    with connection.cursor() as cursor:
        cursor.execute(_STRANGER, {"founded": FOUNDED_AT})
        stranger = cursor.fetchone()
        if stranger is not None:
            raise _real(f"real people (employee {stranger[0]} is not from the demo)")
        cursor.execute("SELECT coalesce(max(substr(employee_number, 5)::int), 0) FROM hr_employee")
        here = int(cursor.fetchone()[0])
        if not here:
            _check_that_nothing_was_set_up(cursor)
        return here


def _check_that_nothing_was_set_up(cursor: Any) -> None:
    """An organisation that has only just been set up has nobody yet, but it is real."""
    for table, column, what in (("hr_user", "email", "user"), ("hr_department", "code", "department")):
        cursor.execute(f"SELECT {column} FROM {table} LIMIT 1")  # noqa: S608 constants
        if found := cursor.fetchone():
            raise _real(f"an organisation of its own ({what} {found[0]})")


def _real(what: str) -> Conflict:
    return Conflict(
        f"This database holds {what}, so nothing was changed. Run seed_demo on an empty database.", code="real_data"
    )
