"""PURE. Calendar and zone arithmetic: local days, months, inclusive ranges. No clock: the moment is an argument."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

ONE_DAY = timedelta(days=1)
#: What people write down lies between; beyond it is a slip of the finger.
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2200, 12, 31)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone_name(name: str) -> bool:
    """Whether `name` is exactly an IANA zone name: case matters, paths and offsets are not names.

    >>> [is_zone_name(n) for n in ("Asia/Jakarta", "asia/jakarta", "+07:00", "../etc/passwd", "")]
    [True, False, False, False, False]
    """
    return name in _zone_names()


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ValueError for anything `is_zone_name` refuses."""
    if not is_zone_name(name):
        raise ValueError(f"{name!r} is not an IANA time zone name")
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError as missing:
        raise ValueError(f"{name!r} is not an IANA time zone name") from missing


def local_day(instant: datetime, zone_name: str) -> date:
    """The calendar day of an aware instant in a zone.

    >>> local_day(datetime(2025, 11, 16, 17, 0, tzinfo=UTC), "Asia/Jakarta")
    datetime.date(2025, 11, 17)
    """
    return instant.astimezone(zone(zone_name)).date()


def at_local(day: date, clock: time, zone_name: str) -> datetime:
    """The UTC instant at which the wall clock of a zone shows `clock` on `day`.

    A time that happens twice is its first occurrence; one that is skipped is read with the offset before the
    change, so it falls after the gap (PEP 495, fold=0).

    >>> at_local(date(2025, 11, 17), time(8), "Asia/Jakarta")
    datetime.datetime(2025, 11, 17, 1, 0, tzinfo=datetime.timezone.utc)
    """
    return datetime.combine(day, clock, zone(zone_name)).astimezone(UTC)


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month, both inside it.

    >>> month_bounds(2028, 2)
    (datetime.date(2028, 2, 1), datetime.date(2028, 2, 29))
    """
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def clamp_day(year: int, month: int, day: int) -> date:
    """Day `day` of a month, or the month's last day when it is shorter.

    >>> clamp_day(2027, 2, 31)
    datetime.date(2027, 2, 28)
    """
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def counted_window(year: int, month: int, cutoff_day: int) -> tuple[date, date]:
    """The days whose overtime, meals and unpaid days a month's pay counts: after the last cut-off to the cut-off.

    Clamped to month ends, so consecutive windows tile the calendar: every date is in exactly one.

    >>> counted_window(2025, 11, 25)
    (datetime.date(2025, 10, 26), datetime.date(2025, 11, 25))
    >>> counted_window(2027, 3, 31)
    (datetime.date(2027, 3, 1), datetime.date(2027, 3, 31))
    """
    before = date(year, month, 1) - ONE_DAY
    return clamp_day(before.year, before.month, cutoff_day) + ONE_DAY, clamp_day(year, month, cutoff_day)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none when `last` is earlier."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
