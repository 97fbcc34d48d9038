"""Statements that are planned once per connection: for the few that every punch pays for.

Django binds parameters on the client, so PostgreSQL plans each statement anew; for a long hand-written one, planning
costs several times its execution. A cursor from here binds on the server and keeps the plan. Behind a pooler that
hands a connection on after each transaction, the pooler must support prepared statements (PgBouncer from 1.21 does).
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


class _Prepared(psycopg.Cursor[Any]):
    """Prepares each statement when it is first seen on its connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": True})


def cursor() -> CursorWrapper:
    """A cursor on Django's own connection and transaction, logged and wrapped as Django's are."""
    connection.ensure_connection()
    raw: Any = _Prepared(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
