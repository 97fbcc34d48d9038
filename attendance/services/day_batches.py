"""Writing many computed days at once, with their exceptions, in one statement per batch.

A day is only written when nobody has written it since it was read: a punch that came in between knew more. Whoever
computes is told which days were written, and reads the others again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.services import day_exceptions
from attendance.services.day_rows import KEEP, KEY

Key = tuple[UUID, date]
#: Rows of one statement.
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Computed:
    """A day to write. `seen_at`: when the row that was read had been written, None where there was none."""

    columns: dict[str, Any]
    seen_at: datetime | None
    exceptions_before: Collection[str]

    @property
    def key(self) -> Key:
        return self.columns["employee_id"], self.columns["work_date"]


#: `created_at` carries when the row was seen: it is kept on an update, so it is free to compare with. A row nobody had
#: seen has the present moment there, which no stored row was written at.
_SQL = """
    WITH written AS (
        INSERT INTO attendance_daysummary AS stored ({columns})
        SELECT {columns} FROM jsonb_populate_recordset(NULL::attendance_daysummary, %(days)s::jsonb)
        ON CONFLICT ({key}) DO UPDATE SET {settings} WHERE stored.updated_at = EXCLUDED.created_at
        RETURNING employee_id, work_date
    ), closed AS (
        UPDATE attendance_dayexception row SET resolved_at = %(at)s, updated_at = %(at)s
        FROM jsonb_populate_recordset(NULL::attendance_dayexception, %(gone)s::jsonb) gone
        JOIN written USING (employee_id, work_date)
        WHERE row.employee_id = gone.employee_id AND row.work_date = gone.work_date AND row.kind = gone.kind
            AND row.resolved_at IS NULL
    ), opened AS (
        INSERT INTO attendance_dayexception ({exception_columns})
        SELECT {exception_columns} FROM jsonb_populate_recordset(NULL::attendance_dayexception, %(fresh)s::jsonb) fresh
        JOIN written USING (employee_id, work_date)
        ON CONFLICT ({exception_key}) DO UPDATE SET {exception_settings}
    )
    SELECT employee_id, work_date FROM written
"""


def write(days: Sequence[Computed], at: datetime) -> set[Key]:
    """Write computed days; the keys of those that were written."""
    done: set[Key] = set()
    ordered = sorted(days, key=lambda day: day.key)  # always the same order, so that two writers cannot deadlock
    for start in range(0, len(ordered), BATCH):
        done |= _write_batch(ordered[start : start + BATCH], at)
    return done


def _write_batch(days: Sequence[Computed], at: datetime) -> set[Key]:
    rows = [{**day.columns, "created_at": day.seen_at or at} for day in days]
    fresh, gone = [], []
    for day in days:
        before, now = set(day.exceptions_before), set(day.columns["exceptions"])
        fresh += [day_exceptions.columns(*day.key, kind, at) for kind in sorted(now - before)]
        gone += [{"employee_id": day.key[0], "work_date": day.key[1], "kind": kind} for kind in sorted(before - now)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(rows[0]), {"days": _json(rows), "fresh": _json(fresh), "gone": _json(gone), "at": at})
        return set(cursor.fetchall())


def _statement(row: dict[str, Any]) -> str:
    exception = tuple(day_exceptions.columns(row["employee_id"], row["work_date"], "", row["updated_at"]))
    return _SQL.format(
        columns=", ".join(row),
        key=", ".join(KEY),
        settings=_settings(row, (*KEY, *KEEP)),
        exception_columns=", ".join(exception),
        exception_key=", ".join(day_exceptions.KEY),
        exception_settings=_settings(exception, (*day_exceptions.KEY, *day_exceptions.KEEP)),
    )


def _settings(columns: Collection[str], without: Collection[str]) -> str:
    return ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in without)


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)
