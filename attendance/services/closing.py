"""Closing what was forgotten: open stays past the maximum length, without waiting for the person's next punch."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance
from attendance.rules.pairing import PairingPolicy, give_up_waiting
from attendance.selectors.demands import planned_end_of
from attendance.selectors.ground import ground_of, lock
from attendance.services import day_rows
from attendance.services.one_statement import OneStatement
from attendance.services.rows import SETTLED, apply
from hr.selectors import organisation, schedules
from peoplesync.core.progress import Advance
from peoplesync.core.services import activity

_END = tuple(name for name in SETTLED if name not in ("clock_in", "in_punch"))


#: Stays of one page: bounds memory, not what is settled.
PAGE = 1000


def close_forgotten(*, at: datetime, advance: Advance = lambda count: None) -> int:
    """Settle every open stay whose out was forgotten as of `at`; the number settled. `advance` is told of each looked at.

    Each in a transaction of its own, the person being locked: a punch that comes in the same moment waits or was first.
    """
    settled, after = 0, UUID(int=0)
    while page := list(_overdue(at).filter(pk__gt=after).order_by("pk").values_list("pk", "employee_id")[:PAGE]):
        for attendance_id, employee_id in page:
            settled += _close(attendance_id, employee_id, at)
            advance(1)
        after = page[-1][0]
    return settled


def overdue_count(*, at: datetime) -> int:
    """How many open stays are older than the maximum length; some of them may still belong to a longer planned shift."""
    return int(_overdue(at).count())


def _overdue(at: datetime) -> Any:
    """Open stays older than the maximum length: an index of open stays alone answers."""
    hours = organisation.settings().maximum_stay_hours
    return Attendance.objects.open().filter(clock_in__lt=at - timedelta(hours=hours))


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
