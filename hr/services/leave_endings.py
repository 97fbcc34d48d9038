"""Approved leave beyond the last day of employment: taken back or shortened when the day is set, through whichever door."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from hr.models import Leave, LeaveStatus, User
from hr.selectors import leave_days
from hr.services import approvals, leave_ledger, leaves
from peoplesync.core.services import activity, notifications
from peoplesync.core.services.notifications import Note
from peoplesync.kernel.words import counted

CHUNK = 200
#: So many leaves are named in a sentence.
SHOWN = 5
TITLE = "Leave after the last day"


def beyond(*, employee_id: UUID, last_day: date) -> Any:
    """Approved leave of somebody that goes on after a day."""
    mine = Leave.objects.alive().filter(employee_id=employee_id, status=LeaveStatus.APPROVED)
    return mine.filter(end_date__gt=last_day)


def said(count: int) -> str:
    """In a sentence, for who set a last day; nothing of none."""
    if not count:
        return ""
    leave = "1 approved leave goes" if count == 1 else f"{count:,} approved leaves go"
    return f"{leave} on after the last day: taken back or shortened, and the days return."


def follow(*, employee_ids: Collection[UUID], by: Any, at: datetime) -> int:
    """Take back what begins after its person's last day or has no work until then, shorten to it what goes on; how many.

    The days return to the balance; the person, who approved it and who set the day are told. For the transaction that sets
    last days: it holds the people, and has their days computed again. Closed days do not stand in the way, since nothing
    after the last day is paid or taken. What waits is left to whoever decides it. A constant number of statements for two
    hundred leaves.
    """
    approved = Leave.objects.alive().filter(employee_id__in=employee_ids, status=LeaveStatus.APPROVED)
    later = approved.filter(end_date__gt=F("employee__ended_on")).select_related("employee", "leave_type")
    rows = list(later.select_for_update(no_key=True, of=("self",)).order_by("employee_id", "start_date"))
    told = [one for start in range(0, len(rows), CHUNK) for one in _end(rows[start : start + CHUNK], by, at)]
    if told and by is not None:
        more = [f"and {len(told) - SHOWN:,} others"] if len(told) > SHOWN else []
        message = (
            f"Employment ends before approved leave does, so its days return: {'; '.join(told[:SHOWN] + more)}. A later last "
            "day does not bring it back: it is asked for again."
        )
        notifications.send(user_ids=[by.pk], title=TITLE, message=message, at=at)
    return len(rows)


def _end(rows: Sequence[Leave], by: Any, at: datetime) -> list[str]:
    """What became of each of these leaves, for who set the last day."""
    what = {leave.pk: leaves.words(leave) for leave in rows}
    until = {leave.pk: leave.end_date for leave in rows}
    parts = dict(zip(rows, leave_days.fitted([_span(leave) for leave in rows]), strict=True))
    for leave, kept in parts.items():
        leave.updated_at = at
        if kept:
            leave.end_date, leave.days = _last_day(leave), sum(kept.values(), Decimal(0))
        else:
            leave.deleted_at = at
    Leave.objects.bulk_update(rows, ["end_date", "days", "deleted_at", "updated_at"])
    returned = leave_ledger.keep_only(parts=parts, by=by, at=at)
    activity.record_many(
        leaves.entry(
            leave,
            "shortened" if parts[leave] else "withdrawn",
            by=by,
            at=at,
            last_day=str(leave.employee.ended_on),
            was_until=str(until[leave.pk]),
            days_returned=f"{returned[leave]:f}",
        )
        for leave in rows
    )
    notifications.send_all(notes=_notes(parts, returned, what, by), at=at)
    return [f"{leave.employee.employee_number}, {_said(leave, until[leave.pk], parts[leave])}" for leave in rows]


def _span(leave: Leave) -> leave_days.Span:
    """Until the last day; leave that begins later has no day of work on its first one either, for that is not employed."""
    return leave.employee_id, leave.start_date, max(leave.start_date, _last_day(leave)), leave.days


def _last_day(leave: Leave) -> date:
    return leave.employee.ended_on or date.max


def _said(leave: Leave, until: date, kept: Mapping[int, Decimal]) -> str:
    became = f"shortened to {leave.end_date}" if kept else "taken back"
    return f"{leave.leave_type.name} leave from {leave.start_date} to {until} is {became}"


def _notes(
    parts: Mapping[Leave, Mapping[int, Decimal]], returned: Mapping[Leave, Decimal], what: Mapping[UUID, str], by: Any
) -> list[Note]:
    """To each person and who approved her leave; who set the day is told once of all."""
    people = User.objects.alive().filter(is_active=True, employee_id__in=[leave.employee_id for leave in parts])
    hers: dict[UUID, list[UUID]] = {}
    for user_id, employee_id in people.values_list("pk", "employee_id"):
        hers.setdefault(employee_id, []).append(user_id)
    about = approvals.topics(kind=leaves.KIND, subject_ids=[leave.pk for leave in parts])
    notes = []
    for leave, kept in parts.items():
        title = f"{what[leave.pk]}: {'shortened' if kept else 'taken back'}"
        back = f" The balance gets {counted(returned[leave], 'day')} back." if returned[leave] else ""
        now = f"it ends then, and takes {counted(leave.days, 'day')}" if kept else "it is no longer leave"
        message = f"{what[leave.pk]} was approved, and employment ends on {leave.employee.ended_on}: {now}.{back}"
        told = {*hers.get(leave.employee_id, ()), leave.approved_by_id} - {None, getattr(by, "pk", by)}
        verb = f"shortened-{leave.end_date}" if kept else "ended"
        key = f"{about[leave.pk]}:{verb}" if leave.pk in about else None
        notes += [Note(user_id, title, message, key) for user_id in sorted(told)]
    return notes
