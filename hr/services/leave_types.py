"""Acts on leave types: their names and terms. The code is what requests and the API know a type by, and stays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from hr.models import LeaveType, User
from hr.services import changes as differences
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid


class Changes(TypedDict, total=False):
    """What an update may set. New terms count for grants and requests from now on."""

    name: str
    is_paid: bool
    uses_balance: bool
    yearly_days: Decimal
    needs_evidence: bool


@transaction.atomic
def update(*, leave_type: LeaveType, changes: Changes, by: User | None, at: datetime) -> LeaveType:
    """Change what is given; leave that was asked for keeps the days it took."""
    row = LeaveType.objects.select_for_update(no_key=True).get(pk=leave_type.pk)
    difference = differences.apply(row, changes)
    if difference:
        _check(row)
        differences.save(row, difference)
        _log("leave_type.updated", row, difference, by, at)
    return row


def _check(row: LeaveType) -> None:
    differences.check(row)
    if not 0 <= row.yearly_days <= 366:
        raise Invalid.field("yearly_days", "Give from 0 to 366 days a year.", code="out_of_range")


def _log(action: str, row: LeaveType, difference: differences.Difference, by: User | None, at: datetime) -> None:
    meta = {"code": row.code, **({"changes": difference} if difference else {})}
    activity.record(action=action, resource_type="leave_type", resource_id=row.pk, by=by, meta=meta, at=at)
