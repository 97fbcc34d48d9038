"""How many days a leave takes: the working days of the person's own schedule that are no days off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from hr.selectors import schedules
from peoplesync.kernel.dates import days_between

HALF = Decimal("0.5")
#: Somebody's leave: who, the first and the last day, both inside, and the days it takes.
Span = tuple[UUID, date, date, Decimal]


def splits(spans: Sequence[Span]) -> list[dict[int, Decimal]]:
    """What each leave takes from each calendar year, in their order; the last year takes what the others leave.

    A working day is one of the person's own schedule; holidays and collective leave take none. One statement, or none.
    """
    return [_split(working, first, days) for working, (_, first, _, days) in zip(_working(spans), spans, strict=True)]


def fitted(spans: Sequence[Span]) -> list[dict[int, Decimal]]:
    """The same of leave that was counted over more days than these: at most their working days; nothing without any."""
    found = []
    for working, (_, first, _, days) in zip(_working(spans), spans, strict=True):
        most = min(days, Decimal(working.total()))
        found.append(_split(working, first, most) if most else {})
    return found


def _working(spans: Sequence[Span]) -> list[Counter[int]]:
    """How many working days each leave has in each year."""
    if not spans:
        return []
    due = _due({who for who, *_ in spans}, min(first for _, first, *_ in spans), max(last for _, _, last, _ in spans))
    return [Counter(on.year for on in days_between(first, last) if (who, on) in due) for who, first, last, _ in spans]


def _due(people: Collection[UUID], first: date, last: date) -> set[tuple[UUID, date]]:
    """Who works on which days; holidays and collective leave take none. One statement."""
    return {(plan.employee_id, plan.on) for plan in schedules.each_plan(people, first, last) if plan.is_work_due}


def _split(working: Counter[int], first: date, days: Decimal) -> dict[int, Decimal]:
    years = sorted(working) or [first.year]
    parts: dict[int, Decimal] = {}
    for year in years[:-1]:
        parts[year] = min(Decimal(working[year]), days)
        days -= parts[year]
    return {**parts, years[-1]: days}


def split(employee_id: UUID, first: date, last: date, days: Decimal) -> dict[int, Decimal]:
    """What one leave takes from each calendar year, as `splits` says. One statement."""
    return splits([(employee_id, first, last, days)])[0]


def count(employee_id: UUID, first: date, last: date) -> Decimal:
    """Working days from `first` to `last`, both inside, of this person. One statement."""
    return Decimal(len(_due([employee_id], first, last)))
