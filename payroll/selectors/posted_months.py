"""Months that are paid: a change of pay that reaches into one is refused, or meant and said so.

Posting closes the days that were counted; salaries and what is assigned are those of the calendar month, which ends later.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import calendar_month
from payroll.models import Payroll, PayrollStatus
from peoplesync.kernel.errors import Conflict


def reached(
    *, employee_id: UUID, kinds: Collection[str], first: date, last: date | None
) -> list[tuple[int, int, str | None, datetime]]:
    """Each month with a day from `first` to `last` (inside; None: no end) that a posted payslip of these kinds paid, with
    who posted it and when; the earliest first.
    """
    posted = Payroll.objects.filter(employee_id=employee_id, status=PayrollStatus.POSTED, kind__in=kinds)
    rows = posted.filter(period_year__gte=first.year).order_by("period_year", "period_month")
    columns = ("period_year", "period_month", "run__posted_by__email", "run__posted_at")
    return [row for row in rows.values_list(*columns) if calendar_month(row[0], row[1]).overlap(first, last)]


def people_of(employee_ids: Collection[UUID], day: date) -> int:
    """How many of these people have a posted salary of the month of `day`."""
    posted = Payroll.objects.filter(
        employee_id__in=list(employee_ids), status=PayrollStatus.POSTED, kind__in=SALARY_KINDS
    )
    return int(posted.filter(period_year=day.year, period_month=day.month).count())


def ensure_open(
    *, employee_id: UUID, kinds: Collection[str], first: date, last: date | None, field: str, what: str
) -> None:
    """Raises Conflict on `field` when a posted payslip of these kinds paid a month with a day from `first` to `last`.

    `last` is inside; None: no end. `what` names the change for the sentence ("rate").
    """
    for year, month, by, at in reached(employee_id=employee_id, kinds=kinds, first=first, last=last):
        who = f" by {by} on {at:%Y-%m-%d}" if by else ""
        sentence = (
            f"The pay of {year}-{month:02} was posted{who} and does not change by this. Let the {what} begin or end "
            "with a later month, or say with allow_retro that it is meant."
        )
        raise Conflict(sentence, code="month_posted", errors={field: [sentence]})
