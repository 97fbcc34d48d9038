"""Leave for staff: requests are decided by buttons, balances are read from the ledger, nothing is edited by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.admin import leave_acts
from hr.models import Leave, LeaveLedgerEntry, LeaveStatus
from hr.selectors import leave_balances
from hr.services import leaves
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act, decisions
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter, display
from peoplesync.kernel.words import counted

_COLOURS = {"Pending": "warning", "Approved": "success", "Rejected": "danger"}


def _approve(request: HttpRequest, row: Leave, values: dict[str, Any]) -> str:
    leaves.decide(leave=row, status=LeaveStatus.APPROVED, note=values["note"], by=request.user, at=timezone.now())
    return f"Approved: {row.employee.full_name}, {row}."


def _reject(request: HttpRequest, row: Leave, values: dict[str, Any]) -> str:
    leaves.decide(leave=row, status=LeaveStatus.REJECTED, note=values["note"], by=request.user, at=timezone.now())
    return f"Rejected: {row.employee.full_name}, {row}."


def _withdraw(request: HttpRequest, row: Leave, values: dict[str, Any]) -> str:
    leaves.withdraw(leave=row, by=request.user, at=timezone.now())
    return f"Taken back: {row.employee.full_name}, {row}. The days are in the balance again."


def _is_pending(row: Leave) -> bool:
    return row.status == LeaveStatus.PENDING


def _left(row: Leave, year: int) -> tuple[str, str]:
    """What the request leaves of a year: below zero is what flags it as beyond the balance."""
    left = leave_balances.balance(row.employee_id, row.leave_type_id, date(year, 12, 31))
    days, waiting = counted(left.available, "day"), show.days(left.pending)
    return f"Left until the end of {year}", f"{days}, this leave already off it; {waiting} asked for in all"


@register(Leave)
class LeaveAdmin(ModelAdmin):
    """Requests for leave of everybody the reader is responsible for."""

    resource = "leaves"
    section, icon, position, called = "Leave", "event_available", 10, "Requests"
    list_display = (
        "employee",
        "leave_type",
        "start_date",
        "end_date",
        "shown_days",
        "shown_status",
        "balance_flag",
        "reason",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("leave_type", RelatedDropdownFilter),
        ("employee__department", AutocompleteSelectFilter),
        "exceeds_balance",
    )
    list_select_related = ("employee", "leave_type")
    search_fields = ("employee__first_name", "employee__last_name", "employee__employee_number")
    search_help_text = "A name or an employee number"
    fields = (
        "employee", "leave_type", "start_date", "end_date", "shown_days", "shown_status", "balance_flag", "approved_by",
        "reason", "asked",
    )  # fmt: skip
    acts: ClassVar[tuple[Act, ...]] = (
        *decisions(
            _approve,
            _reject,
            offered=_is_pending,
            asks="Approve this leave? The days come off the balance.",
            asks_no="Reject this leave?",
        ),
        Act(
            name="withdraw",
            label="Take back",
            icon="undo",
            question="Take this leave back? Approved days return to the balance.",
            action="withdraw",
            run=_withdraw,
            offered=lambda row: row.status != LeaveStatus.REJECTED,
            is_dangerous=True,
        ),
    )

    @display(description="Days", ordering="days")
    def shown_days(self, leave: Leave) -> str:
        return show.days(leave.days)

    @display(description="Status", ordering="status", label=_COLOURS)
    def shown_status(self, leave: Leave) -> str:
        return LeaveStatus(leave.status).label

    @display(description="Balance", label={"Exceeded": "danger"})
    def balance_flag(self, leave: Leave) -> str:
        if not leave.leave_type.uses_balance:
            return ""
        return "Exceeded" if leave.exceeds_balance else "Covered"

    @display(description="Asked for")
    def asked(self, leave: Leave) -> str:
        return show.instant(leave.created_at)

    def named(self, request: HttpRequest, rows: list[Any]) -> list[str]:
        return [f"{row.employee}, {row.leave_type.name}, {show.span(row.start_date, row.end_date)}" for row in rows]

    def summary(self, request: HttpRequest, row: Leave) -> list[tuple[str, str]]:
        facts = [
            ("Employee", str(row.employee)),
            ("Kind", row.leave_type.name),
            ("Days", f"{show.span(row.start_date, row.end_date)}, {counted(row.days, 'working day')}"),
            ("Reason", row.reason or show.EMPTY),
        ]
        if row.leave_type.uses_balance and row.status != LeaveStatus.REJECTED:
            facts += [_left(row, year) for year in range(row.start_date.year, row.end_date.year + 1)]
        return facts

    def panels(self, request: HttpRequest, row: Leave) -> list[Panel]:
        around = self.rows(request).filter(employee__department_id=row.employee.department_id)
        same = around.filter(start_date__lte=row.end_date, end_date__gte=row.start_date)
        others = same.exclude(pk=row.pk).exclude(status=LeaveStatus.REJECTED).select_related("employee", "leave_type")
        cells = [
            (
                Link(str(one.employee), link_to(one)),
                one.leave_type.name,
                show.span(one.start_date, one.end_date),
                one.get_status_display(),
            )
            for one in others[:20]
        ]
        columns = ("Employee", "Kind", "Days", "Status")
        return [Panel("Away in the same department in these days", columns, cells, "Nobody else.")]


@register(LeaveLedgerEntry)
class LeaveLedgerEntryAdmin(ModelAdmin):
    """Every movement of a balance; append-only. A balance is the sum of what is effective by then."""

    resource = "leave_policy"
    section, icon, position, called = "Leave", "receipt_long", 30, "Leave ledger"
    list_display = ("employee", "leave_type", "shown_days", "shown_kind", "effective_on", "note", "made_by")
    list_filter = (("kind", ChoicesDropdownFilter), ("leave_type", RelatedDropdownFilter))
    list_select_related = ("employee", "leave_type", "made_by")
    search_fields = ("employee__first_name", "employee__last_name", "employee__employee_number")
    search_help_text = "A name or an employee number"
    ordering = ("-id",)  # the newest first: ids ascend with time, and no index orders everybody's entries by their days
    fields = ("employee", "leave_type", "shown_days", "shown_kind", "effective_on", "leave", "note", "made_by")
    list_acts: ClassVar[tuple[Act, ...]] = leave_acts.ON_THE_LEDGER

    @display(description="Days", ordering="days")
    def shown_days(self, entry: LeaveLedgerEntry) -> str:
        return show.days(entry.days)

    @display(description="Kind")
    def shown_kind(self, entry: LeaveLedgerEntry) -> str:
        return entry.get_kind_display()


def _waiting(request: HttpRequest) -> int:
    return Leave.objects.visible_to(request.user, "decide").alive().filter(status=LeaveStatus.PENDING).count()


def _inbox() -> str:
    return reverse("admin:hr_leave_changelist") + f"?status__exact={LeaveStatus.PENDING.value}"


admin.site.figure(
    Figure("Leave to decide", "event_available", "leaves", "decide", _inbox, _waiting, position=20, calls=bool)
)
