"""Statements that are planned once per connection: for the few that every punch pays for.

Django binds parameters on the client, so PostgreSQL plans each statement anew; for a long hand-written one, planning
costs several times its execution. A cursor from here binds on the server and keeps the plan. Behind a pooler that
hands a connection on after each transaction, the pooler must support prepared statements (PgBouncer from 1.21 does).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

M = TypeVar("M", bound=models.Model)


class _Prepared(psycopg.Cursor[Any]):
    """Prepares each statement when it is first seen on its connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": True})


def cursor() -> CursorWrapper:
    """A cursor on Django's own connection and transaction, logged and wrapped as Django's are."""
    connection.ensure_connection()
    raw: Any = _Prepared(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)


@lru_cache(maxsize=64)
def columns(model: type[models.Model], alias: str) -> str:
    """Every column of a model below a table alias, for a SELECT whose rows `built` turns into models."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def built(model: type[M], row: Sequence[Any]) -> tuple[M, Sequence[Any]]:
    """The model whose `columns` begin a row, and the rest of the row."""
    names = _attributes(model)
    return model.from_db("default", names, row[: len(names)]), row[len(names) :]


@lru_cache(maxsize=64)
def _attributes(model: type[models.Model]) -> list[str]:
    return [str(field.attname) for field in model._meta.concrete_fields]
