"""Days of approved leave that is not paid, for whoever pays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from hr.models import Leave, LeaveStatus


def days(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, Decimal]:
    """Calendar days of unpaid leave from `first` to `last`, both inside, of those who have any. One statement.

    Half a day's leave is half a day; leave over several days is counted in whole ones. Days before the first or after the
    last of the employment are paid to nobody, so nothing is taken off for them.
    """
    rows = Leave.objects.alive().filter(
        employee_id__in=list(employee_ids),
        status=LeaveStatus.APPROVED,
        leave_type__is_paid=False,
        start_date__lte=last,
        end_date__gte=first,
    )
    found: dict[UUID, Decimal] = {}
    columns = ("employee_id", "start_date", "end_date", "days", "employee__hired_at", "employee__ended_on")
    for employee_id, starts_on, ends_on, taken, hired_at, ended_on in rows.values_list(*columns):
        counted_from = max(starts_on, first, hired_at or date.min)
        counted_to = min(ends_on, last, ended_on or date.max)
        spanned = Decimal(max(0, (counted_to - counted_from).days + 1))
        counted = min(spanned, taken) if starts_on == ends_on else spanned
        found[employee_id] = found.get(employee_id, Decimal(0)) + counted
    return found
