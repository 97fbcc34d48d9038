"""What may be done with payroll runs: generate, approve, post, pay, cancel; each asks first and says what comes next."""

from __future__ import annotations

import calendar
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from hr.admin.choices import DepartmentField
from payroll.models import PayrollKind, PayrollRun, RunStatus
from payroll.services import payments, posting, runs
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.kernel.words import counted


def _this_year() -> int:
    return timezone.localdate().year


def _this_month() -> int:
    return timezone.localdate().month


class GenerateForm(forms.Form):
    period_month = forms.TypedChoiceField(
        label="Month", coerce=int, choices=list(enumerate(calendar.month_name))[1:], initial=_this_month
    )
    period_year = forms.IntegerField(
        label="Year", min_value=runs.EARLIEST_YEAR, max_value=runs.LATEST_YEAR, initial=_this_year
    )
    kind = forms.ChoiceField(choices=PayrollKind.choices, initial=PayrollKind.REGULAR)
    department = DepartmentField(required=False, help_text="Leave empty for everybody.")


class AcknowledgeForm(forms.Form):
    acknowledgement = forms.CharField(
        widget=forms.Textarea,
        required=False,
        max_length=2000,
        help_text="Needed when something stands in the way: say why the run goes on.",
    )


class PayForm(forms.Form):
    paid_at = forms.SplitDateTimeField(label="When the money left", required=False, help_text="Now when empty.")


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
    messages.success(request, f"{run} is being computed as {job.pk}. This page renews itself until it is done.")
    return HttpResponseRedirect(reverse("admin:payroll_payrollrun_change", args=[run.pk]))


def _approve(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    runs.approve(run=row, acknowledgement=values["acknowledgement"], by=request.user, at=timezone.now())
    return f"{row} is approved. Employees see their payslips now. Next: post it."


def _post(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    posting.post(run=row, acknowledgement=values["acknowledgement"], by=request.user, at=timezone.now())
    return f"{row} is posted. Its payslips are final. Next: pay, then mark it as paid."


def _pay(request: HttpRequest, row: PayrollRun, values: dict[str, Any]) -> str:
    payments.pay(run=row, paid_at=values["paid_at"], by=request.user, at=timezone.now())
    return f"{row} is paid: {show.money(row.net_total)} to {counted(row.payroll_count, 'person', 'people')}."


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


LIST_ACTS: tuple[Act, ...] = (
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
ACTS: tuple[Act, ...] = (
    _act("approve", "Approve", "check_circle", "Approve these payslips? Employees see theirs from then on.", _approve,
         RunStatus.COMPUTED, form=AcknowledgeForm),
    _act("post", "Post", "gavel", "Post this run? Its payslips become final and its days are closed.", _post,
         RunStatus.APPROVED, form=AcknowledgeForm, is_dangerous=True),
    _act("pay", "Mark as paid", "payments", "Has the money left? A payment is written for each payslip.", _pay,
         RunStatus.POSTED, form=PayForm),
    _act("cancel", "Cancel", "undo", "Take this run back? Its payslips leave every list.", _cancel,
         RunStatus.COMPUTING, RunStatus.COMPUTED, RunStatus.APPROVED, RunStatus.FAILED, is_dangerous=True),
)  # fmt: skip
