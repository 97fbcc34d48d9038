"""Write many rows with one COPY: several times cheaper than an INSERT that carries every value as a parameter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
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


def new(model: type[models.Model], instances: Iterable[models.Model]) -> None:
    """Insert instances of one model, every column as they hold it: nothing is filled in, no signal is sent."""
    rows(model, [name for name, _, _ in _shape(model)], _values(model, instances))


def _values(model: type[models.Model], instances: Iterable[models.Model]) -> Iterator[list[Any]]:
    shape = _shape(model)
    for instance in instances:
        held = instance.__dict__
        yield [json.dumps(held[attribute]) if is_json else held[attribute] for _, attribute, is_json in shape]


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[tuple[str, str, bool], ...]:
    """Field, attribute and whether it is JSON, of every column."""
    fields = model._meta.concrete_fields
    return tuple((str(field.name), str(field.attname), isinstance(field, models.JSONField)) for field in fields)
