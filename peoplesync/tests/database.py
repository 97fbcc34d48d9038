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
    """The flush that ends each test that commits, in a tenth of the time: rows are deleted, and what migrations seed comes back.

    Django truncates all tables, used or not, and reads the seeds from JSON one by one. Its own way stays where the login
    of the tests may not switch triggers off.
    """
    quoted = connection.ops.quote_name
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        if not cursor.fetchone()[0]:
            return
        tables = [quoted(name) for name in connection.introspection.django_table_names()]
        seeded = [table for table in tables if _has_rows(cursor, table)]
        cursor.execute("CREATE SCHEMA IF NOT EXISTS seeds")
        for table in seeded:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS seeds.{table} AS TABLE public.{table}")
    anew = [
        "SET LOCAL session_replication_role = replica",  # no trigger keeps a row, or writes its history a second time
        *(f"DELETE FROM public.{table}" for table in tables),
        *(f"INSERT INTO public.{table} SELECT * FROM seeds.{table}" for table in seeded),
    ]
    connection.ops.sql_flush = lambda *style_and_tables, **options: ["; ".join(anew)]
    connection.creation.deserialize_db_from_string = lambda data: None


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    return bool(cursor.fetchone()[0])
