"""In and out, through any door: the act everybody pays for, so its statements are counted.

Lock the person, read what the punch stands on, let the rules decide, write punch, stay, day and activity at once.
Days that follow another policy than the state machine, and punches that arrive late, go through `events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from attendance.models import Attendance, Punch
from attendance.rules.clocking import NATIVE_CLOCKING, ClockingPolicy, decide_in, decide_out
from attendance.rules.punches import PunchKind, Refusal, Stay
from attendance.selectors.ground import Ground, ground_of, lock
from attendance.services import day_rows, events, rejections
from attendance.services.judging import judge
from attendance.services.one_statement import OneStatement
from attendance.services.photos import attached
from attendance.services.policies import follows_state_machine, policy_in_force
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import SETTLED, apply, new_attendance, punch_of
from hr.models import LockSource
from hr.selectors import locks
from peoplesync.core.models import new_id
from peoplesync.core.services import activity
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Conflict

#: A punch that reached us within this time of its instant is live; an older one was sent late.
LIVE = timedelta(minutes=1)

_SETTLED_END = tuple(field for field in SETTLED if field not in ("clock_in", "in_punch"))

#: Whoever clocks in is on no break of its own any more.
_END_BREAK = """
    UPDATE attendance_standalonebreak SET end_at = %s, updated_at = %s
    WHERE employee_id = %s AND end_at IS NULL AND start_at < %s
"""


@rejections.kept()
def clock_in(*, employee_id: UUID, punch: Presented, clocking: ClockingPolicy = NATIVE_CLOCKING) -> Attendance:
    """Open a stay at `punch.at`. `clocking` is what the door allows; the organisation's settings are added here.

    An older stay left open never stands in the way of a new local day where the door's policy says so: it is closed by
    rule or becomes unfinished. Raises Conflict (code: the rule's refusal), NotFound, Forbidden, Invalid.
    """
    with one_act():
        lock(employee_id)
        ground = ground_of(employee_id, punch.at)
        if follows_state_machine(ground, punch, PunchKind.IN):
            return attached(_open(ground, punch, clocking), punch)
        return attached(events.as_stay(ground, PunchKind.IN, punch), punch)


@rejections.kept()
def clock_out(*, employee_id: UUID, punch: Presented, clocking: ClockingPolicy = NATIVE_CLOCKING) -> Attendance:
    """Close the stay the person is in, also across midnight and clock changes.

    After the maximum length the stay is settled by rule and the punch is only kept in the log; the answer shows it.
    Raises Conflict (code: the rule's refusal), NotFound, Forbidden, Invalid.
    """
    with one_act():
        lock(employee_id)
        ground = ground_of(employee_id, punch.at)
        if follows_state_machine(ground, punch, PunchKind.OUT):
            return attached(_close(ground, punch, clocking), punch)
        return attached(events.as_stay(ground, PunchKind.OUT, punch), punch)


@rejections.kept()
def toggle(*, employee_id: UUID, punch: Presented, clocking: ClockingPolicy = NATIVE_CLOCKING) -> Attendance:
    """An in when nobody is in, else an out. Raises as the two do."""
    with one_act():
        lock(employee_id)
        ground = ground_of(employee_id, punch.at)
        if not follows_state_machine(ground, punch, PunchKind.TOGGLE):
            return attached(events.as_stay(ground, PunchKind.TOGGLE, punch), punch)
        act = _close if ground.open_stay is not None else _open
        return attached(act(ground, punch, clocking), punch)


def _open(ground: Ground, presented: Presented, clocking: ClockingPolicy) -> Attendance:
    judged = judge(ground, presented, PunchKind.IN)
    zone = presented.zone or ground.zone
    in_id = new_id()
    turn = decide_in(
        ground.open_stay,
        ground.stays,
        presented.at,
        zone,
        policy_in_force(ground, clocking),
        scheduled_end_at=ground.scheduled_end_of(ground.open_stay),
        door=presented.door,
        punch_id=in_id,
    )
    if turn.refusal is not None or turn.opened is None:
        refuse(turn.refusal or Refusal.OVERLAPS, turn.in_the_way)
    opened = replace(turn.opened, id=new_id(), client_id=presented.client_id, flags=turn.opened.flags | judged.flags)
    if presented.work_date is not None:
        opened = replace(opened, work_date=presented.work_date)
    punch = punch_of(
        presented, PunchKind.IN, employee_id=ground.employee_id, zone=zone, work_date=opened.work_date,
        id=in_id, **judged.columns,
    )  # fmt: skip
    row = new_attendance(opened, punch, presented.received_at)
    if turn.older is not None:
        _settle_older(ground, turn.older, presented)
    stays = [opened, *(stay for stay in ground.stays if turn.older is None or stay.id != turn.older.id)]
    _write(ground, presented, punch, row, None, "attendance.clocked_in", stays)
    return row


def _close(ground: Ground, presented: Presented, clocking: ClockingPolicy) -> Attendance:
    judged = judge(ground, presented, PunchKind.OUT)
    zone = presented.zone or ground.zone
    out_id = new_id()
    before = ground.open_stay
    turn = decide_out(
        before,
        ground.stays,
        presented.at,
        policy_in_force(ground, clocking),
        scheduled_end_at=ground.scheduled_end_of(before),
        punch_id=out_id,
    )
    if turn.refusal is not None or turn.stay is None or before is None:
        refuse(turn.refusal or Refusal.NOT_CLOCKED_IN, turn.in_the_way)
    stored = Attendance.objects.for_the_wire().get(pk=before.id)
    if presented.time_clock_id and stored.time_clock_id not in (None, presented.time_clock_id):
        refuse(Refusal.NOT_CLOCKED_IN)  # she is in at another clock, and a clock only ends what it could have begun
    if clocking.is_out_held_by_locks:
        _ensure_open(ground, presented, local_day(presented.at, zone))
    closed = replace(turn.stay, flags=turn.stay.flags | judged.flags)
    punch = punch_of(
        presented, PunchKind.OUT, employee_id=ground.employee_id, zone=zone, work_date=closed.work_date,
        id=out_id, **judged.columns,
    )  # fmt: skip
    row = apply(stored, closed, presented.received_at)
    if closed.out_punch_id == out_id:
        row.out_punch = punch
    stays = [closed, *(stay for stay in ground.stays if stay.id != closed.id)]
    days = {before.work_date, closed.work_date}
    _write(ground, presented, punch, row, before, "attendance.clocked_out", stays, days=days)
    return row


def _ensure_open(ground: Ground, presented: Presented, day: date) -> None:
    """Refuse a closed day. A live punch is never held by pay, so there a payroll's lock does not count."""
    if not ground.is_locked(day):
        return
    is_live = presented.received_at - presented.at < LIVE
    for closing in locks.closings([ground.employee_id], day, day):
        if not (is_live and closing.source == LockSource.PAYROLL):
            raise Conflict(f"This clock-out cannot change {day}: {closing.sentence}", code="period_locked")


def _settle_older(ground: Ground, older: Stay, presented: Presented) -> None:
    """Store the older stay first, in a statement of its own: the new one would break the constraint before it."""
    row = apply(Attendance(pk=older.id), older, presented.received_at)
    writing = OneStatement()
    writing.update(row, _SETTLED_END)
    stays = [older, *(stay for stay in ground.stays if stay.id != older.id)]
    day_rows.write(writing, ground, stays, {older.work_date}, presented.received_at)
    writing.insert(
        activity.entry(
            action="attendance.closed_by_rule" if older.is_closed else "attendance.left_unfinished",
            resource_type="attendance",
            resource_id=older.id,
            by=None,
            meta={"clock_out": older.end_at.isoformat() if older.end_at else None},
            at=presented.received_at,
        )
    )
    writing.run()


def _write(
    ground: Ground,
    presented: Presented,
    punch: Punch,
    row: Attendance,
    before: Stay | None,
    action: str,
    stays: Sequence[Stay],
    *,
    days: set[date] | None = None,
) -> None:
    """Punch, evidence, stay, its breaks, the day and the activity entry in one statement."""
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    days = days or {row.work_date}
    if before is None:
        writing.insert(row)
        if ground.is_on_break:
            writing.add(_END_BREAK, presented.at, presented.received_at, ground.employee_id, presented.at)
            days |= ground.days_on_break()
            ground = ground.with_breaks_ended(presented.at)
    else:
        writing.update(row, _SETTLED_END)
        events.end_running_break(writing, before, stays, presented.received_at)
    day_rows.write(writing, ground, stays, days, presented.received_at, door=presented.door)
    writing.insert(
        activity.entry(
            action=action,
            resource_type="attendance",
            resource_id=row.pk,
            by=presented.made_by,
            meta=_told(row, presented),
            at=presented.received_at,
        )
    )
    writing.run()


def _told(row: Attendance, presented: Presented) -> dict[str, Any]:
    """What the activity log says of a punch: no position, no photo."""
    return {
        "employee_id": str(row.employee_id),
        "door": presented.door.value,
        "at": presented.at.isoformat(),
        "work_date": row.work_date.isoformat(),
    }
