"""Months that are paid: a change of pay that reaches into one is refused, or meant and said so.

Posting closes the days that were counted; salaries and what is assigned are those of the calendar month, which ends later.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from payroll.engine.window import calendar_month
from payroll.models import Payroll, PayrollStatus
from peoplesync.kernel.errors import Conflict


def ensure_open(
    *, employee_id: UUID, kinds: Collection[str], first: date, last: date | None, field: str, what: str
) -> None:
    """Raises Conflict on `field` when a posted payslip of these kinds paid a month with a day from `first` to `last`.

    `last` is inside; None: no end. `what` names the change for the sentence ("rate").
    """
    posted = Payroll.objects.filter(employee_id=employee_id, status=PayrollStatus.POSTED, kind__in=kinds)
    rows = posted.filter(period_year__gte=first.year).order_by("period_year", "period_month")
    for year, month, by, at in rows.values_list(
        "period_year", "period_month", "run__posted_by__email", "run__posted_at"
    ):
        if calendar_month(year, month).overlap(first, last):
            who = f" by {by} on {at:%Y-%m-%d}" if by else ""
            sentence = (
                f"The pay of {year}-{month:02} was posted{who} and does not change by this. Let the {what} begin or end "
                "with a later month, or say with allow_retro that it is meant."
            )
            raise Conflict(sentence, code="month_posted", errors={field: [sentence]})
