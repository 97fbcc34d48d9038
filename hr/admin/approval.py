"""The inbox of everything that waits for a second person, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from hr.models import ApprovalDecision, ApprovalRequest, ApprovalStatus, Leave, LeaveStatus
from hr.selectors import approvers
from hr.services import approvals, leaves
from peoplesync.core.staff import rights, show
from peoplesync.core.staff.acts import Act, Note
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display

#: Kind -> the service that decides about such a thing, with its own checks: (subject's id, is_approval, note, by, at).
deciders: dict[str, Callable[[UUID, bool, str, Any, datetime], Any]] = {}


def _decide_leave(leave_id: UUID, is_approval: bool, note: str, by: Any, at: datetime) -> None:
    status = LeaveStatus.APPROVED if is_approval else LeaveStatus.REJECTED
    leaves.decide(leave=Leave.objects.get(pk=leave_id), status=status, note=note, by=by, at=at)


deciders[leaves.KIND] = _decide_leave


def _decide(request: HttpRequest, row: ApprovalRequest, values: dict[str, Any], *, is_approval: bool) -> str:
    now = timezone.now()
    if row.kind in deciders:
        deciders[row.kind](row.subject_id, is_approval, values["note"], request.user, now)
    else:
        approvals.decide(request=row, is_approval=is_approval, by=request.user, at=now, note=values["note"])
    return "Approved." if is_approval else "Rejected."


def _approve(request: HttpRequest, row: ApprovalRequest, values: dict[str, Any]) -> str:
    return _decide(request, row, values, is_approval=True)


def _reject(request: HttpRequest, row: ApprovalRequest, values: dict[str, Any]) -> str:
    return _decide(request, row, values, is_approval=False)


def _waits(row: ApprovalRequest) -> bool:
    return row.status == ApprovalStatus.PENDING


@register(ApprovalRequest)
class ApprovalRequestAdmin(ModelAdmin):
    """What the reader may decide. The right is the one of the thing that is asked for."""

    section, icon, position, called = "People", "inbox", 5, "Approvals"
    list_display = ("shown_kind", "employee", "requested_by", "asked", "shown_status")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_select_related = ("employee", "requested_by")
    search_fields = ("employee__employee_number__istartswith", "employee__first_name", "employee__last_name")
    fields = ("what", "shown_kind", "employee", "requested_by", "asked", "shown_status")
    acts: ClassVar[tuple[Act, ...]] = (
        Act("approve", "Approve", "check_circle", "Approve this?", "decide", _approve, form=Note, offered=_waits),
        Act(
            "reject",
            "Reject",
            "cancel",
            "Reject this?",
            "decide",
            _reject,
            form=Note,
            offered=_waits,
            is_dangerous=True,
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        subjects = approvals.subjects().values()
        return any(rights.may(request, subject.resource, subject.action) for subject in subjects)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_change_permission

    def rows(self, request: HttpRequest, action: str | None = None) -> Any:
        kinds = {kind: (subject.resource, subject.action) for kind, subject in approvals.subjects().items()}
        return approvers.decidable_by(request.user, kinds)

    def may_act(self, request: HttpRequest, act: Act, row: Any) -> bool:
        """Whoever sees a request here may decide it; about herself the service refuses."""
        return self.rows(request).filter(pk=row.pk).exists()

    def summary(self, request: HttpRequest, row: ApprovalRequest) -> list[tuple[str, str]]:
        return [
            ("What", self.what(row)),
            ("Asked for by", str(row.requested_by or "the system")),
            ("On", self.asked(row)),
        ]

    def panels(self, request: HttpRequest, row: ApprovalRequest) -> list[Panel]:
        decisions = ApprovalDecision.objects.filter(request=row).select_related("decided_by")
        cells = [(str(one), str(one.decided_by), show.instant(one.created_at), one.note) for one in decisions]
        return [Panel("Decisions", ("Decision", "By", "When", "Note"), cells, "Nobody has decided yet.")]

    @display(description="What")
    def what(self, row: ApprovalRequest) -> str:
        return approvals.subjects()[row.kind].described(row.subject_id)

    @display(description="Kind", ordering="kind")
    def shown_kind(self, row: ApprovalRequest) -> str:
        return row.kind.replace("_", " ").capitalize()

    @display(description="Asked for", ordering="created_at")
    def asked(self, row: ApprovalRequest) -> str:
        return show.instant(row.created_at)

    @display(description="Status", label={"Pending": "warning", "Approved": "success", "Rejected": "danger"})
    def shown_status(self, row: ApprovalRequest) -> str:
        return row.get_status_display()
