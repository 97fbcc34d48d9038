"""What payroll tells a phone about its person: her payslips once they are approved, and that they were paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from payroll.api.payrolls import PayrollSerializer
from payroll.models import Payment, Payroll
from payroll.selectors.newest import READABLE
from peoplesync.core.api.changes import shown_by
from peoplesync.core.changes import RowFeed, register

#: A year of payslips and the month before it.
THIRTEEN_MONTHS = timedelta(days=396)


def _payrolls(user: Any, first: date) -> Any:
    recent = Q(period_year__gt=first.year) | Q(period_year=first.year, period_month__gte=first.month)
    mine = Payroll.objects.filter(recent, employee_id=user.employee_id)
    return mine.select_related("payment").prefetch_related("items")


def _is_gone(row: Any) -> bool:
    return row.status not in READABLE


def register_feeds() -> None:
    """Called with the routes."""
    register(
        RowFeed(
            name="payrolls",
            rows=_payrolls,
            shown=shown_by(PayrollSerializer),
            shape=PayrollSerializer,
            kept_for=THIRTEEN_MONTHS,
            is_gone=_is_gone,
            watched=((Payment, "payroll"),),
        )
    )
