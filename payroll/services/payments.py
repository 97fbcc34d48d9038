"""Pay a posted run out: one payment per payslip, beside the posted rows, which never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from payroll.models import Payment, Payroll, PayrollRun, PayrollStatus, RunStatus
from payroll.services import period, runs
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Invalid


@transaction.atomic
def pay(*, run: PayrollRun, paid_at: datetime | None = None, by: Any, at: datetime) -> PayrollRun:
    """Record that every payslip of a posted run was paid out at `paid_at` (None: at `at`).

    Raises Invalid for a payment that lies ahead or before the month it is for, Conflict in another state.
    """
    moment = paid_at or at
    if moment > at:
        raise Invalid.field(
            "paid_at", "This lies in the future. Record the payment once the money has left.", code="future"
        )
    # A day's grace: the month begins earlier in zones east of UTC.
    if moment.date() < date(run.period_year, run.period_month, 1) - ONE_DAY:
        raise Invalid.field("paid_at", "This is before the month that is paid. Check the date.", code="before_month")
    row = period.locked(run)
    runs.require(row, RunStatus.POSTED, "paid")
    payrolls = Payroll.objects.filter(run=row, status=PayrollStatus.POSTED).order_by("employee_id")
    rows = payrolls.values_list("pk", "net_amount").iterator(chunk_size=5000)
    made = Payment.objects.bulk_create(
        [Payment(payroll_id=pk, amount=net, paid_at=moment, paid_by=by, created_at=at) for pk, net in rows],
        batch_size=5000,
    )
    row.status, row.paid_at = RunStatus.PAID, moment
    row.save(update_fields=["status", "paid_at", "updated_at"])
    runs.log("payroll_run.paid", row, by, at, payment_count=len(made))
    return row
