"""Who is in at the moment the demo is made: some of those whose shift it is came this morning, through the real service.

Written presence ends yesterday. Nobody with an account is clocked in, so that whoever signs in can do it herself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from attendance.rules.punches import Door
from attendance.services import clocking
from attendance.services.presented import Presented
from hr.selectors import schedules
from peoplesync.demo import organisation, timetable
from peoplesync.demo.ids import luck
from peoplesync.demo.people import ACCOUNTS, CORE, employee_id
from peoplesync.kernel.dates import ONE_DAY, at_local, local_day

#: Every second person with a shift comes.
_COMES_EVERY = 2
#: Minutes from the start of the shift, from the earliest to the latest.
_COMES_MINUTES = (-25, 40)


def arrive(*, size: int, at: datetime) -> int:
    """Clock in whoever would be in at `at`; how many. It hangs on the people and on `at` alone."""
    numbers = range(len(ACCOUNTS) + _COMES_EVERY, min(size, CORE) + 1, _COMES_EVERY)
    people = {employee_id(number): number for number in numbers}
    today, count = local_day(at, organisation.ZONE), 0
    for plan in schedules.each_plan(people, today, today):
        if not plan.is_work_due or plan.leave_id is not None or plan.starts_at is None or plan.ends_at is None:
            continue
        came_at = at_local(today, plan.starts_at, organisation.ZONE) + _late(people[plan.employee_id])
        goes_at = at_local(today + ONE_DAY * plan.ends_next_day, plan.ends_at, organisation.ZONE)
        if came_at < at < goes_at:
            clocking.clock_in(employee_id=plan.employee_id, punch=_punch(people[plan.employee_id], came_at))
            count += 1
    return count


def _late(number: int) -> timedelta:
    return timedelta(minutes=luck("today", number).randint(*_COMES_MINUTES))


def _punch(number: int, at: datetime) -> Presented:
    """From a phone within a hundred metres of the head office."""
    return Presented(
        door=Door.NATIVE,
        at=at,
        received_at=at,
        source="mobile",
        lat=timetable.LATITUDE + Decimal(luck("place", number).randint(-80, 80)).scaleb(-5),
        lng=timetable.LONGITUDE,
        location_accuracy=Decimal(12),
        location=timetable.HEAD_OFFICE,
    )
