"""A run's payslips as a file: one line a person, one column a component. Whoever exports has read each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payroll.models import Payroll, PayrollItem, PayrollRun
from payroll.services import reading
from peoplesync.core.staff import exports
from peoplesync.core.staff.acts import Act
from peoplesync.kernel.errors import TooLarge

#: An export holds at most so many payslips; larger ones are made by department.
MOST = 20_000
COLUMNS = ("employee_number", "first_name", "last_name", "department", "year", "month", "kind", "status")
TOTALS = ("gross", "deductions", "net")


class ExportForm(forms.Form):
    kind = forms.ChoiceField(choices=exports.FORMATS, label="Format")


def _export(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> HttpResponse:
    payslips = row.payrolls.live().select_related("employee__department").order_by("employee__employee_number", "pk")
    if payslips.count() > MOST:
        raise TooLarge(f"An export holds at most {MOST:,} payslips. Generate by department instead.", code="too_many")
    shown = list(payslips)
    names, amounts = _amounts(row)
    reading.payrolls(rows=shown, by=request.user, at=timezone.now())
    name = f"payroll-{row.period_year}-{row.period_month:02}-{row.kind}"
    return exports.file(name, values["kind"], (*COLUMNS, *names, *TOTALS), _lines(shown, names, amounts))


def _amounts(run: PayrollRun) -> tuple[list[str], dict[UUID, dict[str, Decimal]]]:
    """The run's components in the order of payslips, and each payslip's amounts by component; deductions positive."""
    items = PayrollItem.objects.filter(payroll__in=run.payrolls.live())
    summed = items.order_by("position").values_list("payroll_id", "component_name").annotate(Sum("amount"))
    names: dict[str, None] = {}
    amounts: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for payroll_id, name, amount in summed:
        names[name] = None
        amounts[payroll_id][name] += amount
    return list(names), amounts


def _lines(
    payslips: list[Payroll], names: list[str], amounts: dict[UUID, dict[str, Decimal]]
) -> Iterator[tuple[Any, ...]]:
    for payslip in payslips:
        person = payslip.employee
        yield (
            person.employee_number, person.first_name, person.last_name, person.department and person.department.name,
            payslip.period_year, payslip.period_month, payslip.kind, payslip.status,
            *(amounts[payslip.pk].get(name) for name in names),
            payslip.gross_amount, payslip.deduction_amount, payslip.net_amount,
        )  # fmt: skip


EXPORT = Act(
    name="export",
    label="Export payslips",
    icon="download",
    question="Export these payslips? It is logged that you have read each of them.",
    action="read",
    resource="payrolls",
    run=_export,
    form=ExportForm,
    offered=lambda row: row.payroll_count > 0,
)
