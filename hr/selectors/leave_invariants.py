"""What must always hold about leave, for `manage.py doctor`: every statement reads a few rows through an index or counts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from hr.models import ApprovalRequest, ApprovalStatus, Leave, LeaveLedgerEntry, LeaveStatus, LedgerKind
from peoplesync.core import doctor
from peoplesync.core.doctor import Finding


def ledger(at: datetime) -> list[Finding]:
    """Approved leave that uses a balance has taken its days from it."""
    taken = LeaveLedgerEntry.objects.filter(leave=OuterRef("pk"), kind=LedgerKind.TAKEN)
    approved = Leave.objects.alive().filter(status=LeaveStatus.APPROVED, leave_type__uses_balance=True)
    count = approved.filter(~Exists(taken)).count()
    if not count:
        return []
    return [Finding(f"{count} approved leaves have taken no days", "Take them back and let the people ask again.")]


def waiting(at: datetime) -> list[Finding]:
    """Leave that waits has somebody to decide it."""
    asked = ApprovalRequest.objects.filter(kind="leave", subject_id=OuterRef("pk"), status=ApprovalStatus.PENDING)
    count = Leave.objects.alive().filter(~Exists(asked), status=LeaveStatus.PENDING).count()
    if not count:
        return []
    return [Finding(f"{count} pending leaves cannot be decided", "Take them back and let the people ask again.")]


def register() -> None:
    """Tell the doctor; called once Django is ready."""
    doctor.register("leave balances", ledger)
    doctor.register("leave decisions", waiting)
