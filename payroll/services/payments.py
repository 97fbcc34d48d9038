"""Pay a posted run out: one payment per payslip, beside the posted rows, which never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from payroll.models import Payment, Payroll, PayrollRun, PayrollStatus, RunStatus
from payroll.services import period, runs


@transaction.atomic
def pay(*, run: PayrollRun, by: Any, at: datetime) -> PayrollRun:
    """Record that every payslip of a posted run was paid out at `at`. Raises Conflict in another state."""
    row = period.locked(run)
    runs.require(row, RunStatus.POSTED, "paid")
    payrolls = Payroll.objects.filter(run=row, status=PayrollStatus.POSTED).order_by("employee_id")
    rows = payrolls.values_list("pk", "net_amount").iterator(chunk_size=5000)
    made = Payment.objects.bulk_create(
        [Payment(payroll_id=pk, amount=net, paid_at=at, paid_by=by, created_at=at) for pk, net in rows], batch_size=5000
    )
    row.status, row.paid_at = RunStatus.PAID, at
    row.save(update_fields=["status", "paid_at", "updated_at"])
    runs.log("payroll_run.paid", row, by, at, payment_count=len(made))
    return row
