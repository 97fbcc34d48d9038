"""Several rows of several tables in one statement, for acts that everybody pays for.

PostgreSQL runs the parts of one statement against one picture of the data and in no promised order, so parts must not
depend on each other's rows: foreign keys are checked later, unique keys at once. Table and column names are written in
our code; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

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
        changed = [column for column in values if column not in key and column not in keep]
        settings = ", ".join(f"{column} = EXCLUDED.{column}" for column in changed)
        self._insert(table, values, f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {settings}")

    def update(self, row: models.Model, fields: tuple[str, ...]) -> None:
        """The named fields of a stored row."""
        values = columns_of(row, fields)
        settings = ", ".join(f"{column} = %s" for column in values)
        self._parts.append(f"UPDATE {row._meta.db_table} SET {settings} WHERE id = %s")  # noqa: S608 names are ours
        self._parameters += [*values.values(), row.pk]

    def _insert(self, table: str, values: Values, ending: str = "") -> None:
        places = ", ".join(["%s"] * len(values))
        self._parts.append(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}){ending}")  # noqa: S608
        self._parameters += values.values()

    def run(self) -> None:
        """Send it. Raises IntegrityError when one of the rows breaks a constraint."""
        *first, last = self._parts
        named = ", ".join(f"part{number} AS ({part})" for number, part in enumerate(first))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {named} {last}" if first else last, self._parameters)


def columns_of(row: models.Model, names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Column -> value as the database takes it."""
    fields = [field for field in row._meta.concrete_fields if names is None or field.name in names]
    return {str(field.column): field.get_db_prep_save(getattr(row, str(field.attname)), connection) for field in fields}
