"""Statements that are planned once per connection: for the few that every punch pays for.

Django binds parameters on the client, so PostgreSQL plans each statement anew; for a long hand-written one, planning
costs several times its execution. A cursor from here binds on the server and keeps the plan. Behind a pooler that
hands a connection on after each transaction, the pooler must support prepared statements (PgBouncer from 1.21 does).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, models
from django.db.backends.utils import CursorWrapper

M = TypeVar("M", bound=models.Model)
Values = Sequence[Any] | Mapping[str, Any]

_PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<kind>[s%])")


class _Prepared(psycopg.RawCursor[Any]):
    """Prepares each statement when it is first seen on its connection, and reads its placeholders once.

    psycopg's other cursors parse statements as long as ours anew on every execution.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if params is not None:
            query, names = _numbered(query)
            params = [params[name] for name in names] if isinstance(params, Mapping) else params
        return super().execute(query, params, **{**options, "prepare": True})


@lru_cache(maxsize=256)
def _numbered(query: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `%s` or `%(name)s` as PostgreSQL wants it, and the names in the order of their numbers.

    >>> _numbered("SELECT %s, %s, '5%%'"), _numbered("SELECT %(a)s, %(b)s, %(a)s")
    (("SELECT $1, $2, '5%'", ()), ('SELECT $1, $2, $1', ('a', 'b')))
    """
    names: list[str] = []
    unnamed = count(1)

    def number(found: re.Match[str]) -> str:
        if found["kind"] == "%":
            return "%"
        if found["name"] is None:
            return f"${next(unnamed)}"
        if found["name"] not in names:
            names.append(found["name"])
        return f"${names.index(found['name']) + 1}"

    return _PLACEHOLDER.sub(number, query), tuple(names)


def rows(query: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Every row a statement answers with. On Django's own connection and transaction, logged and wrapped as Django's are."""
    return _executed(query, values).fetchall()


def row(query: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first row a statement answers with, or None."""
    found: tuple[Any, ...] | None = _executed(query, values).fetchone()
    return found


def first_row(query: str, values: Values = ()) -> tuple[Any, ...] | None:
    """As `row`, for a statement that only reads and is the first of a request: it finds out itself whether the connection lives.

    Django would ask `SELECT 1` before it; here a connection that died since the last request is made anew, and the
    statement asked again.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.connection is None or database.health_check_done or database.in_atomic_block:
        return row(query, values)
    database.health_check_done = True
    try:
        return row(query, values)
    except (OperationalError, InterfaceError):
        if database.is_usable():
            raise
        database.close()
        return row(query, values)


def run(query: str, values: Values = ()) -> None:
    """A statement that answers with nothing. Raises IntegrityError when a row breaks a constraint."""
    _executed(query, values)


def _executed(query: str, values: Values) -> CursorWrapper:
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    raw = _kept(database.connection)
    cursor: CursorWrapper = database.make_debug_cursor(raw) if database.queries_logged else database.make_cursor(raw)
    cursor.execute(query, values)
    if database.queries_logged:  # Django looks for a statement's text where a prepared one leaves none
        database.queries_log[-1]["sql"] = query
    return cursor


def _kept(connection: Any) -> Any:
    """The one prepared cursor of a connection: making one costs as much as sending a short statement with it.

    It can be kept because whoever executes reads all she wants at once, before anybody else on this connection.
    """
    try:
        return connection.prepared_cursor
    except AttributeError:
        connection.prepared_cursor = _Prepared(connection)
        return connection.prepared_cursor


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
