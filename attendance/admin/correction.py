"""Corrections: what people say their day really was, decided here or in the approvals inbox by the same service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from attendance.admin.stay import PEOPLE, SEARCHED, WorkDateFilter
from attendance.models import Correction
from attendance.models.correction import CorrectionStatus
from attendance.services import corrections
from hr.admin import approval
from hr.admin.choices import EmployeeField
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act, Note, decisions
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display


class ApproveForm(Note):
    allow_retro = forms.BooleanField(
        required=False, label="Also on locked days", help_text="What was paid already is settled as a difference."
    )


class ProposeForm(forms.Form):
    employee = EmployeeField()
    clock_in = forms.SplitDateTimeField(label="In")
    clock_out = forms.SplitDateTimeField(label="Out", required=False)
    reason = forms.CharField(widget=forms.Textarea, max_length=2000)


def _approve(request: HttpRequest, row: Correction, values: dict[str, Any]) -> str:
    corrections.decide(
        correction=row,
        status=CorrectionStatus.APPROVED,
        note=values["note"],
        allow_retro=values.get("allow_retro", False),
        by=request.user,
        at=timezone.now(),
    )
    return f"Corrected: {row.employee.full_name}, {show.day(row.work_date)}."


def _reject(request: HttpRequest, row: Correction, values: dict[str, Any]) -> str:
    note = values["note"]
    corrections.decide(correction=row, status=CorrectionStatus.REJECTED, note=note, by=request.user, at=timezone.now())
    return f"Rejected: {row.employee.full_name}, {show.day(row.work_date)}."


def _withdraw(request: HttpRequest, row: Correction, values: dict[str, Any]) -> str:
    corrections.withdraw(correction=row, by=request.user, at=timezone.now())
    return f"Withdrawn: {row.employee.full_name}, {show.day(row.work_date)}."


def _propose(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    employee = values.pop("employee")
    made = corrections.propose(employee_id=employee.pk, **values, by=request.user, at=timezone.now())
    return f"The correction of {show.day(made.work_date)} waits for somebody else's decision."


def _from_inbox(correction_id: UUID, is_approval: bool, note: str, by: Any, at: datetime) -> None:
    status = CorrectionStatus.APPROVED if is_approval else CorrectionStatus.REJECTED
    correction = Correction.objects.get(pk=correction_id)
    corrections.decide(correction=correction, status=status, note=note, by=by, at=at)


approval.deciders[corrections.KIND] = _from_inbox


def _is_pending(row: Correction) -> bool:
    return row.status == CorrectionStatus.PENDING


@register(Correction)
class CorrectionAdmin(ModelAdmin):
    """The inbox of corrections."""

    resource = "corrections"
    section, icon, position = "Presence", "edit_calendar", 15
    list_display = ("employee", "work_date", "came", "went", "reason", "shown_status", "requested_by")
    list_filter = (("status", ChoicesDropdownFilter), WorkDateFilter)
    list_select_related = ("employee", "requested_by")
    search_fields, search_help_text = PEOPLE, SEARCHED
    fields = (
        "employee", "work_date", "came", "went", "reason", "shown_status", "is_retro", "requested_by", "decided_by", "note",
    )  # fmt: skip
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="propose",
            label="Correct a day",
            icon="edit_calendar",
            question="Whose day was really from when to when? Somebody else decides it.",
            action="create",
            run=_propose,
            form=ProposeForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        *decisions(
            _approve,
            _reject,
            offered=_is_pending,
            asks="Was it so? The punches are superseded and the day is computed again.",
            asks_no="Reject this correction?",
            form=ApproveForm,
        ),
        Act(
            name="withdraw",
            label="Withdraw",
            icon="undo",
            question="Withdraw this correction before anybody decides it? Nothing changes in the log.",
            action="withdraw",
            run=_withdraw,
            offered=_is_pending,
            is_dangerous=True,
        ),
    )

    def named(self, request: HttpRequest, rows: list[Any]) -> list[str]:
        return [f"{row.employee}, {show.instant(row.clock_in)} to {show.instant(row.clock_out)}" for row in rows]

    def summary(self, request: HttpRequest, row: Correction) -> list[tuple[str, str]]:
        stay = row.attendance
        recorded = f"{show.instant(stay.clock_in)} to {show.instant(stay.clock_out)}" if stay else "nothing"
        return [
            ("Employee", str(row.employee)),
            ("Recorded", recorded),
            ("Proposed", f"{show.instant(row.clock_in)} to {show.instant(row.clock_out)}"),
            ("Reason", row.reason),
        ]

    @display(description="In", ordering="clock_in")
    def came(self, row: Correction) -> str:
        return show.instant(row.clock_in)

    @display(description="Out")
    def went(self, row: Correction) -> str:
        return show.instant(row.clock_out)

    @display(
        description="Status",
        label={"Pending": "warning", "Approved": "success", "Rejected": "danger", "Withdrawn": "info"},
    )
    def shown_status(self, row: Correction) -> str:
        return CorrectionStatus(row.status).label


def _waiting(request: HttpRequest) -> int:
    return Correction.objects.visible_to(request.user, "decide").filter(status=CorrectionStatus.PENDING).count()


def _inbox() -> str:
    return reverse("admin:attendance_correction_changelist") + "?status__exact=pending"


admin.site.figure(
    Figure("Corrections to decide", "edit_calendar", "corrections", "decide", _inbox, _waiting, position=22, calls=bool)
)
