"""PURE. The precision payroll is computed with, whatever the caller's thread has set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

#: Figures are stored as numeric(38,2): nothing at or above this can be written, so nothing above it is computed.
LIMIT = Decimal(10) ** 36

# Twice the digits of the largest stored figure: products of two figures stay exact, and only divisions are cut,
# far below the last digit that rounding looks at.
_DIGITS = 80


@contextmanager
def exact() -> Iterator[None]:
    """Run a block with the engine's own Decimal context, so that the same inputs give the same result anywhere."""
    context = Context(
        prec=_DIGITS,
        rounding=ROUND_HALF_EVEN,
        Emin=-999_999,
        Emax=999_999,
        capitals=1,
        clamp=0,
        flags=[],
        traps=[InvalidOperation, DivisionByZero, Overflow],
    )
    with localcontext(context):
        yield


def is_storable(amount: Decimal) -> bool:
    """Whether a figure is a finite number small enough for the database.

    >>> [is_storable(Decimal(n)) for n in ("15000000", "1e36", "NaN")]
    [True, False, False]
    """
    return amount.is_finite() and abs(amount) < LIMIT
