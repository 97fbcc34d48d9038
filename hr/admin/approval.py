"""The inbox of everything that waits for a second person, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.models import ApprovalDecision, ApprovalRequest, ApprovalStatus, Leave, LeaveStatus
from hr.selectors import approvers
from hr.services import approvals, leaves
from peoplesync.core.staff import leads, rights, show
from peoplesync.core.staff.acts import Act, decisions
from peoplesync.core.staff.model_admin import BoundedPaginator, Link, ModelAdmin, Panel, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import AutocompleteSelectFilter, ChoicesDropdownFilter, display

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


def _kind(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, _kind(kind)) for kind in approvals.subjects()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() in approvals.subjects() else queryset


@register(ApprovalRequest)
class ApprovalRequestAdmin(ModelAdmin):
    """What the reader may decide. The right is the one of the thing that is asked for."""

    section, icon, position, called = "People", "inbox", 5, "Approvals"
    list_display = ("what", "employee", "asked", "shown_status")
    list_filter = (("status", ChoicesDropdownFilter), KindFilter, ("employee__department", AutocompleteSelectFilter))
    list_select_related = ("employee", "requested_by")
    search_fields = ("employee__employee_number__istartswith", "employee__first_name", "employee__last_name")
    search_help_text = "A name or an employee number"
    fields = ("what", "shown_kind", "employee", "requested_by", "asked", "shown_status")
    acts: ClassVar[tuple[Act, ...]] = decisions(
        _approve, _reject, offered=_waits, asks="Approve this?", asks_no="Reject this?"
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
        subject = leads.first_of(request, {"subject": [(row.kind, row.subject_id)]})
        asked = [Panel("What is asked for", ("",), [(link,)]) for link in subject.values()]
        return [*asked, Panel("Decisions", ("Decision", "By", "When", "Note"), cells, "Nobody has decided yet.")]

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        """Put each request in words: one statement for each kind on the page."""
        for kind, subject in approvals.subjects().items():
            asked = [row for row in rows if row.kind == kind]
            words = subject.described([row.subject_id for row in asked]) if asked else {}
            for row in asked:
                row.words = words.get(row.subject_id, show.EMPTY)

    def named(self, request: HttpRequest, rows: list[Any]) -> list[str]:
        self.shown_to(request, rows)
        return [row.words for row in rows]

    @display(description="What")
    def what(self, row: Any) -> str:
        if not hasattr(row, "words"):
            row.words = approvals.subjects()[row.kind].described([row.subject_id]).get(row.subject_id, show.EMPTY)
        return str(row.words)

    @display(description="Kind", ordering="kind")
    def shown_kind(self, row: ApprovalRequest) -> str:
        return _kind(row.kind)

    @display(description="Asked for", ordering="created_at")
    def asked(self, row: ApprovalRequest) -> str:
        return show.instant(row.created_at)

    @display(description="Status", label={"Pending": "warning", "Approved": "success", "Rejected": "danger"})
    def shown_status(self, row: ApprovalRequest) -> str:
        return row.get_status_display()


def _leads(request: HttpRequest, keys: Mapping[str, list[str]]) -> dict[str, Link]:
    """What was asked for, where it has a page of its own; else the request among the approvals."""
    asked = {str(one.pk): one for one in ApprovalRequest.objects.filter(pk__in=[rest[0] for rest in keys.values()])}
    wanted: dict[str, list[tuple[str, object]]] = {
        key: [(one.kind, one.subject_id), ("approval_request", one.pk)]
        for key, rest in keys.items()
        if (one := asked.get(rest[0]))
    }
    return leads.first_of(request, wanted)


def _inbox_of(request: HttpRequest, keys: Mapping[str, list[str]]) -> dict[str, Link]:
    """All that waits of a kind, which a message counted."""
    if not admin.site.get_model_admin(ApprovalRequest).has_view_permission(request):
        return {}
    return {key: Link(_kind(rest[0]), f"{_inbox()}&kind={rest[0]}") for key, rest in keys.items()}


leads.register("approval", _leads)
leads.register("inbox", _inbox_of)


def _waiting(request: HttpRequest) -> int:
    """What waits beside leave and corrections, which have figures of their own."""
    kinds = [kind for kind, one in approvals.subjects().items() if one.resource not in ("leaves", "corrections")]
    asked = admin.site._registry[ApprovalRequest].rows(request).filter(status=ApprovalStatus.PENDING, kind__in=kinds)
    return int(asked.order_by()[: BoundedPaginator.most].count())


def _inbox() -> str:
    return reverse("admin:hr_approvalrequest_changelist") + f"?status__exact={ApprovalStatus.PENDING.value}"


admin.site.figure(
    Figure("Overtime and others to decide", "inbox", "overtime", "decide", _inbox, _waiting, position=23, calls=bool)
)
