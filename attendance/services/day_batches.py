"""Writing many computed days at once, with their exceptions: three statements per batch.

A day is only written when nobody has written it since it was read: a punch that came in between knew more. Whoever
computes is told which days were written, and reads the others again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.models import DaySummary
from attendance.services import day_exceptions
from attendance.services.day_rows import KEEP, KEY, json_of
from peoplesync.core import copying, prepared
from peoplesync.core.models import new_id

Key = tuple[UUID, date]
#: Rows of one batch.
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


#: Days arrive here by COPY, which costs a third of reading them from one long parameter. The table belongs to the
#: connection and is made once: it costs more than a day does. Each transaction leaves it empty. A pooler may keep the
#: connection over an upgrade, so its name says what columns it was made for.
_STAGE = """
    CREATE TEMP TABLE IF NOT EXISTS {stage} (
        LIKE attendance_daysummary, exceptions_before varchar[], exception_ids uuid[]
    ) ON COMMIT DELETE ROWS
"""
_MORE = (("exceptions_before", "varchar[]"), ("exception_ids", "uuid[]"))
_CLEAR = "DELETE FROM {stage}"
#: `created_at` carries when the row was seen: it is kept on an update, so it is free to compare with. A row nobody had
#: seen has the present moment there, which no stored row was written at.
_SQL = """
    WITH written AS (
        INSERT INTO attendance_daysummary AS stored ({columns}) SELECT {columns} FROM {stage}
        ON CONFLICT ({key}) DO UPDATE SET {settings} WHERE stored.updated_at = EXCLUDED.created_at
        RETURNING employee_id, work_date
    ), closed AS (
        UPDATE attendance_dayexception row SET resolved_at = %(at)s::timestamptz, updated_at = %(at)s::timestamptz
        FROM {stage} day JOIN written USING (employee_id, work_date)
        WHERE row.employee_id = day.employee_id AND row.work_date = day.work_date
            AND row.kind = ANY(day.exceptions_before) AND row.kind <> ALL(day.exceptions) AND row.resolved_at IS NULL
    ), opened AS (
        INSERT INTO attendance_dayexception (id, created_at, updated_at, employee_id, work_date, kind, note)
        SELECT fresh.id, %(at)s::timestamptz, %(at)s::timestamptz, employee_id, work_date, fresh.kind, ''
        FROM {stage} day JOIN written USING (employee_id, work_date)
        CROSS JOIN unnest(day.exceptions, day.exception_ids) AS fresh (kind, id)
        WHERE fresh.kind <> ALL(day.exceptions_before)
        ON CONFLICT ({exception_key}) DO UPDATE
        SET updated_at = EXCLUDED.updated_at, resolved_at = NULL, resolved_by_id = NULL, note = ''
    )
    SELECT employee_id, work_date FROM written
"""


def write(days: Sequence[Computed], at: datetime) -> set[Key]:
    """Write computed days in the caller's transaction; the keys of those that were written."""
    done: set[Key] = set()
    ordered = sorted(days, key=lambda day: day.key)  # always the same order, so that two writers cannot deadlock
    for start in range(0, len(ordered), BATCH):
        done |= _write_batch(ordered[start : start + BATCH], at)
    return done


def _write_batch(days: Sequence[Computed], at: datetime) -> set[Key]:
    columns = tuple(days[0].columns)
    stage = stage_name()
    prepared.run(_STAGE.format(stage=stage))
    copying.rows(DaySummary, columns, _staged(days, at), table=stage, more=_MORE)
    written: set[Key] = set(prepared.rows(_statement(columns, stage), {"at": at}))
    prepared.run(_CLEAR.format(stage=stage))
    return written


def _staged(days: Sequence[Computed], at: datetime) -> Iterator[list[Any]]:
    """The days as COPY takes them."""
    for day in days:
        told = {**day.columns, "created_at": day.seen_at or at}
        ids = [new_id() for _ in told["exceptions"]]
        values = [json_of(tuple(value.items())) if type(value) is dict else value for value in told.values()]
        yield [*values, list(day.exceptions_before), ids]


@lru_cache(maxsize=1)
def stage_name() -> str:
    """The staging table for days as this version stores them."""
    shape = ",".join(f"{field.column} {field.db_type(connection)}" for field in DaySummary._meta.concrete_fields)
    return f"attendance_computed_{sha256(shape.encode()).hexdigest()[:12]}"


@lru_cache(maxsize=4)
def _statement(columns: tuple[str, ...], stage: str) -> str:
    changing = [column for column in columns if column not in (*KEY, *KEEP)]
    return _SQL.format(
        stage=stage,
        columns=", ".join(columns),
        key=", ".join(KEY),
        settings=", ".join(f"{column} = EXCLUDED.{column}" for column in changing),
        exception_key=", ".join(day_exceptions.KEY),
    )
