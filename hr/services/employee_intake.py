"""Take in a file of employees as one act: all rows or, where asked, all good ones; a dry run writes nothing.

Works through the rows by thousands, so that a file of any size needs the same memory: the whole file is read before
anything is written, and what it says waits in the database. Running it again with the same file changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from hr.models import Department
from hr.selectors import locks
from hr.services import departments, employee_import, employee_rows
from hr.services.employee_import import BATCH, Written
from hr.services.employee_rows import BadRow
from peoplesync.core.sheets import Line, Sheet
from peoplesync.kernel.errors import Forbidden

SHOWN = 100
_SEEN = """
    CREATE TEMP TABLE IF NOT EXISTS hr_import_seen (employee_number text PRIMARY KEY, line int, said text) ON COMMIT DROP
"""
_NOTE = """
    INSERT INTO hr_import_seen SELECT * FROM unnest(%s::text[], %s::int[], %s::text[]) ON CONFLICT DO NOTHING RETURNING line
"""
#: People the file names are locked in the order of their ids before the first is written, as everywhere: a payroll over the
#: same people waits, or is waited for, whatever the order of the file.
_HOLD = """
    SELECT count(*) FROM (
        SELECT FROM hr_employee employee JOIN hr_import_seen USING (employee_number)
        WHERE employee.deleted_at IS NULL ORDER BY employee.id FOR NO KEY UPDATE OF employee
    ) held
"""
#: New people are written in the order of their numbers, so that two files with the same ones wait for each other, too.
_NEXT = """
    SELECT line, said FROM hr_import_seen WHERE employee_number > %s ORDER BY employee_number LIMIT %s
"""
#: References are checked with the statement that makes them. Waiting for the end, each would be walked past again by every
#: later row that has a history (its trigger opens and drops a savepoint): the square of the rows.
_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
_EARLIER = "SELECT employee_number, line FROM hr_import_seen WHERE employee_number = ANY(%s)"
_CONSTRAINTS = {"hr_employee_ends_after_hire": "ended_on: is before the first day of employment."}
Read = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to take the file in."""

    skip_bad: bool = False
    is_dry_run: bool = False
    creates_departments: bool = False


@dataclass(slots=True)
class Report:
    """What became of the file. `troubles` are the first of the bad rows: line number and why."""

    written: Written = field(default_factory=Written)
    bad_count: int = 0
    troubles: list[tuple[int, str]] = field(default_factory=list)
    department_count: int = 0
    is_kept: bool = False

    def bad(self, line: int, why: str) -> None:
        self.bad_count += 1
        if len(self.troubles) < SHOWN:
            self.troubles.append((line, why))


@transaction.atomic
def take_in(*, sheet: Sheet, wish: Wish, by: Any, at: datetime) -> Report:
    """Write the rows of a file in one transaction, known employees by their number.

    Nothing is kept when a row is bad (unless they are to be skipped) or in a dry run. Raises Invalid where the file
    itself cannot be read on.
    """
    intake = _Intake(sheet.columns, wish, by, at)
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE)
        cursor.execute(_SEEN)
        cursor.execute("TRUNCATE hr_import_seen")
    for lines in _batches(sheet.lines):
        intake.read(lines)
    report = intake.report
    if wish.skip_bad or not report.bad_count:
        intake.write()
    report.is_kept = not wish.is_dry_run and (wish.skip_bad or not report.bad_count)
    if not report.is_kept:
        transaction.set_rollback(True)
    report.troubles.sort()
    return report


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    remaining = iter(lines)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Intake:
    """One file on its way in."""

    def __init__(self, columns: Sequence[str], wish: Wish, by: Any, at: datetime) -> None:
        self.wish, self.by, self.at = wish, by, at
        self.report = Report()
        self.columns = [
            "department_id" if name == "department" else name for name in columns if name != "employee_number"
        ]
        self._named: dict[str, list[UUID]] | None = None

    def read(self, lines: list[Line]) -> None:
        """Read a batch; its good rows wait, and a number that was in the file before makes a bad one."""
        rows = list(self._read(lines))
        said = [json.dumps(values, default=str) for _, values in rows]
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [[values["employee_number"] for _, values in rows], [line for line, _ in rows], said])
            fresh = {row[0] for row in cursor.fetchall()}
            again = [(line, values["employee_number"]) for line, values in rows if line not in fresh]
            if again:
                cursor.execute(_EARLIER, [[number for _, number in again]])
                earlier = dict(cursor.fetchall())
                for line, number in again:
                    self.report.bad(line, f"employee_number: {number!r} is on line {earlier[number]} already.")

    def write(self) -> None:
        """Write the rows that wait, a batch after the other."""
        if not self.wish.is_dry_run:
            locks.pass_gate()
        with connection.cursor() as cursor:
            cursor.execute(_HOLD)
        after = ""
        while rows := self._next(after):
            after = rows[-1][1]["employee_number"]
            self._write(rows)

    def _next(self, after: str) -> list[Read]:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [after, BATCH])
            return [(line, json.loads(said)) for line, said in cursor.fetchall()]

    def _read(self, lines: list[Line]) -> Iterator[Read]:
        for line in lines:
            if line.trouble:
                self.report.bad(line.number, line.trouble)
                continue
            try:
                values = self._values(line.cells)
            except BadRow as bad:
                self.report.bad(line.number, str(bad))
            else:
                yield line.number, values

    def _values(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The row's values with its department's id. Raises BadRow naming every bad cell, and makes no department for one."""
        try:
            values = employee_rows.values(cells)
        except BadRow as bad:
            raise BadRow([*bad.sentences, *self._unknown(cells, bad.sentences)]) from None
        if "department" in values:
            named = values.pop("department")
            values["department_id"] = named and (self._known(named) or self._made(named))
        return values

    def _unknown(self, cells: Mapping[str, str], said: list[str]) -> list[str]:
        named = cells.get("department", "").strip()
        if named and not any(sentence.startswith("department:") for sentence in said):
            try:
                self._known(named)
            except BadRow as unknown:
                return unknown.sentences
        return []

    def _write(self, rows: list[Read]) -> None:
        """Write rows, or their halves when one of them is refused, until the bad one stands alone."""
        try:
            with transaction.atomic():
                written = employee_import.write(
                    rows=[values for _, values in rows], columns=self.columns, by=self.by, at=self.at
                )
        except (IntegrityError, DataError, Forbidden) as refusal:
            if len(rows) == 1:
                self.report.bad(rows[0][0], _why(refusal))
                return
            middle = len(rows) // 2
            self._write(rows[:middle])
            self._write(rows[middle:])
        else:
            self.report.written += written

    def _known(self, text: str) -> UUID | None:
        """The department of that code or name; None where there is none and the import makes it. Raises BadRow."""
        found = self._departments().get(text.casefold(), [])
        if len(found) > 1:
            raise BadRow([f"department: {text!r} is the name of {len(found)} departments. Give its code."])
        if found:
            return found[0]
        if not self.wish.creates_departments:
            raise BadRow([f"department: there is no {text!r}. Create it first, or let the import create departments."])
        return None

    def _made(self, text: str) -> UUID:
        made = departments.create(name=text, by=self.by, at=self.at)
        self.report.department_count += 1
        self._departments()[text.casefold()] = [made.pk]
        return made.pk

    def _departments(self) -> dict[str, list[UUID]]:
        """Departments by code and, where no code says the same, by name; letters' case does not matter."""
        if self._named is None:
            rows = list(Department.objects.alive().values_list("pk", "code", "name"))
            by_code: dict[str, list[UUID]] = {}
            by_name: dict[str, list[UUID]] = {}
            for pk, code, name in rows:
                if code:
                    by_code.setdefault(code.casefold(), []).append(pk)
                by_name.setdefault(name.casefold(), []).append(pk)
            self._named = {**by_name, **by_code}
        return self._named


def _why(refusal: IntegrityError | DataError | Forbidden) -> str:
    if isinstance(refusal, Forbidden):
        return f"current_salary: {refusal.message}"
    name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None)
    return _CONSTRAINTS.get(name or "", f"the database refuses this row ({name or 'a value is out of range'}).")
