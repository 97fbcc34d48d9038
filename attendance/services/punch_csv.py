"""Reads a terminal's CSV file of punches, line by line. Whether a punch can be recorded is `punch_import`'s to find out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from attendance.rules.punches import PunchKind
from peoplesync.core import sheets

REQUIRED = ("employee_number", "timestamp")
KNOWN = (*REQUIRED, "kind")
#: What terminals call the kinds; nothing means first in, last out.
KINDS = {"in": PunchKind.IN, "out": PunchKind.OUT, "toggle": PunchKind.TOGGLE, "": PunchKind.TOGGLE}

#: Stands in a row whose time could not be read.
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One row; `moment` has no zone where the file gave none. `trouble` says why the row cannot be read."""

    number: int
    employee_number: str = ""
    moment: datetime = _NEVER
    kind: PunchKind = PunchKind.TOGGLE
    trouble: str = ""


def read(file: BinaryIO, *, advance: Callable[[int], None]) -> Iterator[Line]:
    """The rows of a file as `sheets.read` opens it; whatever else a terminal writes beside the known columns is passed over.

    Raises Invalid as it does.
    """
    for line in sheets.read(file, required=REQUIRED, advance=advance).lines:
        yield Line(line.number, trouble=f"{line.trouble}.") if line.trouble else _line(line.number, line.cells)


def _line(number: int, cells: dict[str, str]) -> Line:
    who, when = cells.get("employee_number", "").strip(), cells.get("timestamp", "").strip()
    word = cells.get("kind", "").strip().lower()
    if not who:
        return Line(number, trouble="employee_number is empty. Every row needs it.")
    if word not in KINDS:
        return Line(number, who, trouble=f"kind is {word!r}. Give in, out, toggle, or leave it empty.")
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return Line(
            number, who, trouble=f"timestamp is {when!r}. Give it as 2026-11-16 08:00:00, with a zone or without."
        )
    return Line(number, who, moment, KINDS[word])
