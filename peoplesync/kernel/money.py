"""PURE. Money arithmetic: Decimal only, rounding with a name, splits that sum back.

Amounts carry no currency: an organisation has one (`hr.Setting.currency`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")


def round_half_up(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """Round to a multiple of `unit`, halves away from zero.

    >>> round_half_up(Decimal("2.345"))
    Decimal('2.35')
    >>> round_half_up(Decimal("1234.5"), Decimal(1))
    Decimal('1235')
    >>> round_half_up(Decimal("1250"), Decimal(100))
    Decimal('1300')
    """
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def round_down(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """Cut to a multiple of `unit`, towards zero.

    >>> round_down(Decimal("50999"), Decimal(1000))
    Decimal('50000')
    """
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_DOWN) * unit


def allocate(total: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Split `total` by `weights` so that the parts sum back to it exactly (largest remainders first).

    Raises ValueError when the weights are empty, negative or all zero, or `total` is no multiple of `unit`.

    >>> allocate(Decimal("100.00"), [Decimal(1)] * 3)
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    """
    whole = sum(weights, ZERO)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    if total % unit:
        raise ValueError(f"{total} is not a multiple of {unit}")
    exact = [total * weight / whole for weight in weights]
    parts = [round_down(share, unit) for share in exact]
    left = int((total - sum(parts, ZERO)) / unit)
    step = unit if left >= 0 else -unit
    by_remainder = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for index in by_remainder[: abs(left)]:
        parts[index] += step
    return parts
