"""Overtime that somebody must approve: asked for by the system once the day is over, decided by a manager or HR.

How much overtime a day holds is the rules' to find; here it is decided how much of it counts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from attendance.models import DaySummary
from attendance.selectors.ground import lock
from attendance.services import days
from hr.models import ApprovalRequest, ApprovalStatus
from hr.selectors import locks, organisation
from hr.services import approvals
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid

KIND = "overtime"
#: Days this far back are asked for: a day may be corrected, or the system may have stood still.
DAYS_BACK = 31
CHUNK = 2000


def ask(*, at: datetime) -> int:
    """Ask the nearest managers to decide on the overtime of days that are over; the number of days newly asked for.

    Nothing where the organisation counts overtime without approval.
    """
    if not organisation.settings().overtime_needs_approval:
        return 0
    over = (at - timedelta(days=1)).date()
    found = DaySummary.objects.filter(
        work_date__range=(over - timedelta(days=DAYS_BACK), over), approved_overtime_seconds=None, is_locked=False
    ).exclude(overtime={})
    asked = ApprovalRequest.objects.filter(kind=KIND, subject_id=OuterRef("pk"))
    waiting = found.exclude(Exists(asked)).order_by("pk").values_list("pk", "employee_id")
    count = 0
    while chunk := dict(waiting[:CHUNK]):
        count += approvals.request_many(kind=KIND, subjects=chunk, noun="day(s) of overtime", by=None, at=at)
    return count


def ensure_may_decide(*, day: DaySummary, by: Any) -> None:
    """Raises Forbidden unless `by` may decide about this day."""
    approvals.ensure_may_decide(kind=KIND, employee_id=day.employee_id, by=by)


@transaction.atomic
def decide(
    *, day: DaySummary, is_approval: bool, by: Any, at: datetime, seconds: int | None = None, note: str = ""
) -> DaySummary:
    """Approve `seconds` of the day's overtime (None: all of it), or none of it. Deciding again replaces what was decided.

    Raises Forbidden for one's own day and beyond one's reach, Conflict on a locked day, Invalid for more than was found.
    """
    locks.ensure_open(day.employee_id, [day.work_date], "This overtime", has_retro=False)
    if is_approval and seconds is not None and not 0 < seconds <= found_seconds(day):
        raise Invalid.field("seconds", f"Approve 1 to {found_seconds(day)} seconds; that is what was found.")
    waiting = ApprovalRequest.objects.filter(kind=KIND, subject_id=day.pk, status=ApprovalStatus.PENDING).first()
    if waiting is None:
        waiting = approvals.request(kind=KIND, subject_id=day.pk, employee_id=day.employee_id, by=None, at=at)
    approvals.decide(request=waiting, is_approval=is_approval, by=by, at=at, note=note)
    if is_approval and seconds is not None:
        _let_count(day.pk, seconds, by, at)
    day.refresh_from_db()
    return day


def found_seconds(day: DaySummary) -> int:
    """All the overtime of a day, whatever its kind."""
    return sum(int(each) for each in day.overtime.values())


def _on_approved(outcome: approvals.Outcome) -> None:
    day = DaySummary.objects.get(pk=outcome.request.subject_id)
    _let_count(day.pk, found_seconds(day), outcome.by, outcome.at)


def _on_rejected(outcome: approvals.Outcome) -> None:
    _let_count(outcome.request.subject_id, 0, outcome.by, outcome.at)


def _let_count(day_id: UUID, seconds: int, by: Any, at: datetime) -> None:
    """Store what counts and compute the day. The person is locked: her next punch must read it."""
    day = DaySummary.objects.get(pk=day_id)
    locks.ensure_open(day.employee_id, [day.work_date], "This overtime", has_retro=False)
    lock(day.employee_id)
    DaySummary.objects.filter(pk=day_id).update(approved_overtime_seconds=seconds, updated_at=at)
    days.compute(days={day.employee_id: {day.work_date}}, at=at)
    activity.record(
        action="overtime.settled",
        resource_type="attendance_day",
        resource_id=day_id,
        by=by,
        at=at,
        meta={"employee_id": day.employee_id, "work_date": day.work_date, "seconds": seconds},
    )


def _described(day_ids: Collection[UUID]) -> dict[UUID, str]:
    return {day.pk: _words(day) for day in DaySummary.objects.filter(pk__in=day_ids).select_related("employee")}


def _words(day: DaySummary) -> str:
    hours, minutes = divmod(found_seconds(day) // 60, 60)
    return f"Overtime of {day.employee.full_name}, {day.work_date}: {hours}:{minutes:02d} hours"


#: How the approval engine knows overtime; registered in the app's `ready`.
SUBJECT = approvals.Subject(
    kind=KIND, resource="overtime", on_approved=_on_approved, on_rejected=_on_rejected, described=_described
)
