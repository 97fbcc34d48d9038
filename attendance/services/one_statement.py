"""Several rows of several tables in one statement, for acts that everybody pays for.

PostgreSQL runs the parts of one statement against one picture of the data and in no promised order, so parts must not
depend on each other's rows: foreign keys are checked later, unique keys at once. Table and column names are written in
our code; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import models
from psycopg.types.json import Jsonb

from peoplesync.core import prepared

Values = Mapping[str, Any]


class OneStatement:
    """Collects inserts, updates and upserts, then runs them with one round trip."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._parameters: list[Any] = []

    def insert(self, row: models.Model) -> None:
        """One new row with every column of its model."""
        self._insert(row._meta.db_table, columns_of(row))

    def upsert(self, table: str, values: Values, *, key: tuple[str, ...], keep: tuple[str, ...] = ()) -> None:
        """A new row, or the row with the same key brought up to date; columns in `keep` stay as they first were."""
        self._insert(table, values, _on_conflict(tuple(values), key, keep))

    def update(self, row: models.Model, fields: tuple[str, ...]) -> None:
        """The named fields of a stored row."""
        values = columns_of(row, fields)
        settings = ", ".join(f"{column} = %s" for column in values)
        self._parts.append(f"UPDATE {row._meta.db_table} SET {settings} WHERE id = %s")  # noqa: S608 names are ours
        self._parameters += [*values.values(), row.pk]

    def add(self, sql: str, *parameters: Any) -> None:
        """A part of its own words."""
        self._parts.append(sql)
        self._parameters += parameters

    def _insert(self, table: str, values: Values, ending: str = "") -> None:
        self._parts.append(_insertion(table, tuple(values), ending))
        self._parameters += values.values()

    def run(self) -> None:
        """Send it. Raises IntegrityError when one of the rows breaks a constraint."""
        prepared.run(_joined(tuple(self._parts)), self._parameters)


@lru_cache(maxsize=256)
def _joined(parts: tuple[str, ...]) -> str:
    *first, last = parts
    named = ", ".join(f"part{number} AS ({part})" for number, part in enumerate(first))
    return f"WITH {named} {last}" if first else last


@lru_cache(maxsize=256)
def _insertion(table: str, columns: tuple[str, ...], ending: str) -> str:
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}){ending}"  # noqa: S608 names are ours


@lru_cache(maxsize=64)
def _on_conflict(columns: tuple[str, ...], key: tuple[str, ...], keep: tuple[str, ...]) -> str:
    changed = [column for column in columns if column not in key and column not in keep]
    settings = ", ".join(f"{column} = EXCLUDED.{column}" for column in changed)
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {settings}"


def columns_of(row: models.Model, names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Column -> value as psycopg takes it: our models hold plain values, only JSON must be named as such."""
    values = row.__dict__
    return {
        column: Jsonb(values[attribute]) if is_json and values[attribute] is not None else values[attribute]
        for column, attribute, is_json in _shape(type(row), names)
    }


@lru_cache(maxsize=64)
def _shape(model: type[models.Model], names: tuple[str, ...] | None) -> tuple[tuple[str, str, bool], ...]:
    """Column, attribute and whether it is JSON, of the named fields or of all."""
    fields = (field for field in model._meta.concrete_fields if names is None or field.name in names)
    return tuple((str(field.column), str(field.attname), isinstance(field, models.JSONField)) for field in fields)
