"""The database of the tests: as one value per table, to say of a request that it changed nothing; and its seeds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from django.db import connection

from peoplesync.core import prepared


def contents() -> dict[str, str]:
    """Table -> a digest of every row in it, sessions and counts of failed sign-ins left out."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("axes_", "django_"))]
    parts = [
        f"SELECT '{name}', count(*) || ':' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') "
        f'FROM "{name}" row'
        for name in tables
    ]
    return dict(prepared.rows(" UNION ALL ".join(parts)))  # planning it anew would take longer than the answer


def changed(before: dict[str, str], *, but: Collection[str] = ()) -> set[str]:
    """The tables that differ from `before`, those in `but` aside."""
    now = contents()
    return {name for name in now if now[name] != before.get(name)} - set(but)


@pytest.fixture(scope="session")
def seeds_kept(django_db_setup: None, django_db_blocker: Any) -> None:
    """What migrations seed comes back with the flush that ends each test that commits, copied within the database.

    Django's own way reads 500 rows from JSON and saves them one by one before every such test, five times what they cost.
    """
    quoted = connection.ops.quote_name
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS seeds")
        seeded = [
            quoted(name) for name in connection.introspection.django_table_names() if _has_rows(cursor, quoted(name))
        ]
        for table in seeded:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS seeds.{table} AS TABLE public.{table}")
    again = [  # without triggers, which would write the rows' history a second time
        *(f"ALTER TABLE public.{table} DISABLE TRIGGER USER" for table in seeded),
        *(f"INSERT INTO public.{table} SELECT * FROM seeds.{table}" for table in seeded),
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f"ALTER TABLE public.{table} ENABLE TRIGGER USER" for table in seeded),
    ]
    emptied = connection.ops.sql_flush
    connection.ops.sql_flush = lambda *tables, **options: [*emptied(*tables, **options), *again]
    connection.creation.deserialize_db_from_string = lambda data: None


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    return bool(cursor.fetchone()[0])
