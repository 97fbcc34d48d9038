"""Payslips for staff: read, explained line by line, never edited. Whoever reads one is logged."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hr.admin import employee_panels
from hr.models import Employee
from payroll.admin.periods import MonthFilter, YearFilter
from payroll.models import LineKind, Payroll, PayrollItem, PayrollKind, PayrollSnapshot, PayrollStatus, RunStatus
from payroll.selectors import explained
from payroll.services import reading
from peoplesync.core.staff import leads, rights, show
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, DropdownFilter, display

PAID = "Paid"
STATUS_COLOURS = {"Computed": "warning", "Approved": "info", "Posted": "info", PAID: "success"}


def state(row: Payroll) -> str:
    """Its status as staff read it: what was posted and has a payment is paid."""
    return PAID if hasattr(row, "payment") else PayrollStatus(row.status).label


class PaymentFilter(DropdownFilter):
    """By the run, which is paid whole: few runs wait at a time, and an index finds their payslips."""

    title = "payment"
    parameter_name = "payment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Still to pay"), ("paid", PAID)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if not chosen:
            return queryset
        return queryset.filter(run__status={"waiting": RunStatus.POSTED, "paid": RunStatus.PAID}.get(chosen, ""))


@register(Payroll)
class PayrollAdmin(ModelAdmin):
    """Every payslip the reader may see."""

    resource = "payrolls"
    section, icon, position, called = "Pay", "receipt_long", 20, "Payslips"
    list_display = ("employee", "month", "shown_kind", "gross", "deductions", "net", "shown_status", "paid_on")
    list_filter = (
        ("status", ChoicesDropdownFilter), PaymentFilter, ("kind", ChoicesDropdownFilter), YearFilter, MonthFilter,
    )  # fmt: skip
    list_select_related = ("employee", "payment")
    search_help_text = "A name or an employee number"
    search_fields = ("employee__first_name", "employee__last_name", "employee__employee_number")
    fields = (
        "employee", "month", "shown_kind", "shown_status", "paid_on", "gross", "deductions", "net", "employer", "generated",
        "run",
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
        return state(row)

    @display(description="Paid on")
    def paid_on(self, row: Payroll) -> str:
        return show.day(timezone.localdate(row.payment.paid_at)) if hasattr(row, "payment") else show.EMPTY

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
    rows = list(Payroll.objects.visible_to(request.user).filter(employee=employee).select_related("payment")[:6])
    cells = [
        (
            Link(show.month(row.period_year, row.period_month), link_to(row)),
            PayrollKind(row.kind).label,
            state(row),
        )
        for row in rows
    ]
    return [Panel("Latest payslips", ("Month", "Kind", "Status"), cells, "None yet.")]


employee_panels.sources.append(_latest)
leads.register("payroll_finished", leads.rows_of("payroll_run", "payroll"))
