"""The newest payslips of people, as their records show them to those entitled."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hr.selectors.employees import may_read_pay
from payroll.models import Payroll


def latest(rows: Collection[object], user: object) -> dict[UUID, Payroll]:
    """Employee id -> the payslip her record points to, where the reader may see it; two statements."""
    entitled = [row for row in rows if row.latest_payroll_id and may_read_pay(user, row.pk)]
    wanted = {row.latest_payroll_id for row in entitled}
    found = Payroll.objects.visible_to(user).filter(pk__in=wanted).select_related("payment").prefetch_related("items")
    return {payroll.employee_id: payroll for payroll in found}
