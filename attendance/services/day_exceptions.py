"""Exceptions of days: opened and closed with the day's row, looked at by a person, told to the nearest manager once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import DayException
from attendance.services.one_statement import OneStatement
from hr.selectors import approvers
from peoplesync.core.models import new_id
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Forbidden, Invalid

TABLE = "attendance_dayexception"
KEY = ("employee_id", "work_date", "kind")
#: Columns of a row that comes back which stay as they first were: the manager is told once.
KEEP = ("id", "created_at")
_CLOSE = (
    f"UPDATE {TABLE} SET resolved_at = %s, updated_at = %s "  # noqa: S608 a constant
    "WHERE employee_id = %s AND work_date = %s AND kind = ANY(%s::text[]) AND resolved_at IS NULL"
)


def write(
    writing: OneStatement,
    employee_id: UUID,
    day: date,
    before: Collection[str],
    now: Collection[str],
    at: datetime,
) -> None:
    """Bring a day's exceptions from what its row said `before` to what it says `now`, in the day's own statement.

    One that is gone closes by itself; one that comes back is open again, whoever resolved it before. A day that says
    the same adds nothing to the statement.
    """
    for kind in sorted(set(now) - set(before)):
        writing.upsert(TABLE, columns(employee_id, day, kind, at), key=KEY, keep=KEEP)
    gone = sorted(set(before) - set(now))
    if gone:
        writing.add(_CLOSE, at, at, employee_id, day, gone)


def columns(employee_id: UUID, day: date, kind: str, at: datetime) -> dict[str, Any]:
    """An open exception as columns of its row."""
    return {
        "id": new_id(),
        "created_at": at,
        "updated_at": at,
        "employee_id": employee_id,
        "work_date": day,
        "kind": kind,
        "resolved_at": None,
        "resolved_by_id": None,
        "note": "",
    }


def ensure_may_resolve(*, exception: DayException, by: Any) -> None:
    """Raises Forbidden for one's own day, and for people beyond the manager's departments."""
    if by.employee_id is not None and by.employee_id == exception.employee_id:
        raise Forbidden("Nobody settles her own day. Ask your manager or HR.", code="own_day")
    if not approvers.reaches(by, resource="exceptions", action="resolve", employee_id=exception.employee_id):
        raise Forbidden("Only the person's manager or HR settles this. Ask one of them.", code="forbidden")


@transaction.atomic
def resolve(*, exception: DayException, note: str, by: Any, at: datetime) -> DayException:
    """Say that somebody has looked at it. Raises Forbidden, and Invalid when it is settled already."""
    ensure_may_resolve(exception=exception, by=by)
    still_open = DayException.objects.filter(pk=exception.pk, resolved_at=None)
    if not still_open.update(resolved_at=at, resolved_by=by, note=note, updated_at=at):
        raise Invalid.field("resolved", "This is settled already. Reload to see by whom.", code="already_resolved")
    exception.refresh_from_db()
    activity.record(
        action="exception.resolved",
        resource_type="exception",
        resource_id=exception.pk,
        by=by,
        at=at,
        meta={
            "employee_id": exception.employee_id,
            "work_date": exception.work_date,
            "kind": exception.kind,
            "note": note,
        },
    )
    return exception
