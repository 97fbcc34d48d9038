"""Connecteam's timesheets and locked days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.http import HttpResponse

from attendance.adapters import ids
from attendance.adapters.bodies import json_body
from attendance.adapters.connecteam import activities, clocks, punching, refusals, shifts, wire, wire_timesheets
from attendance.adapters.connecteam.clocks import Clock
from attendance.adapters.connecteam.wire_timesheets import Day, Plan, ShiftRecord, TimesheetQuery, UserSheet
from attendance.adapters.door import Call, json_answer
from attendance.models import Attendance, Break, StandaloneBreak
from attendance.models.vendor_key import VendorKey
from attendance.rules.punches import seconds_between
from attendance.selectors.demands import schedule_of
from attendance.selectors.stays import breaks_of
from hr.models import LockSource, PeriodLock
from hr.selectors import locks, schedules
from hr.services import period_locks

_PAYROLL = (LockSource.PAYROLL.value,)


def show(call: Call) -> HttpResponse:
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    query = wire_timesheets.timesheet_query(dict(call.request.GET.lists()))
    sheets = list(_sheets(call.key, clock, query))
    return json_answer(wire_timesheets.timesheet_answer(query, sheets, punching.request_id()))


def _sheets(key: VendorKey, clock: Clock, query: TimesheetQuery) -> Iterator[UserSheet]:
    """Everybody of a clock who was there; nobody is in a group, and nothing is ever submitted here."""
    if query.group_ids is not None or query.is_submitted:
        return
    for group in activities.in_groups(clocks.people(key, clock, query.user_ids)):
        numbers = clocks.user_ids_of(group)
        for employee_id, days in _days(group, clock, query).items():
            kept = tuple(day for day in days if _is_asked(day, query))
            if kept:
                yield UserSheet(numbers[employee_id], kept)


def _is_asked(day: Day, query: TimesheetQuery) -> bool:
    flags = ((query.is_approved, day.is_approved), (query.is_locked, day.is_locked))
    return all(asked is None or asked == is_so for asked, is_so in flags)


def _days(group: Sequence[UUID], clock: Clock, query: TimesheetQuery) -> dict[UUID, list[Day]]:
    """The days of some people: six statements however many."""
    first, last = query.start_on, query.end_on
    told = activities.of_jobs(activities.stays(group, clock, first, last), query.job_ids)
    rows = [row for row in told if row.clock_out is not None]
    pauses = breaks_of(rows)
    unpaid = {row.pk: _unpaid_seconds(pauses[row.pk]) for row in rows}
    names = activities.job_names(row.work_job for row in rows)
    own_breaks = list(activities.breaks(group, clock, first, last)) if query.job_ids is None else []
    closed = locks.locked_days(group, first, last)
    plans = schedules.for_days(group, first, last) if query.include_plan else {}
    by_day: dict[UUID, dict[date, list[Attendance]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_day[row.employee_id][row.work_date].append(row)
    for pause in own_breaks:
        by_day[pause.employee_id][pause.work_date]  # a day with nothing but a break is a day too
    found: dict[UUID, list[Day]] = {}
    for employee_id in group:
        for day, stays in sorted(by_day[employee_id].items()):
            lock = closed[employee_id].get(day)
            plan = plans.get((employee_id, day))
            mine = [each for each in own_breaks if (each.employee_id, each.work_date) == (employee_id, day)]
            found.setdefault(employee_id, []).append(
                Day(
                    on=day,
                    work_minutes=sum(_seconds(row) - unpaid[row.pk] for row in stays) // 60,
                    paid_break_minutes=_minutes(mine, is_paid=True),
                    unpaid_break_minutes=_minutes(mine, is_paid=False) + sum(unpaid[row.pk] for row in stays) // 60,
                    is_approved=lock is not None and lock.source in _PAYROLL,
                    is_locked=lock is not None,
                    records=tuple(_record(row, names) for row in stays),
                    plan=Plan(schedule_of(plan, clock.zone).required_seconds // 60) if plan else None,
                )
            )
    return found


def _seconds(row: Attendance) -> int:
    return 0 if row.clock_out is None else seconds_between(row.clock_in, row.clock_out)


def _unpaid_seconds(pauses: Sequence[Break]) -> int:
    return sum(
        seconds_between(each.start_at, each.end_at) for each in pauses if each.end_at is not None and not each.is_paid
    )


def _minutes(pauses: Sequence[StandaloneBreak], *, is_paid: bool) -> int:
    ended = (each for each in pauses if each.end_at is not None and each.is_paid == is_paid)
    return sum(seconds_between(each.start_at, each.end_at) for each in ended if each.end_at) // 60


def _record(row: Attendance, names: dict[UUID, str]) -> ShiftRecord:
    job, sub_job = activities.job_of(row.work_job, names)
    end = shifts.end_of(row)
    assert end is not None, "only finished shifts are on a sheet"
    return ShiftRecord(ids.kenjo_record_id(row.pk), shifts.start_of(row), end, job, sub_job)


def lock_days(call: Call) -> HttpResponse:
    """Close or open days of one person; closing a closed day or opening an open one changes nothing.

    Raises Refused: 403 at a clock that takes no locks, 404 for nobody of this clock, 409 for opening a day that this door
    did not close; then no day changes.
    """
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    if not clock.takes_day_locks:
        raise refusals.lock_days_disabled(clock.number)
    user_id = wire_timesheets.lock_user_id(str(call.path["userId"]))
    sent = wire_timesheets.lock_days_request(json_body(call.request))
    employee_id = clocks.people(call.key, clock, [user_id]).values_list("pk", flat=True).first()
    if employee_id is None:
        raise refusals.user_unknown(user_id)
    if sent.is_locked:
        period_locks.lock_each(
            employee_id=employee_id,
            days=sent.days,
            source=LockSource.VENDOR.value,
            reason="Locked through the Connecteam API",
            by=call.key.acts_as,
            at=call.at,
        )
    else:
        _unlock(call, clock, user_id, employee_id, sorted(sent.days))
    return json_answer(wire_timesheets.lock_days_answer(user_id, sent, punching.request_id()))


def _unlock(call: Call, clock: Clock, user_id: int, employee_id: UUID, days: Sequence[date]) -> None:
    closings = [
        each for each in locks.closings([employee_id], days[0], days[-1])
        if any(each.first_on <= day <= each.last_on for day in days)
    ]  # fmt: skip
    own = [each for each in closings if each.source == LockSource.VENDOR and each.first_on == each.last_on]
    foreign = [each for each in closings if each not in own]
    held = [day for day in days if any(each.first_on <= day <= each.last_on for each in foreign)]
    if held:
        raise refusals.days_in_approved_period(user_id, clock.number, held)
    mine = PeriodLock.objects.filter(pk__in=[each.lock_id for each in own])
    period_locks.release_all(held=list(mine), by=call.key.acts_as, at=call.at)
