"""Seeding the demo in tests: once for all tests of a module that only look at it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from peoplesync.core import progress
from peoplesync.demo import seeding

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
#: What differs between two runs although the demo is the same: salted hashes, instants taken
#: from the clock, and the ids of rows that a service made.
UNSTEADY = ["password", "updated_at", "site_id", "latest_payroll_id"]


def bars(label: str, total: int) -> Any:
    return progress.bar(label, total, stream=io.StringIO())


def seed(**wish: int) -> seeding.Seeded:
    return seeding.seed(wish=seeding.Wish(**wish), at=AT, bars=bars)


def said(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def rows(*tables: str) -> dict[str, list[Any]]:
    """Everything steady in these tables, by table, in one order. Days of leave have ids that a service made."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            unsteady = [*UNSTEADY, "id"] if table == "attendance_daysummary" else UNSTEADY
            cursor.execute(f"SELECT to_jsonb(t) - %s::text[] FROM {table} t ORDER BY 1", [unsteady])
            found[table] = [json.loads(row[0]) for row in cursor.fetchall()]
    return found


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The usual demo, in a transaction around the module's tests; each test rolls back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded: None, db: None) -> None:
    """The demo, and the right to ask the database."""
