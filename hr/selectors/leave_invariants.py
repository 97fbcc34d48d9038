"""What must always hold about leave, for `manage.py doctor`: every statement reads a few rows through an index or counts."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef

from hr.models import ApprovalRequest, ApprovalStatus, Leave, LeaveStatus, Setting
from peoplesync.core import doctor
from peoplesync.core.doctor import Finding

#: Approved leave of types that keep a balance has taken its days; whatever else is tied to a leave comes to nothing.
_UNEVEN = """
    SELECT count(*) FROM hr_leave leave
    JOIN hr_leavetype leavetype ON leavetype.code = leave.leave_type
    LEFT JOIN LATERAL (
        SELECT count(*) AS entries, sum(days) AS days FROM hr_leaveledgerentry WHERE leave_id = leave.id
    ) moved ON true
    WHERE CASE WHEN leave.status = 'approved' AND leave.deleted_at IS NULL
        THEN (leavetype.uses_balance OR moved.entries > 0) AND coalesce(moved.days, 0) <> -leave.days
        ELSE coalesce(moved.days, 0) <> 0 END
"""


def ledger(at: datetime) -> list[Finding]:
    """Approved leave that uses a balance has taken its days from it, and leave that is gone has given them back."""
    with connection.cursor() as cursor:
        cursor.execute(_UNEVEN)
        count = int(cursor.fetchone()[0])
    what = f"{count} leaves have taken other days from the balance than they should"
    return [Finding(what, "Take them back and let the people ask again, or adjust the balance.")] if count else []


_OVERDRAWN = """
    SELECT count(*) FROM (
        SELECT FROM hr_leaveledgerentry GROUP BY employee_id, leave_type_id HAVING sum(days) < 0
    ) overdrawn
"""


def overdrawn(at: datetime) -> list[Finding]:
    """No balance is below zero, where the organisation refuses leave beyond the balance."""
    if not Setting.objects.filter(refuses_insufficient_leave=True).exists():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OVERDRAWN)
        count = int(cursor.fetchone()[0])
    do = "Adjust them with a note, or take leave back that was approved beyond the balance."
    return [Finding(f"{count} leave balances are below zero", do)] if count else []


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
    doctor.register("overdrawn leave", overdrawn)
    doctor.register("leave decisions", waiting)
