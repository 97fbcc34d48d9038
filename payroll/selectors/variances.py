"""A run's payslips against the ones before: what changed in whose pay, and what stands out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from payroll.engine.variance import Variance, compare
from payroll.models import Payroll, PayrollItem, PayrollRun
from payroll.selectors import previous
from payroll.selectors.explained import line


def of_page(run: PayrollRun, payrolls: Sequence[Payroll]) -> dict[UUID, Variance]:
    """Payroll id -> comparison with the employee's last approved or posted payslip, for one page; two statements."""
    now = defaultdict(list)
    for item in PayrollItem.objects.filter(payroll__in=payrolls).order_by("payroll_id", "position"):
        now[item.payroll_id].append(line(item))
    employee_ids = [payroll.employee_id for payroll in payrolls]
    before = previous.items(employee_ids, year=run.period_year, month=run.period_month, kind=run.kind)
    return {
        payroll.pk: compare(before.get(payroll.employee_id), now[payroll.pk], previous.RULE) for payroll in payrolls
    }
