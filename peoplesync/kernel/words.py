"""PURE. Numbers in sentences."""

from __future__ import annotations

from decimal import Decimal


def counted(count: Decimal | int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "working day"), counted(Decimal("1.50"), "working day"), counted(0, "entry", "entries")
    ('1 working day', '1.5 working days', '0 entries')
    """
    figure = f"{count.normalize():,f}" if isinstance(count, Decimal) else f"{count:,}"
    return f"{figure} {one if count == 1 else many or one + 's'}"
