"""Which days a payroll counts, and their named counters: what presence counted, and days of unpaid leave.

Payroll reads nothing else of a day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from attendance.selectors import counters as presence
from hr.models import LockSource, PeriodLock
from hr.selectors import unpaid_leave
from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.scope import SALARY_KINDS
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


def windows(counted: Window, month: Window, last_days: Mapping[UUID, date | None]) -> dict[UUID, Window]:
    """The days that count for each of these people; `last_days` are those of their employment. One statement.

    Whoever leaves after the cut-off is in no later month, so her days to the last are counted now. Should she stay after
    all, her next month begins where that posted one ended.
    """
    salary_runs = PayrollRun.objects.filter(kind__in=SALARY_KINDS).values("pk")
    settled = dict(
        PeriodLock.objects.filter(
            source=LockSource.PAYROLL,
            source_id__in=salary_runs,
            released_at=None,
            employee_id__in=list(last_days),
            first_on__lt=counted.starts_on,
            last_on__range=(counted.starts_on, month.ends_on),
        ).values_list("employee_id", "last_on")
    )
    return {pk: of_person(counted, month, last_day, settled.get(pk)) for pk, last_day in last_days.items()}


def of_person(counted: Window, month: Window, last_day: date | None, settled_to: date | None) -> Window:
    """The counted days of somebody with a last day, or with days that an earlier payroll settled.

    >>> november, month = Window(date(2025, 10, 26), date(2025, 11, 25)), Window(date(2025, 11, 1), date(2025, 11, 30))
    >>> of_person(november, month, date(2025, 11, 28), None).spoken()
    '26 Oct 2025 to 28 Nov 2025'
    """
    starts_on, ends_on = counted.starts_on, counted.ends_on
    if last_day is not None and ends_on < last_day <= month.ends_on:
        ends_on = last_day
    if settled_to is not None and starts_on <= settled_to < ends_on:
        starts_on = settled_to + ONE_DAY
    return Window(starts_on, ends_on)


def of_windows(days: Mapping[UUID, Window]) -> dict[UUID, dict[str, Decimal]]:
    """What `of_window` counts, each one's days being her own; its statements per different window."""
    alike: dict[Window, list[UUID]] = {}
    for employee_id, window_ in days.items():
        alike.setdefault(window_, []).append(employee_id)
    return {pk: counted for window_, ids in alike.items() for pk, counted in of_window(ids, window_).items()}


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
