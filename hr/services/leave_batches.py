"""Leave of many people at once, from a migration of old records or a demo: whole and consistent, in a few statements.

Nothing is asked, counted or told here: the rows say what happened elsewhere. The database still refuses overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.models import ApprovalRequest, Leave, LeaveLedgerEntry, LeaveStatus, LeaveType, LedgerKind
from hr.services.leaves import KIND
from peoplesync.core.services import activity

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class PastLeave:
    """One leave as it was recorded: `days` in working days, `decided_by` the user who approved or rejected it."""

    employee_id: UUID
    leave_type: str
    start_date: date
    end_date: date
    days: Decimal
    status: str
    decided_by: UUID | None = None
    reason: str | None = None


@transaction.atomic
def record(*, leaves: Sequence[PastLeave], by: Any, at: datetime) -> int:
    """Write the leaves; what approved ones took from balances, and who may still decide pending ones, with them."""
    types = {kind.code: kind for kind in LeaveType.objects.all()}
    rows = [
        Leave(
            employee_id=one.employee_id,
            leave_type=types[one.leave_type],
            start_date=one.start_date,
            end_date=one.end_date,
            days=one.days,
            status=LeaveStatus(one.status),
            approved_by_id=one.decided_by,
            reason=one.reason,
            created_at=at,
        )
        for one in leaves
    ]
    Leave.objects.bulk_create(rows, batch_size=CHUNK)
    waiting = [_request(row, at) for row in rows if row.status == LeaveStatus.PENDING]
    ApprovalRequest.objects.bulk_create(waiting, batch_size=CHUNK)
    taken = [_taken(row, by, at) for row in rows if row.status == LeaveStatus.APPROVED and row.leave_type.uses_balance]
    LeaveLedgerEntry.objects.bulk_create(taken, batch_size=CHUNK)
    activity.record(
        action="leave.recorded", resource_type="leave", resource_id=None, by=by, at=at, meta={"leave_count": len(rows)}
    )
    return len(rows)


def _request(leave: Leave, at: datetime) -> ApprovalRequest:
    return ApprovalRequest(kind=KIND, subject_id=leave.pk, employee_id=leave.employee_id, created_at=at)


def _taken(leave: Leave, by: Any, at: datetime) -> LeaveLedgerEntry:
    return LeaveLedgerEntry(
        employee_id=leave.employee_id,
        leave_type=leave.leave_type,
        kind=LedgerKind.TAKEN,
        days=-leave.days,
        effective_on=leave.start_date,
        leave=leave,
        natural_key=f"leave:{leave.pk}:{LedgerKind.TAKEN}:{leave.start_date.year}",
        made_by_id=getattr(by, "pk", None),
        created_at=at,
    )
