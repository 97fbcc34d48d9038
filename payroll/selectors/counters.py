"""Which days a payroll counts, and their named counters: what presence counted, and days of unpaid leave.

Payroll reads nothing else of a day.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from attendance.selectors import counters as presence
from hr.selectors import unpaid_leave
from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.window import Window
from payroll.models import PayrollKind, PayrollRun, RunStatus
from peoplesync.kernel.dates import ONE_DAY, counted_window, month_bounds


def window(year: int, month: int, cutoff_day: int) -> Window:
    """The days a month counts: from the day after the last cut-off to this one's, so that each day counts once.

    A cut-off day that was changed since moves the end of open months only: a posted month keeps the days it counted, and
    the month after it begins where it ended.
    """
    first, last = counted_window(year, month, cutoff_day)
    starts_on, ends_on = month_bounds(year, month)
    before = starts_on - ONE_DAY
    settled = PayrollRun.objects.filter(kind=PayrollKind.REGULAR, status__in=[RunStatus.POSTED, RunStatus.PAID])
    near = settled.filter(counted_last_on__range=(before.replace(day=1), ends_on)).order_by("counted_last_on")
    for of_year, of_month, counted_first, counted_last in near.values_list(
        "period_year", "period_month", "counted_first_on", "counted_last_on"
    ):
        if (of_year, of_month) == (year, month):
            return Window(counted_first, counted_last)
        if (of_year, of_month) == (before.year, before.month):
            first = counted_last + ONE_DAY
    return Window(first, last)


def of_window(employee_ids: Collection[UUID], days: Window) -> dict[UUID, dict[str, Decimal]]:
    """Per person every counter by its name, zero where nothing was counted; a constant number of statements.

    Unpaid days are those of approved unpaid leave in calendar days, the unit salaries are prorated in. Absence is a
    counter of its own: whether it costs pay is a component's formula, not a surprise.
    """
    found = presence.of_window(employee_ids, days.starts_on, days.ends_on)
    unpaid = unpaid_leave.days(employee_ids, days.starts_on, days.ends_on)
    for employee_id, counted in found.items():
        counted[UNPAID_DAYS] = unpaid.get(employee_id, Decimal(0))
    return found
