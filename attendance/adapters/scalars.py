"""PURE. The scalars foreign doors read and write: whole and exact numbers, days, Unix seconds. Text is in `text.py`.

A reader answers None for what it cannot read; what the fault is called, and in which words, belongs to each vendor's
folder. Nothing here may raise for any input a JSON body, a form or a query string can hold.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from attendance.adapters import text

#: The database's largest integer. A larger one would be an arithmetic fault there instead of a refusal here.
LARGEST_INTEGER = 2**63 - 1
#: Exponents beyond this are refused unread: turning 1e999999999 into digits would exhaust the machine.
_LARGEST_EXPONENT = 30
_LONGEST_NUMBER = 64
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def exact(value: object) -> Decimal | None:
    """A finite number, or a string of one, as the Decimal it shows; None for anything else, booleans included.

    >>> exact(40.7128), exact("-74.0060"), exact(True), exact("NaN"), exact("1e999999999")
    (Decimal('40.7128'), Decimal('-74.0060'), None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return None
    written = str(value).strip()
    if len(written) > _LONGEST_NUMBER or _DECIMAL.fullmatch(written) is None:
        return None
    number = Decimal(written)
    return number if abs(number.adjusted()) <= _LARGEST_EXPONENT else None


def whole(value: object) -> int | None:
    """An integer, an integral number or a string of digits; None for anything else, fractions and booleans included.

    >>> [whole(v) for v in (7, "7", " 7 ", Decimal("7.0"), 7.5, "7.5", True, None, 2**63)]
    [7, 7, 7, 7, None, None, None, None, None]
    """
    if isinstance(value, str):
        written = value.strip()
        return _bounded(Decimal(written)) if _INTEGER.fullmatch(written) else None
    number = exact(value)
    return None if number is None or number != number.to_integral_value() else _bounded(number)


def truncated(value: object) -> int | None:
    """As `whole` for numbers, but a fraction is cut off towards zero instead of refused.

    >>> truncated(Decimal("12.9")), truncated(-0.5), truncated("12"), truncated("12.5")
    (12, 0, 12, 12)
    """
    number = exact(value)
    return None if number is None else _bounded(number)


def _bounded(number: Decimal) -> int | None:
    return int(number) if abs(number) <= LARGEST_INTEGER else None


def day(value: object) -> date | None:
    """A calendar day written exactly `YYYY-MM-DD`, of a year this system keeps; None for anything else.

    >>> day("2024-02-29"), day("2023-02-29"), day("20240229"), day("0001-01-01")
    (datetime.date(2024, 2, 29), None, None, None)
    """
    found = text.read_day(value) if isinstance(value, str) else None
    return found if found is not None and text.is_workable(found) else None


def shortest(number: Decimal) -> Decimal:
    """The same number without the zeros a fixed-scale column adds, and never in exponent form.

    >>> shortest(Decimal("40.7128000")), shortest(Decimal("300.00")), shortest(Decimal("-0.000"))
    (Decimal('40.7128'), Decimal('300'), Decimal('0'))
    """
    if number == 0:
        return Decimal(0)
    return Decimal(plain(number))


def plain(number: Decimal) -> str:
    """The number in digits, as short as it goes: what a vendor that sends coordinates as strings prints.

    >>> plain(Decimal("41.29387269052770")), plain(Decimal("1E+2")), plain(Decimal("0E-14"))
    ('41.2938726905277', '100', '0')
    """
    if number == 0:
        return "0"
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def unix_seconds(instant: datetime) -> int:
    """Whole Unix seconds of an aware instant; a part of a second is dropped.

    >>> unix_seconds(datetime(2024, 1, 1, 12, 0, 0, 999999, tzinfo=UTC))
    1704110400
    """
    return int(instant.replace(microsecond=0).timestamp())


def at_unix(seconds: int) -> datetime:
    """The UTC instant of Unix seconds. The caller has bounded the number: see each vendor's largest timestamp.

    >>> at_unix(1704110400).isoformat()
    '2024-01-01T12:00:00+00:00'
    """
    return datetime.fromtimestamp(seconds, tz=UTC)
