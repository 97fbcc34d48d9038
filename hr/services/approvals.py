"""The approval engine: ask, decide, cancel, for everything that a second person decides.

A subject (leave, correction, overtime ...) registers by kind in its app's `ready`: its right in the matrix, its words, and
what happens once it is decided. Nobody decides about herself or about what she asked for, whatever her role. Deciding takes
the pending row with a conditional update first, so of two deciders in one moment the second finds it decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.models import ApprovalDecision, ApprovalRequest, ApprovalStatus
from hr.selectors import approvers
from peoplesync.core.services import activity, notifications
from peoplesync.core.services.notifications import Note
from peoplesync.kernel.errors import Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished decision, as the subject's callbacks get it, inside the deciding transaction."""

    request: ApprovalRequest
    by: Any
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that is approved. `resource` and `action` are the right in the matrix that deciding needs.

    `described` says in words what is asked ("Annual leave, 1 to 5 December 2026"), by subject id; one statement for all.
    """

    kind: str
    resource: str
    on_approved: Callable[[Outcome], None]
    on_rejected: Callable[[Outcome], None]
    described: Callable[[Collection[UUID]], dict[UUID, str]]
    action: str = "decide"


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Name a kind of subject; registering it again replaces it (an app may be made ready twice in tests)."""
    _subjects[subject.kind] = subject


def subjects() -> Mapping[str, Subject]:
    """Every registered subject by kind: what an inbox may hold."""
    return _subjects


def topic(request_id: UUID) -> str:
    """What messages about a request are known by: their event keys begin so."""
    return f"approval:{request_id}"


def event(*, kind: str, subject_id: UUID, verb: str) -> str | None:
    """The event key of a message about a subject, by the newest request for it; None when nobody asked here."""
    about = topics(kind=kind, subject_ids=[subject_id])
    return f"{about[subject_id]}:{verb}" if about else None


def topics(*, kind: str, subject_ids: Collection[UUID]) -> dict[UUID, str]:
    """What messages about these subjects are known by, of those that were asked for here; one statement."""
    asked = ApprovalRequest.objects.filter(kind=kind, subject_id__in=subject_ids).order_by("created_at", "pk")
    return {subject_id: topic(newest) for subject_id, newest in asked.values_list("subject_id", "pk")}


@transaction.atomic
def request(
    *, kind: str, subject_id: UUID, employee_id: UUID | None, by: Any, at: datetime, required_approvals: int = 1
) -> ApprovalRequest:
    """Ask for a decision and tell the nearest people who may give it.

    Raises IntegrityError `hr_approvalrequest_one_pending_per_subject` when one is asked for already.
    """
    subject = _subjects[kind]
    made = ApprovalRequest.objects.create(
        kind=kind,
        subject_id=subject_id,
        employee_id=employee_id,
        requested_by=by,
        required_approvals=required_approvals,
        created_at=at,
    )
    if employee_id is not None:
        what = subject.described([subject_id])[subject_id]
        notifications.send(
            user_ids=approvers.nearest(employee_id),
            title=f"To decide: {what}",
            message=f"{what} waits for your decision.",
            at=at,
            event_key=f"{topic(made.pk)}:asked",
        )
    return made


@transaction.atomic
def request_many(*, kind: str, subjects: Mapping[UUID, UUID], noun: str, by: Any, at: datetime) -> int:
    """Ask for many decisions at once (`subjects` maps subject ids to employees); the number newly asked for.

    Every nearest approver is told once how many `noun` wait for her, whatever their number. Statements are constant.
    """
    asked = ApprovalRequest.objects.filter(kind=kind, subject_id__in=list(subjects))
    known = set(asked.values_list("subject_id", flat=True))
    fresh = {subject_id: employee_id for subject_id, employee_id in subjects.items() if subject_id not in known}
    rows = [
        ApprovalRequest(kind=kind, subject_id=subject_id, employee_id=employee_id, requested_by=by, created_at=at)
        for subject_id, employee_id in fresh.items()
    ]
    ApprovalRequest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    inbox = f"inbox:{kind}:"  # the ones a message counts have no page of their own: it leads to all of the kind
    managers = approvers.nearest_of(set(fresh.values())) if fresh else {}
    waiting = Counter(user_id for employee_id in fresh.values() for user_id in managers.get(employee_id, ()))
    notifications.send_all(
        notes=(
            Note(
                user_id, f"To decide: {count} {noun}", f"{count} {noun} wait for your decision.", f"{inbox}{rows[0].pk}"
            )
            for user_id, count in waiting.items()
        ),
        at=at,
    )
    return len(fresh)


def pending(*, kind: str, subject_id: UUID) -> ApprovalRequest:
    """The request that waits for this subject. Raises Invalid when it is decided or was never asked for."""
    found = ApprovalRequest.objects.filter(kind=kind, subject_id=subject_id, status=ApprovalStatus.PENDING).first()
    if found is None:
        raise _decided()
    return found


def ensure_may_decide(*, kind: str, employee_id: UUID | None, by: Any, requested_by_id: UUID | None = None) -> None:
    """Refuse whoever may not decide: about herself, about what she asked for, or beyond her reach. Raises Forbidden."""
    is_own = employee_id is not None and by.employee_id == employee_id
    if is_own or (requested_by_id is not None and requested_by_id == by.pk):
        raise Forbidden("Nobody decides about her own request. Somebody else must do it.", code="own_request")
    subject = _subjects[kind]
    if not approvers.reaches(by, resource=subject.resource, action=subject.action, employee_id=employee_id):
        raise Forbidden("You may see this, but not decide it. Ask the person's manager or HR.", code="forbidden")


@transaction.atomic
def decide(*, request: ApprovalRequest, is_approval: bool, by: Any, at: datetime, note: str = "") -> ApprovalRequest:
    """Approve or reject. One rejection rejects; an approval counts until as many different people as required gave one.

    Raises Forbidden as `ensure_may_decide` does, and Invalid when it was decided before or by the same person.
    """
    ensure_may_decide(
        kind=request.kind, employee_id=request.employee_id, by=by, requested_by_id=request.requested_by_id
    )
    waiting = ApprovalRequest.objects.filter(pk=request.pk, status=ApprovalStatus.PENDING)
    if not waiting.update(updated_at=at):
        raise _decided()
    if ApprovalDecision.objects.filter(request=request, decided_by=by).exists():
        raise Invalid.field("status", "You have decided on this already; somebody else must too.", code="decided_twice")
    ApprovalDecision.objects.create(request=request, decided_by=by, is_approval=is_approval, note=note, created_at=at)
    if is_approval and _approvals(request) < request.required_approvals:
        _log(request, "approval_given", by=by, note=note, at=at)
        return request
    _finish(request, is_approval, Outcome(request, by, note, at))
    return request


def _approvals(request: ApprovalRequest) -> int:
    return ApprovalDecision.objects.filter(request=request, is_approval=True).count()


def _finish(request: ApprovalRequest, is_approval: bool, outcome: Outcome) -> None:
    request.status = ApprovalStatus.APPROVED if is_approval else ApprovalStatus.REJECTED
    request.updated_at = outcome.at
    request.save(update_fields=["status", "updated_at"])
    subject = _subjects[request.kind]
    (subject.on_approved if is_approval else subject.on_rejected)(outcome)
    _log(request, request.status, by=outcome.by, note=outcome.note, at=outcome.at)
    _tell(request, subject, outcome)


def _tell(request: ApprovalRequest, subject: Subject, outcome: Outcome) -> None:
    """Tell the person concerned and whoever asked, once."""
    concerned = approvers.users_of(request.employee_id) if request.employee_id else []
    asked = [request.requested_by_id] if request.requested_by_id else []
    what = subject.described([request.subject_id])[request.subject_id]
    note = f" Note: {outcome.note}" if outcome.note else ""
    notifications.send(
        user_ids=[*concerned, *asked],
        title=f"{what}: {request.status}",
        message=f"{what} was {request.status}.{note}",
        at=outcome.at,
        event_key=f"{topic(request.pk)}:{request.status}",
    )


@transaction.atomic
def cancel(*, kind: str, subject_id: UUID, at: datetime) -> None:
    """Withdraw what still waits; the subject's own service says who may. Raises Invalid when it was decided meanwhile."""
    waiting = ApprovalRequest.objects.filter(kind=kind, subject_id=subject_id, status=ApprovalStatus.PENDING)
    if not waiting.update(status=ApprovalStatus.CANCELLED, updated_at=at):
        raise _decided()


def _decided() -> Invalid:
    return Invalid.field("status", "This was decided before. Reload to see the decision.", code="already_decided")


def _log(request: ApprovalRequest, verb: str, *, by: Any, note: str, at: datetime) -> None:
    activity.record(
        action=f"{request.kind}.{verb}",
        resource_type=request.kind,
        resource_id=request.subject_id,
        by=by,
        at=at,
        meta={"note": note, "employee_id": str(request.employee_id) if request.employee_id else None},
    )
