"""The whole database as one value per table, to say of a request that it changed nothing."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection


def contents() -> dict[str, str]:
    """Table -> a digest of every row in it, sessions and counts of failed sign-ins left out."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("axes_", "django_"))]
    parts = [
        f"SELECT '{name}', count(*) || ':' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') "
        f'FROM "{name}" row'
        for name in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def changed(before: dict[str, str], *, but: Collection[str] = ()) -> set[str]:
    """The tables that differ from `before`, those in `but` aside."""
    now = contents()
    return {name for name in now if now[name] != before.get(name)} - set(but)
