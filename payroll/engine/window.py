"""PURE. A run of calendar days, both ends inside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from peoplesync.kernel.dates import month_bounds
from peoplesync.kernel.errors import Invalid

# strftime would follow the process's locale, and a payslip must not.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The days from `starts_on` to `ends_on`, both included. Raises Invalid when they are the wrong way round."""

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise Invalid(
                f"A window cannot end on {self.ends_on} before it starts on {self.starts_on}. Swap the two dates.",
                code="window_reversed",
            )

    @property
    def days_count(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def spoken(self) -> str:
        """The days in words, the same in every locale.

        >>> Window(date(2026, 11, 10), date(2026, 11, 30)).spoken(), Window(date(2026, 1, 5), date(2026, 1, 5)).spoken()
        ('10 to 30 Nov 2026', '5 Jan 2026')
        """
        last = f"{self.ends_on.day} {_MONTHS[self.ends_on.month - 1]} {self.ends_on.year}"
        if self.starts_on == self.ends_on:
            return last
        if (self.starts_on.year, self.starts_on.month) == (self.ends_on.year, self.ends_on.month):
            return f"{self.starts_on.day} to {last}"
        return f"{self.starts_on.day} {_MONTHS[self.starts_on.month - 1]} {self.starts_on.year} to {last}"

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def overlap(self, starts_on: date, ends_on: date | None) -> Window | None:
        """The days shared with another run of days (`ends_on` None: without end), or None when there are none.

        >>> Window(date(2026, 11, 1), date(2026, 11, 30)).overlap(date(2026, 11, 10), None)
        Window(starts_on=datetime.date(2026, 11, 10), ends_on=datetime.date(2026, 11, 30))
        """
        first = max(self.starts_on, starts_on)
        last = self.ends_on if ends_on is None else min(self.ends_on, ends_on)
        return Window(first, last) if first <= last else None


@lru_cache(maxsize=64)
def calendar_month(year: int, month: int) -> Window:
    """All days of a month. Remembered, because every step of a payslip asks for it."""
    return Window(*month_bounds(year, month))
