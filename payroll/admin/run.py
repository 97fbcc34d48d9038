"""Payroll runs for staff: from readiness to paid, by buttons; a run is never edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from payroll.admin.periods import YearFilter
from payroll.admin.run_acts import ACTS, LIST_ACTS
from payroll.admin.run_export import EXPORT
from payroll.models import FindingLevel, PayrollKind, PayrollRun, RunFinding, RunStatus
from payroll.selectors import overtaking, readiness, variances
from payroll.services import reading
from peoplesync.core.models import JobStatus
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
RENEWED_SECONDS = "2"


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
        "payslips",
        "refused",
        "gross",
        "net",
    )
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), YearFilter)
    list_select_related = ("department", "job", "created_by")
    search_fields = ("=period_year",)
    search_help_text = "A year"
    fields = (
        "name", "department", "shown_status", "progress", "counted", "payslips", "refused", "skipped", "outliers", "gross",
        "net", "created_by", "approved_by", "acknowledgement", "posted_by", "paid",
    )  # fmt: skip
    list_acts: ClassVar[tuple[Act, ...]] = LIST_ACTS
    acts: ClassVar[tuple[Act, ...]] = (*ACTS, EXPORT)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of one run; it renews itself while the run is being computed."""
        response = super().change_view(request, object_id, form_url, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("original")
        if shown is not None and shown.status == RunStatus.COMPUTING:
            response["Refresh"] = RENEWED_SECONDS
        return response

    def summary(self, request: HttpRequest, row: PayrollRun) -> list[tuple[str, str]]:
        facts = [("Run", str(row)), ("Payslips", f"{row.payroll_count:,}"), ("Net", show.money(row.net_total))]
        if overtaking.is_left_empty(row):
            facts.append(("Next", overtaking.advice(row)))
        open_points = readiness.points(row, self.now())
        return [
            *facts,
            *(
                ("To look at" if not one.is_blocking else "In the way", f"{one.count}: {one.message}")
                for one in open_points
            ),
        ]

    def panels(self, request: HttpRequest, row: PayrollRun) -> list[Panel]:
        later = overtaking.later(row) if overtaking.is_left_empty(row) else None
        if later is not None:
            link = Link(f"{later}, of {show.instant(later.created_at)}", link_to(later))
            return [Panel("Computed again later: go on with that run, and cancel this one", ("Run",), [(link,)])]
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
        columns = ("Employee", "Net before", "Net now", "Change", "Share")
        title = f"What stands out against the month before (the first {SHOWN})"
        return Panel(title, columns, cells, "Nothing stands out.", numbers=columns[1:])

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
            "Payslips", ("Month",), [(Link(f"All payslips of {show.month(row.period_year, row.period_month)}", link),)]
        )

    @display(description="Run", ordering="period_year")
    def name(self, row: PayrollRun) -> str:
        return str(row)

    @display(description="Payslips", ordering="payroll_count")
    def payslips(self, row: PayrollRun) -> str:
        return f"{row.payroll_count:,}"

    @display(description="Refused", ordering="refused_count")
    def refused(self, row: PayrollRun) -> str:
        return f"{row.refused_count:,}"

    @display(description="Rightly without a payslip")
    def skipped(self, row: PayrollRun) -> str:
        return f"{row.skipped_count:,}"

    @display(description="Stand out")
    def outliers(self, row: PayrollRun) -> str:
        return f"{row.outlier_count:,}"

    @display(description="Status", label=COLOURS)
    def shown_status(self, row: PayrollRun) -> str:
        """Nothing can be done with an open run whose payslips a later one computed again."""
        return "Empty" if overtaking.is_left_empty(row) else RunStatus(row.status).label

    @display(description="Progress")
    def progress(self, row: PayrollRun) -> str:
        job = row.job
        if job is None:
            return show.EMPTY
        state = "" if job.status == JobStatus.COMPLETED else f", {job.get_status_display().lower()}"
        return f"{job.processed:,} of {job.total:,}{state}"

    @display(description="Counted days")
    def counted(self, row: PayrollRun) -> str:
        return show.span(row.counted_first_on, row.counted_last_on)

    @display(description="Gross", ordering="gross_total")
    def gross(self, row: PayrollRun) -> str:
        return show.money(row.gross_total)

    @display(description="Net", ordering="net_total")
    def net(self, row: PayrollRun) -> str:
        return show.money(row.net_total)

    @display(description="Paid")
    def paid(self, row: PayrollRun) -> str:
        return show.instant(row.paid_at)


#: Where the payroll of a month is, and what comes next.
_STEPS = {
    RunStatus.COMPUTING: "Being computed", RunStatus.COMPUTED: "To approve", RunStatus.APPROVED: "To post",
    RunStatus.POSTED: "To pay", RunStatus.PAID: "Paid", RunStatus.FAILED: "Stopped",
}  # fmt: skip
NOT_STARTED = "Not started"


def _this_months(request: HttpRequest) -> str:
    """The step of this month's newest regular run; one that holds no payslips is no step."""
    today = timezone.localdate()
    month = PayrollRun.objects.filter(
        period_year=today.year, period_month=today.month, kind=PayrollKind.REGULAR, status__in=_STEPS
    )
    newest = month.exclude(overtaking.LEFT_EMPTY).order_by("-created_at").values_list("status", flat=True).first()
    return _STEPS[RunStatus(newest)] if newest else NOT_STARTED


def _runs() -> str:
    return reverse("admin:payroll_payrollrun_changelist")


admin.site.figure(
    Figure(
        "Payroll of this month",
        "play_circle",
        "payroll_runs",
        "read",
        _runs,
        _this_months,
        position=40,
        calls=lambda step: step != "Paid",
    )
)
