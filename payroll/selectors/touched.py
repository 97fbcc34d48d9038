"""Whose facts were written since a moment, whatever their pay comes to now: the few that are worth computing again.

A moment is a transaction's number (see `core.changes`): a slow transaction that began before it and ended after is not
missed, as it would be by times.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from attendance.models import DaySummary
from hr.models import Employee, Leave, LeaveType, Setting
from payroll.engine.window import calendar_month
from payroll.models import PayRate, PayrollRun, RunStatus, SalaryAssignment, SalaryComponent
from peoplesync.core.changes import WrittenSince

#: Overtime of a week reads the days before the first counted one, back to Monday.
_WEEK = timedelta(days=6)


def employee_ids(run: PayrollRun, since: int) -> set[UUID] | None:
    """Whose facts of the run's month were written by transaction `since` or a later one; None: it concerns everybody."""
    written = WrittenSince(since)
    shared = [model.objects.filter(written) for model in (SalaryComponent, Setting, LeaveType)]
    # Posting another month may settle days of somebody this run counts, too.
    shared.append(PayrollRun.objects.filter(written, status=RunStatus.POSTED).exclude(pk=run.pk))
    if any(rows.exists() for rows in shared):
        return None
    first = run.counted_first_on - _WEEK
    last = max(run.counted_last_on, calendar_month(run.period_year, run.period_month).ends_on)
    found = set(Employee.objects.filter(written).values_list("pk", flat=True))
    for rows in (
        PayRate.objects.filter(written),
        SalaryAssignment.objects.filter(written),
        Leave.objects.filter(written, start_date__lte=last, end_date__gte=first),
        DaySummary.objects.filter(written, work_date__range=(first, last)),
    ):
        found.update(rows.order_by().values_list("employee_id", flat=True).distinct())
    return found
