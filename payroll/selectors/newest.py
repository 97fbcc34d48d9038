"""The newest payslips of people, as their records show them to those entitled."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hr.models import Employee, User
from hr.selectors.employees import latest_payroll_of
from payroll.models import Payroll, PayrollStatus

#: What a person may read of her own: figures that may still change are nobody's business yet.
READABLE = (PayrollStatus.APPROVED, PayrollStatus.POSTED)


def own(employee_id: UUID) -> UUID | None:
    """The newest payslip of an employee that she herself may read."""
    hers = Payroll.objects.filter(employee_id=employee_id, status__in=READABLE)
    newest = hers.order_by("-period_year", "-period_month", "-generated_at", "-pk")
    return newest.values_list("pk", flat=True).first()


def latest(rows: Collection[Employee], user: User) -> dict[UUID, Payroll]:
    """Employee id -> the payslip her record points to as the reader sees it; at most three statements."""
    wanted = {payroll_id for row in rows if (payroll_id := latest_payroll_of(user, row))}
    found = Payroll.objects.visible_to(user).filter(pk__in=wanted).select_related("payment").prefetch_related("items")
    return {payroll.employee_id: payroll for payroll in found}
