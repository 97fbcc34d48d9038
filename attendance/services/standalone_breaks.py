"""Breaks of their own: beginning one ends the stay somebody is in, ending it may begin a new one on the same job.

A break is part of the log like any punch. While it runs there is no open stay; whoever clocks in ends it. A paid one is
worked time of its day once it is over; an unpaid one is time away, like any gap between two stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance, BreakKind, Punch, StandaloneBreak
from attendance.rules.breaks import MINIMUM_BREAK_GRACE
from attendance.rules.clocking import ClockingPolicy
from attendance.rules.punches import PunchKind, Refusal
from attendance.selectors.ground import lock
from attendance.services import clocking, days
from attendance.services.pairs import replacement, write_punch
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import punch_of
from hr.models.organisation import DEFAULT_ZONE
from hr.selectors import locks
from peoplesync.core.models import new_id
from peoplesync.core.services import activity
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Begun:
    """`closed` is the stay that the break ended; None when she was in nowhere."""

    pause: StandaloneBreak
    closed: Attendance | None


@dataclass(frozen=True, slots=True)
class Ended:
    """`resumed` is the stay that began with the break's end; None when none was wanted or possible."""

    pause: StandaloneBreak
    resumed: Attendance | None


def begin(*, employee_id: UUID, punch: Presented, kind: BreakKind, policy: ClockingPolicy) -> Begun:
    """Begin a break at `punch.at`, ending the stay she is in.

    Raises Conflict (on_break, not_after_start, overlaps and what a clock-out raises), NotFound, Invalid.
    """
    with one_act():
        lock(employee_id)
        if running(employee_id) is not None:
            refuse(Refusal.ON_BREAK)
        closed = _end_stay(employee_id, punch, policy)
        pause = _store(employee_id, punch, None, kind, closed)
        return Begun(pause, closed)


def end(*, employee_id: UUID, punch: Presented, is_resuming: bool, policy: ClockingPolicy) -> Ended:
    """End the running break at `punch.at`; a kind's minimum length is held with the published grace.

    Raises Conflict (not_on_break, not_after_start, break_too_short), NotFound.
    """
    with transaction.atomic():
        lock(employee_id)
        pause = running(employee_id)
        if pause is None or pause.time_clock_id != punch.time_clock_id:
            refuse(Refusal.NOT_ON_BREAK)
        if punch.at <= pause.start_at:
            refuse(Refusal.NOT_AFTER_START)
        if punch.at - pause.start_at + MINIMUM_BREAK_GRACE < timedelta(minutes=pause.kind.minimum_minutes):
            refuse(Refusal.BREAK_TOO_SHORT)
        _finish(pause, punch)
        resumed = _resume(pause, punch, policy) if is_resuming else None
        _count(pause, {pause.work_date}, punch)
        return Ended(pause, resumed)


def record(*, employee_id: UUID, punch: Presented, out: Presented, kind: BreakKind) -> StandaloneBreak:
    """Store a break that is over. Raises Conflict (period_locked, not_after_start, overlaps), NotFound."""
    with one_act():
        locks.pass_gate()
        lock(employee_id)
        if out.at <= punch.at:
            refuse(Refusal.NOT_AFTER_START)
        locks.ensure_open(employee_id, [local_day(punch.at, punch.zone or DEFAULT_ZONE)], "This break", has_retro=False)
        _ensure_free(employee_id, punch.at, out.at)
        pause = _store(employee_id, punch, out, kind, None)
        _count(pause, {pause.work_date}, punch)
        return pause


def void(*, break_id: UUID, by: Presented, reason: str) -> None:
    """Take a break back: voiding rows in the log. Raises Conflict (period_locked), NotFound."""
    with transaction.atomic():
        locks.pass_gate()
        found = StandaloneBreak.objects.filter(pk=break_id).first()
        if found is None:
            raise NotFound("This break does not exist.", code="not_found")
        lock(found.employee_id)
        locks.ensure_open(found.employee_id, [found.work_date], "Taking this break back", has_retro=False)
        for punch in Punch.objects.filter(pk__in=[i for i in (found.start_punch_id, found.end_punch_id) if i]):
            write_punch(replacement(punch, by, punch.at, reason, is_void=True))
        StandaloneBreak.objects.filter(pk=found.pk).delete()
        _count(found, {found.work_date}, by)
        _tell("voided", found, by)


def change(
    *, break_id: UUID, by: Presented, start_at: datetime, end_at: datetime | None, kind: BreakKind, comment: str
) -> StandaloneBreak:
    """Move a break, or make it another kind: the old one is taken back and its place taken, the id stays.

    Raises Conflict (period_locked, not_after_start, overlaps), NotFound.
    """
    with one_act():
        locks.pass_gate()
        pause = StandaloneBreak.objects.select_related("kind").filter(pk=break_id).first()
        if pause is None:
            raise NotFound("This break does not exist.", code="not_found")
        lock(pause.employee_id)
        if end_at is not None and end_at <= start_at:
            refuse(Refusal.NOT_AFTER_START)
        day = local_day(start_at, pause.timezone)
        locks.ensure_open(pause.employee_id, {pause.work_date, day}, "This break", has_retro=False)
        _ensure_free(pause.employee_id, start_at, end_at)
        touched = {pause.work_date, day} if pause.is_paid or kind.is_paid else set()
        pause.start_at, pause.end_at, pause.work_date = start_at, end_at, day
        pause.kind, pause.is_paid, pause.comment, pause.updated_at = kind, kind.is_paid, comment, by.received_at
        pause.save()
        days.compute(days={pause.employee_id: touched}, at=by.received_at)
        _tell("changed", pause, by)
        return pause


def running(employee_id: UUID) -> StandaloneBreak | None:
    """The break somebody is on now."""
    rows = StandaloneBreak.objects.select_related("kind", "after")
    return rows.filter(employee_id=employee_id, end_at=None).first()


def _end_stay(employee_id: UUID, punch: Presented, policy: ClockingPolicy) -> Attendance | None:
    if Attendance.objects.open().filter(employee_id=employee_id).exists():
        return clocking.clock_out(employee_id=employee_id, punch=punch, clocking=policy)
    _ensure_free(employee_id, punch.at, None)
    return None


def _ensure_free(employee_id: UUID, start_at: datetime, end_at: datetime | None) -> None:
    """A break of its own lies in no stay; a running one only minds the stays that lasted past its start."""
    rows = Attendance.objects.alive().filter(employee_id=employee_id, is_unfinished=False)
    rows = rows.exclude(clock_out__lte=start_at)
    if end_at is not None:
        rows = rows.filter(clock_in__lt=end_at)
    if rows.exists():
        refuse(Refusal.OVERLAPS)


def _store(
    employee_id: UUID, punch: Presented, out: Presented | None, kind: BreakKind, closed: Attendance | None
) -> StandaloneBreak:
    assert punch.time_clock_id is not None, "a break of its own is taken at a clock"
    zone = punch.zone or DEFAULT_ZONE
    day = closed.work_date if closed is not None else local_day(punch.at, zone)
    told = [(punch, PunchKind.BREAK_START), *([(out, PunchKind.BREAK_END)] if out is not None else [])]
    logged = [
        punch_of(each, which, employee_id=employee_id, zone=each.zone or zone, work_date=day) for each, which in told
    ]
    for row in logged:
        write_punch(row)
    pause = StandaloneBreak(
        id=new_id(),
        created_at=punch.received_at,
        updated_at=punch.received_at,
        employee_id=employee_id,
        kind=kind,
        time_clock_id=punch.time_clock_id,
        start_at=punch.at,
        end_at=None if out is None else out.at,
        timezone=zone,
        work_date=day,
        is_paid=kind.is_paid,
        after=closed,
        start_punch=logged[0],
        end_punch=logged[1] if out is not None else None,
        comment=punch.comment,
    )
    pause.save(force_insert=True)
    _tell("started" if out is None else "recorded", pause, punch)
    return pause


def _finish(pause: StandaloneBreak, punch: Presented) -> None:
    logged = punch_of(
        punch,
        PunchKind.BREAK_END,
        employee_id=pause.employee_id,
        zone=punch.zone or pause.timezone,
        work_date=pause.work_date,
    )
    write_punch(logged)
    pause.end_at, pause.end_punch, pause.updated_at = punch.at, logged, punch.received_at
    pause.save(update_fields=["end_at", "end_punch", "updated_at"])
    _tell("ended", pause, punch)


def _resume(pause: StandaloneBreak, punch: Presented, policy: ClockingPolicy) -> Attendance | None:
    """A new stay on the same job and day; whether one may begin is the clock-in's own question."""
    before = pause.after
    if before is None:
        return None
    again = replace(punch, work_job_id=before.work_job_id, shift_ref=before.shift_ref, work_date=before.work_date)
    try:
        with transaction.atomic():
            return clocking.clock_in(employee_id=pause.employee_id, punch=again, clocking=policy)
    except Conflict:
        return None


def _count(pause: StandaloneBreak, touched: set[date], by: Presented) -> None:
    """A paid break is worked time of its day: compute that anew."""
    if pause.is_paid:
        days.compute(days={pause.employee_id: touched}, at=by.received_at)


def _tell(verb: str, pause: StandaloneBreak, by: Presented) -> None:
    activity.record(
        action=f"standalone_break.{verb}",
        resource_type="standalone_break",
        resource_id=pause.pk,
        by=by.made_by,
        meta={"employee_id": str(pause.employee_id), "door": by.door.value, "at": pause.start_at.isoformat()},
        at=by.received_at,
    )
