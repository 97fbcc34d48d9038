"""Reads a CSV file line by line: encoding, separator and header. What the cells mean is the caller's to know."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from peoplesync.kernel.cells import unescaped
from peoplesync.kernel.errors import Invalid

_BOM = b"\xef\xbb\xbf"
_SEPARATORS = ",;\t"
#: Lines whose trouble is told; the rest is counted.
TOLD = 100
#: A name of a megabyte is a quote that nobody closed.
csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its first line's number, and its cells by column; `trouble` says why it has none."""

    number: int
    cells: dict[str, str]
    trouble: str = ""


@dataclass(slots=True)
class Troubles:
    """What an import says of bad lines: how many, and line number and reason of the first hundred."""

    bad_count: int = 0
    troubles: list[tuple[int, str]] = field(default_factory=list)

    def add_trouble(self, number: int, why: str) -> None:
        self.bad_count += 1
        if len(self.troubles) < TOLD:
            self.troubles.append((number, why))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header was understood. `lines` may be read once."""

    columns: tuple[str, ...]
    lines: Iterator[Line]


def read(
    file: BinaryIO,
    *,
    required: Sequence[str],
    known: Sequence[str] | None = None,
    advance: Callable[[int], None] = lambda count: None,
) -> Sheet:
    """Open a file of UTF-8 text, with or without a byte order mark; `advance` is told how many bytes were read.

    Comma, semicolon and tab separate, whichever the header uses. Columns may come in any order; without `known`
    there may be any others. Raises Invalid for a
    header that is not understood, and, while lines are read, for text that is not UTF-8 or quotes that do not end.
    """
    text = _decoded(file, advance)
    first = next(text, "")
    reader = csv.reader(_with_first(first, text), delimiter=_separator(first), strict=True)
    columns = _columns(_row(reader) or [], required, known)
    return Sheet(columns, _lines(reader, columns))


def _decoded(file: BinaryIO, advance: Callable[[int], None]) -> Iterator[str]:
    for number, raw in enumerate(file, start=1):
        advance(len(raw))
        try:
            yield (raw.removeprefix(_BOM) if number == 1 else raw).decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid(
                f"Line {number} is not UTF-8 text. Save the file as CSV UTF-8 and import it again.", code="encoding"
            ) from None


def _with_first(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _row(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        number = getattr(reader, "line_num", 0)
        raise Invalid(
            f"Line {number} cannot be read as CSV: {error}. Check its quotes and line ends.", code="csv"
        ) from None


def _columns(header: Sequence[str], required: Sequence[str], known: Sequence[str] | None) -> tuple[str, ...]:
    columns = tuple(name.strip().lower().replace(" ", "_") for name in header)
    missing = [name for name in required if name not in columns]
    unknown = [name for name in columns if known is not None and name not in known]
    if missing or unknown:
        troubles = [f"lacks {', '.join(missing)}"] if missing else []
        troubles += [f"has unknown columns {', '.join(map(repr, unknown))}"] if unknown else []
        raise Invalid(f"The header {' and '.join(troubles)}. Known are: {', '.join(known or required)}.", code="header")
    if len(set(columns)) != len(columns):
        raise Invalid("The header names a column twice. Name each once.", code="header")
    return columns


def _lines(reader: Iterator[list[str]], columns: tuple[str, ...]) -> Iterator[Line]:
    start = 2
    while (row := _row(reader)) is not None:
        number, start = start, getattr(reader, "line_num", start) + 1
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            yield Line(number, {}, f"has {len(row)} cells where the header has {len(columns)}")
        else:
            yield Line(number, dict(zip(columns, map(unescaped, row), strict=True)))
