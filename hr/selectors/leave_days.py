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


def count(employee_id: UUID, first: date, last: date) -> Decimal:
    """Working days from `first` to `last`, both inside, of this person."""
    return sum(by_year(employee_id, first, last).values(), Decimal(0))
