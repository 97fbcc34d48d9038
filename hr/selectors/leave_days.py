"""How many days a leave takes: the working days of the person's own schedule that are no days off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from hr.selectors import schedules

HALF = Decimal("0.5")


def by_year(employee_id: UUID, first: date, last: date) -> dict[int, Decimal]:
    """Working days from `first` to `last` per calendar year; holidays and collective leave take none. One statement."""
    found: dict[int, Decimal] = {}
    for plan in schedules.each_plan([employee_id], first, last):
        if plan.is_work_due:
            found[plan.on.year] = found.get(plan.on.year, Decimal(0)) + 1
    return found


def split(employee_id: UUID, first: date, last: date, days: Decimal) -> dict[int, Decimal]:
    """What leave of `days` takes from each calendar year, in their order; the last year takes what the others leave."""
    years = sorted(by_year(employee_id, first, last).items()) or [(first.year, days)]
    parts: dict[int, Decimal] = {}
    for year, working in years[:-1]:
        parts[year] = min(working, days)
        days -= parts[year]
    return {**parts, years[-1][0]: days}


def count(employee_id: UUID, first: date, last: date) -> Decimal:
    """Working days from `first` to `last`, both inside, of this person."""
    return sum(by_year(employee_id, first, last).values(), Decimal(0))
