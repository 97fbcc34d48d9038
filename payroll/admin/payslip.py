"""Payslips for staff: read, explained line by line, never edited. Whoever reads one is logged."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hr.admin import employee_panels
from hr.models import Employee
from payroll.admin.periods import MonthFilter, YearFilter
from payroll.models import LineKind, Payroll, PayrollItem, PayrollKind, PayrollSnapshot, PayrollStatus
from payroll.selectors import explained
from payroll.services import reading
from peoplesync.core.staff import rights, show
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display

STATUS_COLOURS = {"Computed": "warning", "Approved": "info", "Posted": "success"}


@register(Payroll)
class PayrollAdmin(ModelAdmin):
    """Every payslip the reader may see."""

    resource = "payrolls"
    section, icon, position, called = "Pay", "receipt_long", 20, "Payslips"
    list_display = ("employee", "month", "shown_kind", "gross", "deductions", "net", "shown_status")
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), YearFilter, MonthFilter)
    list_select_related = ("employee",)
    search_help_text = "A name or an employee number"
    search_fields = ("employee__first_name", "employee__last_name", "employee__employee_number")
    fields = (
        "employee", "month", "shown_kind", "shown_status", "gross", "deductions", "net", "employer", "generated", "run",
    )  # fmt: skip

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        reading.payrolls(rows=rows, by=request.user, at=self.now())

    def panels(self, request: HttpRequest, row: Payroll) -> list[Panel]:
        items = PayrollItem.objects.filter(payroll=row).order_by("position")
        sentences = explained.sentences([row.pk]).get(row.pk, [])
        lines = [
            (item.component_name, LineKind(item.kind).label, show.money(item.amount), sentence)
            for item, sentence in zip(items, sentences, strict=True)
        ]
        warnings = [(str(one.get("message", one)) if isinstance(one, dict) else str(one),) for one in row.warnings]
        frozen = PayrollSnapshot.objects.filter(payroll=row).values_list(
            "inputs_fingerprint", "result_hash", "rule_version"
        )
        return [
            Panel("Lines, and why each is what it is", ("Line", "Kind", "Amount", "Why"), lines, numbers=("Amount",)),
            Panel("Warnings", ("Warning",), warnings, "None."),
            Panel("Fingerprints of what it was computed from", ("Inputs", "Result", "Rules"), list(frozen), "None."),
        ]

    @display(description="Month", ordering="period_year")
    def month(self, row: Payroll) -> str:
        return show.month(row.period_year, row.period_month)

    @display(description="Kind")
    def shown_kind(self, row: Payroll) -> str:
        return PayrollKind(row.kind).label

    @display(description="Status", label=STATUS_COLOURS)
    def shown_status(self, row: Payroll) -> str:
        return PayrollStatus(row.status).label

    @display(description="Gross", ordering="gross_amount")
    def gross(self, row: Payroll) -> str:
        return show.money(row.gross_amount)

    @display(description="Deductions", ordering="deduction_amount")
    def deductions(self, row: Payroll) -> str:
        return show.money(row.deduction_amount)

    @display(description="Net", ordering="net_amount")
    def net(self, row: Payroll) -> str:
        return show.money(row.net_amount)

    @display(description="Borne by the employer")
    def employer(self, row: Payroll) -> str:
        return show.money(row.employer_amount)

    @display(description="Generated")
    def generated(self, row: Payroll) -> str:
        return show.instant(row.generated_at)


def _latest(request: HttpRequest, employee: Employee) -> list[Panel]:
    """An employee's latest payslips, for those who read all of them."""
    if not rights.may(request, "payrolls", "read"):
        return []
    rows = list(Payroll.objects.visible_to(request.user).filter(employee=employee)[:6])
    cells = [
        (
            Link(show.month(row.period_year, row.period_month), link_to(row)),
            PayrollKind(row.kind).label,
            PayrollStatus(row.status).label,
        )
        for row in rows
    ]
    return [Panel("Latest payslips", ("Month", "Kind", "Status"), cells, "None yet.")]


employee_panels.sources.append(_latest)
