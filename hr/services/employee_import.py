"""Write many employees at once, new and known alike, as the CSV import and other bulk doors need it.

Set-based: a statement per batch for the rows, another for their entries in the activity log. Reading a file does not
belong here (`employee_rows` reads cells); writing one person by hand has services of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from hr.services import leave_endings, schedules
from hr.services.day_facts import day_facts_changed
from peoplesync.core.hooks import Hook
from peoplesync.core.models import new_id
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Forbidden

#: Rows per statement: large enough to be fast, small enough to be read and logged in little memory.
BATCH = 5000
#: What may be written, with the type PostgreSQL reads it as.
COLUMNS = {
    "first_name": "text",
    "last_name": "text",
    "email": "text",
    "phone": "text",
    "department_id": "uuid",
    "hired_at": "date",
    "ended_on": "date",
    "end_reason": "text",
    "status": "text",
    "current_salary": "numeric",
    "timezone": "text",
}
#: What a new row holds where nothing was given and the column may not be empty.
_DEFAULTS = {"status": "'active'", "end_reason": "''", "timezone": "''"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SalarySet:
    """A salary that a bulk write put on somebody's record; `before` is None where there was none."""

    employee_id: UUID
    before: Decimal | None
    amount: Decimal


#: Called in the transaction of a batch with (what was set, by, at): payroll makes dated pay rates of it.
salaries_set: Hook[[Sequence[SalarySet], Any, datetime]] = Hook("hr.services.employee_import.salaries_set")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the rows; `unchanged` were known and as given already. `leave_count`: approved leaves that were taken
    back or shortened, because they go on after a last day.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    leave_count: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.leave_count + other.leave_count,
        )


def write(
    *,
    rows: Sequence[Row],
    columns: Collection[str],
    by: Any,
    at: datetime,
    id_of: Callable[[str], UUID] | None = None,
) -> Written:
    """Create or update employees by `employee_number`; only the named columns of known ones change.

    Each row holds `employee_number`, and every column named in `columns`; None leaves what is known as it is. A number
    may occur once. `id_of` gives new rows their ids (default: fresh ones). Raises IntegrityError where a constraint of
    the table is broken, Forbidden where `by` would change her own pay.
    """
    done = Written()
    for start in range(0, len(rows), BATCH):
        done += _write_batch(rows[start : start + BATCH], columns, by, at, id_of)
    return done


@transaction.atomic
def _write_batch(
    rows: Sequence[Row],
    columns: Collection[str],
    by: Any,
    at: datetime,
    id_of: Callable[[str], UUID] | None,
) -> Written:
    given = [_given(row, columns, id_of) for row in rows]
    with connection.cursor() as cursor:
        bound: dict[str, Any] = {"rows": Jsonb(given), "at": at}
        cursor.execute(_statement(sorted(columns)), bound)
        touched = cursor.fetchall()
    paid = [SalarySet(row[0], *row[5:]) for row in touched if row[6] is not None and row[6] != row[5]]
    if by is not None and any(change.employee_id == by.employee_id for change in paid):
        raise Forbidden("Nobody changes her own pay. Ask a colleague from HR or payroll.", code="own_pay")
    activity.record_many(
        activity.entry(
            action="employee.created" if is_new else "employee.updated",
            resource_type="employee",
            resource_id=employee_id,
            by=by,
            meta={"employee_number": number, "name": name, "fields": changed or None},
            at=at,
        )
        for employee_id, number, name, is_new, changed, _, _ in touched
    )
    if paid:
        salaries_set(paid, by, at)
    ended = _changed(touched, "ended_on")
    leave_count = leave_endings.follow(employee_ids=ended, by=by, at=at) if ended else 0
    if moved := _changed(touched, "hired_at", "ended_on", "timezone"):
        day_facts_changed(moved, date.min, date.max)
    schedules.department_changed(_changed(touched, "department_id"))
    created = sum(row[3] for row in touched)
    return Written(created, len(touched) - created, len(rows) - len(touched), leave_count)


def _changed(touched: Sequence[Any], *names: str) -> list[UUID]:
    """Who was known and has another value in one of these columns."""
    return [row[0] for row in touched if not {*names}.isdisjoint(row[4] or ())]


def _given(row: Row, columns: Collection[str], id_of: Callable[[str], UUID] | None) -> dict[str, Any]:
    number = row["employee_number"]
    given = {name: _plain(row[name]) for name in columns}
    return {**given, "employee_number": number, "id": str(id_of(number) if id_of else new_id())}


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _statement(columns: Sequence[str]) -> str:
    """The upsert of one batch; names come from `COLUMNS`, values are bound.

    Known people are held, in the order of their ids, before they are read: what is left alone is never a stale value.
    """
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise LookupError(f"employees have no columns {sorted(unknown)}")
    inserted = ", ".join(["id", "employee_number", *COLUMNS])
    filled = ", ".join(
        f"coalesce(given.{name}, before.{name}{f', {_DEFAULTS[name]}' if name in _DEFAULTS else ''})"
        for name in COLUMNS
    )
    typed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    settings = ", ".join([*(f"{name} = EXCLUDED.{name}" for name in columns), "updated_at = EXCLUDED.updated_at"])
    differs = " OR ".join(f"e.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in columns) or "false"
    changed = ", ".join(
        f"CASE WHEN before.{name} IS DISTINCT FROM written.{name} THEN '{name}' END" for name in columns
    )
    return f"""
        WITH given AS (
            SELECT * FROM jsonb_to_recordset(%(rows)s) AS each(id uuid, employee_number text, {typed})
        ), before AS (
            SELECT e.* FROM hr_employee e JOIN given USING (employee_number) WHERE e.deleted_at IS NULL
            ORDER BY e.id FOR NO KEY UPDATE OF e
        ), written AS (
            INSERT INTO hr_employee AS e ({inserted}, created_at, updated_at)
            SELECT given.id, given.employee_number, {filled}, %(at)s, %(at)s
            FROM given LEFT JOIN before USING (employee_number) ORDER BY given.employee_number
            ON CONFLICT (employee_number) WHERE deleted_at IS NULL DO UPDATE SET {settings} WHERE {differs}
            RETURNING *
        )
        SELECT written.id, written.employee_number, concat_ws(' ', written.first_name, written.last_name),
            before.id IS NULL,
            CASE WHEN before.id IS NOT NULL THEN array_remove(ARRAY[{changed}]::text[], NULL) END,
            before.current_salary, written.current_salary
        FROM written LEFT JOIN before ON before.id = written.id
        ORDER BY written.employee_number
    """  # noqa: S608 names are ours, checked above; values are bound
