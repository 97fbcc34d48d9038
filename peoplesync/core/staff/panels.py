"""Read-only tables below the form of one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """A table below a form: cells are text or links; `buttons` are the acts that stand by it."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    empty: str = "Nothing yet."
    #: Columns of amounts and figures: they stand one below the other.
    numbers: tuple[str, ...] = ()
    buttons: Sequence[dict[str, Any]] = ()

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Columns, and whether they hold numbers."""
        return [(column, column in self.numbers) for column in self.columns]

    @property
    def is_headed(self) -> bool:
        """Whether any column has a name: a lone link needs no line above it."""
        return any(self.columns)

    @property
    def lines(self) -> list[list[tuple[Any, bool]]]:
        """The rows' cells, and whether they are numbers."""
        return [[(cell, is_number) for cell, (_, is_number) in zip(row, self.heads, strict=True)] for row in self.rows]
