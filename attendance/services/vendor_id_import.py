"""Vendors' ids from a file, so that devices keep the ids they hold: all rows or none, each bad one named by its line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from attendance.models.vendor_id import VendorId
from attendance.selectors import vendor_rows
from attendance.services import vendor_ids
from attendance.services.vendor_ids import Naming
from peoplesync.core import sheets
from peoplesync.kernel.errors import Conflict

COLUMNS = ("vendor", "kind", "record", "external_id")
#: More lines than any organisation has people, places and jobs; the whole file is held at once.
MOST = 200_000
_CHUNK = 1000
_NOBODY = UUID(int=0)


@dataclass(slots=True)
class Report(sheets.Troubles):
    """What became of the rows."""

    changed_count: int = 0
    known_count: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    vendor: str
    kind: str
    record: str
    external_id: str

    def naming(self, object_id: UUID) -> Naming:
        return Naming(self.vendor, self.kind, object_id, self.external_id)


def take_in(
    *,
    file: BinaryIO,
    by: Any,
    at: datetime,
    is_dry_run: bool = False,
    advance: Callable[[int], None] = lambda count: None,
) -> Report:
    """Set every id of a file in one transaction; nothing is kept in a dry run or when a row is bad.

    `record` is what staff call the row: an employee's number, a place's name. Raises Invalid
    where the file itself cannot be read, Conflict when somebody else takes one of the ids meanwhile.
    """
    report = Report()
    with transaction.atomic():
        named = list(_named(_lines(file, report, advance), report))
        _refuse_taken(named, report)
        if report.bad_count == 0:
            report.changed_count = vendor_ids.set_many(named=[one for _, one in named], by=by, at=at)
            report.known_count = len(named) - report.changed_count
        if is_dry_run:
            transaction.set_rollback(True)
    report.troubles.sort()
    return report


def _lines(file: BinaryIO, report: Report, advance: Callable[[int], None]) -> list[_Line]:
    found = []
    for line in sheets.read(file, required=COLUMNS, known=COLUMNS, advance=advance).lines:
        if line.trouble:
            report.add_trouble(line.number, line.trouble)
            continue
        vendor, kind = (line.cells[name].strip().lower() for name in ("vendor", "kind"))
        external_id = vendor_ids.normal(vendor, line.cells["external_id"])
        found.append(_Line(line.number, vendor, kind, line.cells["record"].strip(), external_id))
        if len(found) > MOST:
            raise Conflict(f"A file holds at most {MOST:,} rows. Import it in parts.", code="too_many")
    return found


def _named(lines: Iterable[_Line], report: Report) -> Iterable[tuple[int, Naming]]:
    """The lines with the rows they name; those that name none, or twice, go to the report."""
    by_kind: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        if why := line.naming(_NOBODY).trouble():
            report.add_trouble(line.number, why)
        else:
            by_kind[line.kind].append(line)
    earlier: dict[tuple[str, ...], int] = {}
    for kind, found in by_kind.items():
        rows = _rows(kind, found)
        for line in found:
            why = _trouble(line, rows.get(line.record, []), earlier)
            if why:
                report.add_trouble(line.number, why)
            else:
                yield line.number, line.naming(rows[line.record][0])


def _rows(kind: str, lines: list[_Line]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    names = list(dict.fromkeys(line.record for line in lines))
    for start in range(0, len(names), _CHUNK):
        found |= vendor_rows.by_names(kind, names[start : start + _CHUNK])
    return found


def _trouble(line: _Line, rows: list[UUID], earlier: dict[tuple[str, ...], int]) -> str:
    by = vendor_rows.named_by(line.kind)
    if not rows:
        return f"record is {line.record!r}, which is the {by} of no {line.kind}."
    if len(rows) > 1:
        return f"record is {line.record!r}, which is the {by} of more than one {line.kind}."
    same = [(line.vendor, line.kind, "id", line.external_id), (line.vendor, line.kind, "row", line.record)]
    first = min((earlier[one] for one in same if one in earlier), default=None)
    if first is not None:
        return f"repeats line {first}: an id names one record, and a record has one id."
    earlier.update(dict.fromkeys(same, line.number))
    return ""


def _refuse_taken(named: list[tuple[int, Naming]], report: Report) -> None:
    """Report ids that belong to rows the file does not name otherwise."""
    mine = {(one.vendor, one.kind, one.object_id) for _, one in named}
    for start in range(0, len(named), _CHUNK):
        chunk = named[start : start + _CHUNK]
        holders = _holders([one for _, one in chunk])
        for number, one in chunk:
            holder = holders.get((one.vendor, one.kind, one.external_id))
            if holder and holder != one.object_id and (one.vendor, one.kind, holder) not in mine:
                report.add_trouble(number, f"external_id {one.external_id!r} belongs to another {one.kind} already.")


def _holders(named: list[Naming]) -> Mapping[tuple[str, str, str], UUID]:
    rows = VendorId.objects.filter(external_id__in=[one.external_id for one in named])
    return {(row.vendor, row.kind, row.external_id): row.object_id for row in rows}
