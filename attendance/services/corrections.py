"""Corrections: somebody says what a day really was, a second person decides, and only then the log gets its new punches.

A day that is closed refuses, unless the correction is meant as a retro fact: it says so itself, or whoever decides does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance, Correction, CorrectionStatus
from attendance.rules.punches import Door
from attendance.rules.work_dates import work_date_of
from attendance.selectors.house_rules import house_rules
from attendance.services import amendments, pairs
from attendance.services.correction_times import check, times_told
from attendance.services.presented import Presented
from hr.selectors import approvers, locks, organisation, references
from hr.services import approvals
from peoplesync.core.services import activity, notifications
from peoplesync.kernel import rights
from peoplesync.kernel.dates import zone
from peoplesync.kernel.errors import Forbidden
from peoplesync.kernel.roles import Scope

KIND = "correction"


@transaction.atomic
def propose(
    *,
    employee_id: UUID,
    clock_in: datetime | None,
    clock_out: datetime | None,
    reason: str,
    by: Any,
    at: datetime,
    attendance_id: UUID | None = None,
    allow_retro: bool = False,
) -> Correction:
    """Ask for a stay to be what it really was; without `attendance_id` for one that nobody recorded.

    Of a stored stay, an end that is not given stays as it is. Raises Forbidden for somebody else's day without the
    right, Invalid for times that cannot be, Conflict when it would overlap, waits already, or the day is locked.
    """
    _ensure_may_propose(employee_id, by)
    person = references.employee(employee_id)
    times = times_told(person, attendance_id, clock_in, clock_out)
    check(person, times, at)
    about = house_rules()
    on = work_date_of(times.clock_in, times.clock_out, times.zone, about.day_policy.attribution)
    days = {on, *([times.stay.work_date] if times.stay else [])}
    if not allow_retro:
        locks.ensure_open(employee_id, days, "This correction")
    made = Correction.objects.create(
        employee=person,
        attendance=times.stay,
        work_date=on,
        clock_in=times.clock_in,
        clock_out=times.clock_out,
        reason=reason,
        is_retro=allow_retro and _is_locked(employee_id, days),
        requested_by=by,
        created_at=at,
        updated_at=at,
    )
    approvals.request(kind=KIND, subject_id=made.pk, employee_id=employee_id, by=by, at=at)
    activity.record(
        action="correction.created",
        resource_type=KIND,
        resource_id=made.pk,
        by=by,
        at=at,
        meta={"employee_id": employee_id, "work_date": on, "clock_in": made.clock_in, "clock_out": made.clock_out},
    )
    return made


def ensure_may_decide(*, correction: Correction, by: Any) -> None:
    """Raises Forbidden unless `by` may approve or reject this correction."""
    approvals.ensure_may_decide(
        kind=KIND, employee_id=correction.employee_id, by=by, requested_by_id=correction.requested_by_id
    )


@transaction.atomic
def decide(
    *, correction: Correction, status: str, note: str, by: Any, at: datetime, allow_retro: bool = False
) -> Correction:
    """Approve or reject (`status` is the word). Approval writes the punches that supersede and computes the day.

    Raises Forbidden, Invalid when decided before, Conflict on locked days (unless it is a retro fact) and on overlaps.
    """
    if status == CorrectionStatus.APPROVED:
        locks.pass_gate()
        _settle_retro(correction, allow_retro=allow_retro, at=at)
    waiting = approvals.pending(kind=KIND, subject_id=correction.pk)
    approvals.decide(request=waiting, is_approval=status == CorrectionStatus.APPROVED, by=by, at=at, note=note)
    correction.refresh_from_db()
    return correction


@transaction.atomic
def withdraw(*, correction: Correction, by: Any, at: datetime) -> Correction:
    """Take back what nobody has decided: what one asked for, or anybody's with HR's right.

    The person it is about and whoever asked for it are told when somebody else did it.

    Raises Forbidden, Invalid when it was decided or withdrawn meanwhile.
    """
    reach = rights.scope(by.role_names, "corrections", "withdraw")
    is_own = by.employee_id is not None and by.employee_id == correction.employee_id
    asked = correction.requested_by_id
    if reach is not Scope.ALL and not (reach is Scope.OWN and is_own and asked == by.pk):
        raise Forbidden("Only whoever asked for a correction, or HR, withdraws it. Ask them.", code="forbidden")
    approvals.cancel(kind=KIND, subject_id=correction.pk, at=at)
    Correction.objects.filter(pk=correction.pk).update(status=CorrectionStatus.WITHDRAWN, updated_at=at)
    concerned = {*approvers.users_of(correction.employee_id), *([asked] if asked else [])} - {by.pk}
    if concerned:
        what = _described([correction.pk])[correction.pk]
        notifications.send(
            user_ids=concerned,
            title=f"{what}: withdrawn",
            message=f"{what} was withdrawn by HR before anybody decided it. Ask again if that is not right.",
            at=at,
            event_key=approvals.event(kind=KIND, subject_id=correction.pk, verb="withdrawn"),
        )
    activity.record(
        action="correction.withdrawn",
        resource_type=KIND,
        resource_id=correction.pk,
        by=by,
        at=at,
        meta={"employee_id": correction.employee_id, "work_date": correction.work_date},
    )
    correction.refresh_from_db()
    return correction


def _ensure_may_propose(employee_id: UUID, by: Any) -> None:
    reach = rights.scope(by.role_names, "corrections", "create")
    if reach is Scope.ALL or (reach is Scope.OWN and by.employee_id == employee_id):
        return
    raise Forbidden("Only HR asks for somebody else's correction. Ask HR.", code="forbidden")


def _days(correction: Correction) -> set[Any]:
    return {correction.work_date, *([correction.attendance.work_date] if correction.attendance else [])}


def _is_locked(employee_id: UUID, days: set[Any]) -> bool:
    closed = locks.locked_days([employee_id], min(days), max(days))[employee_id]
    return any(day in closed for day in days)


def _settle_retro(correction: Correction, *, allow_retro: bool, at: datetime) -> None:
    """Whether it is a retro fact is settled when it is decided: days may have been closed or opened in between."""
    days = _days(correction)
    if not (allow_retro or correction.is_retro):
        locks.ensure_open(correction.employee_id, days, "This correction")
    is_retro = _is_locked(correction.employee_id, days)
    Correction.objects.filter(pk=correction.pk, status=CorrectionStatus.PENDING).update(
        is_retro=is_retro, updated_at=at
    )


def _on_approved(outcome: approvals.Outcome) -> None:
    correction = Correction.objects.select_related("attendance").get(pk=outcome.request.subject_id)
    by = Presented(
        door=Door.ADMIN, at=correction.clock_in, received_at=outcome.at, made_by=outcome.by,
        zone=correction.attendance.timezone if correction.attendance else None,
    )  # fmt: skip
    if correction.attendance_id is not None:
        row = amendments.change(
            attendance_id=correction.attendance_id,
            by=by,
            clock_in=correction.clock_in,
            # An out that was not proposed stays as it is: it may have come since.
            clock_out=correction.clock_out or amendments.KEEP,
            reason=correction.reason,
            allow_retro=correction.is_retro,
        )
    else:
        row = _recorded(correction, by)
    _decided(correction, CorrectionStatus.APPROVED, outcome, attendance_id=row.pk)


def _recorded(correction: Correction, by: Presented) -> Attendance:
    end = correction.clock_out
    out = None if end is None else Presented(door=by.door, at=end, received_at=by.received_at, made_by=by.made_by)
    return pairs.record(
        employee_id=correction.employee_id,
        punch=by,
        out=out,
        reason=correction.reason,
        allow_retro=correction.is_retro,
    )


def _on_rejected(outcome: approvals.Outcome) -> None:
    correction = Correction.objects.get(pk=outcome.request.subject_id)
    _decided(correction, CorrectionStatus.REJECTED, outcome, attendance_id=correction.attendance_id)


def _decided(
    correction: Correction, status: CorrectionStatus, outcome: approvals.Outcome, *, attendance_id: UUID | None
) -> None:
    Correction.objects.filter(pk=correction.pk).update(
        status=status,
        attendance_id=attendance_id,
        decided_by=outcome.by,
        decided_at=outcome.at,
        updated_at=outcome.at,
        note=outcome.note,
    )


def _described(correction_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = Correction.objects.filter(pk__in=correction_ids).select_related("employee", "attendance")
    usual = organisation.zone()
    return {row.pk: _words(row, usual) for row in rows}


def _words(row: Correction, usual_zone: str) -> str:
    place = zone(row.attendance.timezone if row.attendance else row.employee.timezone or usual_zone)
    start = row.clock_in.astimezone(place).strftime("%H:%M")
    end = row.clock_out.astimezone(place).strftime("%H:%M") if row.clock_out else "no end"
    return f"Correction for {row.employee.full_name}, {row.work_date}: {start} to {end}"


#: How the approval engine knows corrections; registered in the app's `ready`.
SUBJECT = approvals.Subject(
    kind=KIND, resource="corrections", on_approved=_on_approved, on_rejected=_on_rejected, described=_described
)
