"""Payroll runs for staff: from readiness to paid, by buttons; a run is never edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from hr.admin.choices import DepartmentField
from payroll.models import FindingLevel, PayrollKind, PayrollRun, RunFinding, RunStatus
from payroll.selectors import readiness, variances
from payroll.services import payments, posting, reading, runs
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display

COLOURS = {
    "Being computed": "info", "Stopped": "danger", "Computed": "warning", "Approved": "info", "Posted": "success",
    "Paid": "success",
}  # fmt: skip
SHOWN = 100


class GenerateForm(forms.Form):
    period_year = forms.IntegerField(label="Year", min_value=runs.EARLIEST_YEAR, max_value=runs.LATEST_YEAR)
    period_month = forms.IntegerField(label="Month", min_value=1, max_value=12)
    kind = forms.ChoiceField(choices=PayrollKind.choices, initial=PayrollKind.REGULAR)
    department = DepartmentField(required=False, help_text="Leave empty for everybody.")


class AcknowledgeForm(forms.Form):
    acknowledgement = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        help_text="Needed when something stands in the way: say why the run goes on.",
    )


def _generate(request: HttpRequest, row: Any, values: dict[str, Any]) -> HttpResponse:
    department = values["department"]
    run, job = runs.generate(
        year=values["period_year"],
        month=values["period_month"],
        kind=values["kind"],
        department_id=department.pk if department else None,
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, f"{run} is being computed as {job.pk}. Reload this page to see how far it is.")
    return HttpResponseRedirect(reverse("admin:payroll_payrollrun_change", args=[run.pk]))


def _approve(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    runs.approve(run=row, acknowledgement=values["acknowledgement"], by=request.user, at=timezone.now())
    return f"{row} is approved. Employees see their payslips now."


def _post(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    posting.post(run=row, acknowledgement=values["acknowledgement"], by=request.user, at=timezone.now())
    return f"{row} is posted. Its payslips are final."


def _pay(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    payments.pay(run=row, by=request.user, at=timezone.now())
    return f"{row} is paid."


def _cancel(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    runs.cancel(run=row, by=request.user, at=timezone.now())
    return f"{row} is taken back."


def _act(name: str, label: str, icon: str, question: str, run: Any, *states: str, **more: Any) -> Act:
    return Act(
        name=name,
        label=label,
        icon=icon,
        question=question,
        action="write",
        run=run,
        offered=lambda row: row.status in states,
        **more,
    )


@register(PayrollRun)
class PayrollRunAdmin(ModelAdmin):
    """Computations of a month, their state and what they found."""

    resource = "payroll_runs"
    section, icon, position = "Pay", "play_circle", 10
    list_display = (
        "name",
        "department",
        "shown_status",
        "progress",
        "payroll_count",
        "refused_count",
        "gross",
        "net",
        "created_by",
    )
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), "period_year")
    list_select_related = ("department", "job", "created_by")
    search_fields = ("=period_year",)
    fields = (
        "name", "department", "shown_status", "progress", "counted", "payroll_count", "refused_count", "skipped_count",
        "outlier_count", "gross", "net", "created_by", "approved_by", "acknowledgement", "posted_by", "paid",
    )  # fmt: skip
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="generate",
            label="Generate payroll",
            icon="play_circle",
            question="Compute the payslips of which month? Posted ones stay as they are.",
            action="generate",
            resource="payrolls",
            run=_generate,
            form=GenerateForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        _act("approve", "Approve", "check_circle", "Approve these payslips? Employees see theirs from then on.", _approve,
             RunStatus.COMPUTED, form=AcknowledgeForm),
        _act("post", "Post", "gavel", "Post this run? Its payslips become final and its days are closed.", _post,
             RunStatus.APPROVED, form=AcknowledgeForm, is_dangerous=True),
        _act("pay", "Mark as paid", "payments", "Has the money left? A payment is written for each payslip.", _pay,
             RunStatus.POSTED),
        _act("cancel", "Cancel", "undo", "Take this run back? Its payslips leave every list.", _cancel,
             RunStatus.COMPUTING, RunStatus.COMPUTED, RunStatus.APPROVED, RunStatus.FAILED, is_dangerous=True),
    )  # fmt: skip

    def summary(self, request: HttpRequest, row: PayrollRun) -> list[tuple[str, str]]:
        facts = [("Run", str(row)), ("Payslips", f"{row.payroll_count:,}"), ("Net", show.money(row.net_total))]
        open_points = readiness.points(row, self.now())
        return [
            *facts,
            *(
                ("To look at" if not one.is_blocking else "In the way", f"{one.count}: {one.message}")
                for one in open_points
            ),
        ]

    def panels(self, request: HttpRequest, row: PayrollRun) -> list[Panel]:
        return [self._readiness(row), self._outliers(request, row), self._findings(row), self._totals(row)]

    def _readiness(self, row: PayrollRun) -> Panel:
        cells = [
            ("In the way" if one.is_blocking else "To look at", f"{one.count:,}", one.message)
            for one in readiness.points(row, self.now())
        ]
        return Panel("Readiness", ("", "How many", "What"), cells, "Nothing stands in the way.")

    def _outliers(self, request: HttpRequest, row: PayrollRun) -> Panel:
        payslips = list(
            row.payrolls.live().filter(is_outlier=True).select_related("employee").order_by("employee_id")[:SHOWN]
        )
        found = variances.of_page(row, payslips) if payslips else {}
        reading.payrolls(rows=payslips, by=request.user, at=self.now())
        cells = [
            (
                Link(str(one.employee), link_to(one)),
                *(
                    show.money(figure)
                    for figure in (found[one.pk].net.before, found[one.pk].net.now, found[one.pk].net.change)
                ),
                f"{found[one.pk].net.percent} %" if found[one.pk].net.percent is not None else show.EMPTY,
            )
            for one in payslips
        ]
        columns = ("Employee", "Net before", "Net now", "Change", "")
        return Panel(
            f"What stands out against the month before (the first {SHOWN})", columns, cells, "Nothing stands out."
        )

    def _findings(self, row: PayrollRun) -> Panel:
        found = RunFinding.objects.filter(run=row).select_related("employee")[:SHOWN]
        cells = [
            (Link(str(one.employee), link_to(one.employee)), FindingLevel(one.level).label, one.message)
            for one in found
        ]
        return Panel(f"Without a payslip from this run (the first {SHOWN})", ("Employee", "", "Why"), cells, "Nobody.")

    def _totals(self, row: PayrollRun) -> Panel:
        link = (
            reverse("admin:payroll_payroll_changelist")
            + f"?period_year={row.period_year}&period_month={row.period_month}"
        )
        return Panel(
            "Payslips", ("Month",), [(Link(f"All payslips of {row.period_year}-{row.period_month:02}", link),)]
        )

    @display(description="Run", ordering="period_year")
    def name(self, row: PayrollRun) -> str:
        return str(row)

    @display(description="Status", label=COLOURS)
    def shown_status(self, row: PayrollRun) -> str:
        return RunStatus(row.status).label

    @display(description="Progress")
    def progress(self, row: PayrollRun) -> str:
        job = row.job
        return f"{job.processed:,} of {job.total:,}, {job.get_status_display().lower()}" if job else show.EMPTY

    @display(description="Counted days")
    def counted(self, row: PayrollRun) -> str:
        return f"{row.counted_first_on:%-d %b %Y} to {row.counted_last_on:%-d %b %Y}"

    @display(description="Gross", ordering="gross_total")
    def gross(self, row: PayrollRun) -> str:
        return show.money(row.gross_total)

    @display(description="Net", ordering="net_total")
    def net(self, row: PayrollRun) -> str:
        return show.money(row.net_total)

    @display(description="Paid")
    def paid(self, row: PayrollRun) -> str:
        return show.instant(row.paid_at)


def _open_runs(request: HttpRequest) -> int:
    return PayrollRun.objects.filter(status__in=[RunStatus.COMPUTING, RunStatus.COMPUTED, RunStatus.APPROVED]).count()


def _runs() -> str:
    return reverse("admin:payroll_payrollrun_changelist")


admin.site.figure(Figure("Open payroll runs", "play_circle", "payroll_runs", "read", _runs, _open_runs, position=40))
