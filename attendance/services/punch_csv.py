"""Reads a terminal's CSV file of punches, line by line. Whether a punch can be recorded is `punch_import`'s to find out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from attendance.rules.punches import PunchKind
from peoplesync.kernel.errors import Invalid

REQUIRED = ("employee_number", "timestamp")
KNOWN = (*REQUIRED, "kind")
#: What terminals call the kinds; nothing means first in, last out.
KINDS = {"in": PunchKind.IN, "out": PunchKind.OUT, "toggle": PunchKind.TOGGLE, "": PunchKind.TOGGLE}
_BOM = b"\xef\xbb\xbf"
_SEPARATORS = ",;\t"

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
    """The rows of a file of UTF-8 text separated by comma, semicolon or tab; `advance` is told of the bytes read.

    Raises Invalid for a header that is not understood, text that is not UTF-8, or quotes that do not end.
    """
    text = _decoded(file, advance)
    header = next(text, "")
    separator = max(_SEPARATORS, key=header.count)
    columns = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
    missing = [name for name in REQUIRED if name not in columns]
    if missing or len(set(columns)) != len(columns):
        raise Invalid(f"The header must name {', '.join(REQUIRED)} once, and may name kind.", code="header")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _line(reader.line_num + 1, dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num + 1} cannot be read as CSV: {error}.", code="csv") from None


def _decoded(file: BinaryIO, advance: Callable[[int], None]) -> Iterator[str]:
    for number, raw in enumerate(file, start=1):
        advance(len(raw))
        try:
            yield (raw.removeprefix(_BOM) if number == 1 else raw).decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid(f"Line {number} is not UTF-8 text. Save the file as CSV UTF-8.", code="encoding") from None


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
