"""Closing what was forgotten: open stays past the maximum length, without waiting for the person's next punch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance
from attendance.rules.pairing import PairingPolicy, give_up_waiting
from attendance.selectors.demands import planned_end_of
from attendance.selectors.ground import ground_of, lock
from attendance.services import day_rows
from attendance.services.one_statement import OneStatement
from attendance.services.rows import SETTLED, apply
from hr.models import Setting
from hr.selectors import schedules
from peoplesync.core.services import activity

_END = tuple(name for name in SETTLED if name not in ("clock_in", "in_punch"))


def close_forgotten(*, at: datetime, at_most: int = 1000) -> int:
    """Settle every open stay whose out was forgotten as of `at`; the number settled.

    Each in a transaction of its own, the person being locked: a punch that comes in the same moment waits or was first.
    """
    return sum(_close(attendance_id, employee_id, at) for attendance_id, employee_id in _overdue(at, at_most))


def _overdue(at: datetime, at_most: int) -> Collection[tuple[UUID, UUID]]:
    """Open stays older than the maximum length, oldest first: an index of open stays alone answers."""
    hours = Setting.objects.values_list("maximum_stay_hours", flat=True).first() or 16
    older = Attendance.objects.open().filter(clock_in__lt=at - timedelta(hours=hours))
    return list(older.order_by("clock_in").values_list("pk", "employee_id")[:at_most])


def _close(attendance_id: UUID, employee_id: UUID, at: datetime) -> int:
    with transaction.atomic():
        lock(employee_id)
        ground = ground_of(employee_id, at)
        stay = ground.stay(attendance_id)
        if stay is None or not stay.is_open:
            return 0
        planned = planned_end_of(schedules.for_day(employee_id, stay.began_on), ground.zone)
        policy = ground.policies.get(stay.work_date, PairingPolicy.STATE_MACHINE)
        others = [each for each in ground.stays if each.id != stay.id]
        settled = give_up_waiting(policy, stay, at, ground.maximum, planned, ground.attribution, others=others)
        if settled is None:
            return 0
        writing = OneStatement()
        writing.update(apply(Attendance(pk=attendance_id), settled, at), _END)
        day_rows.write(writing, ground, [*others, settled], {stay.work_date, settled.work_date}, at)
        writing.insert(
            activity.entry(
                action="attendance.closed_by_rule" if settled.is_closed else "attendance.left_unfinished",
                resource_type="attendance",
                resource_id=attendance_id,
                by=None,
                meta={"clock_out": settled.end_at.isoformat() if settled.end_at else None},
                at=at,
            )
        )
        writing.run()
        return 1
