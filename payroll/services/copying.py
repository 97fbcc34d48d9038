"""Write many rows with one COPY: several times cheaper than an INSERT that carries every value as a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def rows(model: type[models.Model], fields: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Insert rows of these fields in the caller's transaction; the database's refusals come as Django's errors.

    JSON is given as its text.
    """
    concrete = {field.name: field for field in model._meta.concrete_fields}
    columns = [sql.Identifier(str(concrete[name].column)) for name in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns)
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)
