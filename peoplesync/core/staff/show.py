"""How values look to staff: money with separators and currency, instants in local time with the zone. Text only, no markup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import dateformat, timezone

EMPTY = "–"
#: Amounts have so many digits; hours, days and positions have fewer.
MONEY_DIGITS = 38
_currency: ContextVar[str] = ContextVar("currency", default="")


@contextmanager
def paid_in(currency: str) -> Iterator[None]:
    """Inside, amounts are shown in the organisation's currency."""
    token = _currency.set(currency)
    try:
        yield
    finally:
        _currency.reset(token)


def in_currency(label: str, digits: int | None) -> str:
    """What a field is called, with the currency where it takes an amount.

    >>> with paid_in("IDR"):
    ...     in_currency("Salary a month", MONEY_DIGITS), in_currency("Days", 6)
    ('Salary a month (IDR)', 'Days')
    """
    return f"{label} ({_currency.get()})" if digits == MONEY_DIGITS and _currency.get() else label


def money(amount: Decimal | None) -> str:
    """An amount as people read it, in the page's currency; cents only where there are some.

    >>> with paid_in("IDR"):
    ...     money(Decimal("15000000.00")), money(Decimal("-1234.5")), money(None)
    ('IDR 15,000,000', 'IDR -1,234.50', '–')
    """
    if amount is None:
        return EMPTY
    figure = f"{amount:,.2f}".removesuffix(".00")
    return f"{_currency.get()} {figure}".strip()


def instant(at: datetime | None) -> str:
    """An instant in the zone of the page, with the zone's name."""
    return dateformat.format(timezone.localtime(at), "j M Y H:i T") if at else EMPTY


def day(on: date | None) -> str:
    """A calendar day.

    >>> day(date(2026, 11, 5)), day(None)
    ('5 Nov 2026', '–')
    """
    return f"{on:%-d %b %Y}" if on else EMPTY


def span(first: date, last: date) -> str:
    """Calendar days from the first to the last, both inside.

    >>> span(date(2026, 9, 26), date(2026, 10, 25)), span(date(2026, 9, 26), date(2026, 9, 26))
    ('26 Sep 2026 to 25 Oct 2026', '26 Sep 2026')
    """
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def month(year: int, number: int) -> str:
    """A month by name.

    >>> month(2026, 10)
    'October 2026'
    """
    return f"{date(year, number, 1):%B %Y}"


def clock(at: datetime | None) -> str:
    """Only the local time of day."""
    return dateformat.format(timezone.localtime(at), "H:i") if at else EMPTY


def minutes(count: int | None) -> str:
    """A duration given in minutes.

    >>> minutes(485), minutes(0), minutes(None)
    ('8 h 05 min', '0 h 00 min', '–')
    """
    return EMPTY if count is None else f"{count // 60} h {count % 60:02} min"


def duration(length: timedelta | None) -> str:
    """A duration, to the minute.

    >>> duration(timedelta(hours=1, seconds=90))
    '1 h 01 min'
    """
    return EMPTY if length is None else minutes(int(length.total_seconds()) // 60)


def days(count: Decimal | None) -> str:
    """A number of days without idle zeros.

    >>> days(Decimal("12.00")), days(Decimal("0.50"))
    ('12', '0.5')
    """
    return EMPTY if count is None else f"{count.normalize():f}"
