"""PURE. Parts of a month: what a joiner, a leaver, or a raise in mid-month is paid, so that parts sum back.

A monthly amount is split over the days it is paid and the rest of the month in one step: the paid parts and what is not
paid always add up to the month's amount. Which days are paid belongs to `scope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from payroll.engine.policy import Proration
from payroll.engine.result import Part
from payroll.engine.window import Window, calendar_month
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.money import allocate, round_half_up


class Dated(Protocol):
    """A monthly amount in force on some days (a pay rate, an assignment)."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one month with one monthly amount in force. `source` names the row it came from."""

    window: Window
    monthly_amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What a month is measured in: all its days, or those of `work_days`."""

    method: Proration
    work_days: frozenset[date]

    def units(self, window: Window) -> int:
        """How many units a window has."""
        if self.method is Proration.CALENDAR_DAYS:
            return window.days_count
        return sum(1 for day in self.work_days if day in window)


def gaps(dated: Iterable[Dated], window: Window) -> list[Window]:
    """The days of a window on which nothing is in force."""
    found: list[Window] = []
    next_day = window.starts_on
    for row in sorted(dated, key=lambda row: row.valid_from):
        held = window.overlap(row.valid_from, row.valid_to)
        if held is None:
            continue
        if held.starts_on > next_day:
            found.append(Window(next_day, held.starts_on - ONE_DAY))
        next_day = max(next_day, held.ends_on + ONE_DAY)
    if next_day <= window.ends_on:
        found.append(Window(next_day, window.ends_on))
    return found


def prorate(segments: Sequence[Segment], measure: Measure, unit: Decimal) -> tuple[Part, ...]:
    """Each segment's part of its month's amount, a multiple of `unit`. All segments lie in the same month.

    Raises Invalid when the month has no working days to measure a part of it in.

    >>> from datetime import date
    >>> days = Measure(Proration.CALENDAR_DAYS, frozenset())
    >>> joiner = Segment(Window(date(2026, 11, 10), date(2026, 11, 30)), Decimal(10_000_000), "pay_rate:1")
    >>> [str(part.amount) for part in prorate([joiner], days, Decimal(1))]
    ['7000000']
    """
    if not segments:
        return ()
    first_day = segments[0].window.starts_on
    month = calendar_month(first_day.year, first_day.month)
    measure = _usable(segments, month, measure)
    of_units = measure.units(month)
    parts: list[Part] = []
    for amount in dict.fromkeys(segment.monthly_amount for segment in segments):
        same = [segment for segment in segments if segment.monthly_amount == amount]
        units = [measure.units(segment.window) for segment in same]
        weights = [Decimal(count) for count in (*units, of_units - sum(units))]
        shares = allocate(round_half_up(amount, unit), weights, unit)
        parts += [
            Part(
                starts_on=segment.window.starts_on,
                ends_on=segment.window.ends_on,
                monthly_amount=amount,
                units=count,
                of_units=of_units,
                measured_in=measure.method,
                amount=share,
                source=segment.source,
            )
            for segment, count, share in zip(same, units, shares, strict=False)
        ]
    return tuple(sorted(parts, key=lambda part: part.starts_on))


def _usable(segments: Sequence[Segment], month: Window, measure: Measure) -> Measure:
    """The measure, or calendar days where a whole month is paid: then no schedule is needed to know the share."""
    if measure.units(month) > 0:
        return measure
    if len(segments) == 1 and segments[0].window == month:
        return Measure(Proration.CALENDAR_DAYS, frozenset())
    raise Invalid(
        f"{month.starts_on:%Y-%m} has no working days for this employee, so a part of it cannot be measured. "
        "Give the employee a work schedule, or prorate by calendar days.",
        code="no_working_days",
    )
