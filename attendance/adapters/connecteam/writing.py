"""Connecteam's written activities: finished shifts and breaks told, changed and taken back. All of a call or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from attendance.adapters import ids
from attendance.adapters.connecteam import activities, clocks, pauses, punching, refusals, wire, wire_activities
from attendance.adapters.connecteam.clocks import Clock
from attendance.adapters.connecteam.errors import Refused
from attendance.adapters.connecteam.wire_activities import (
    ActivitiesWrite,
    BreakWrite,
    ShiftWrite,
    TimePoint,
    UserActivities,
    UserWrites,
)
from attendance.adapters.door import Call
from attendance.models import Attendance, StandaloneBreak
from attendance.rules.punches import Break as Pause
from attendance.selectors import vendor_keys
from attendance.services import amendments, pairs, standalone_breaks
from attendance.services.amendments import KEEP
from attendance.services.presented import Presented
from peoplesync.kernel.dates import is_zone_name
from peoplesync.kernel.errors import Conflict, NotFound

Written = dict[UUID, tuple[list[UUID], list[UUID]]]


def create(call: Call, clock: Clock, sent: ActivitiesWrite) -> list[UserActivities]:
    """Store closed shifts and breaks. Raises Refused (400), and then nothing of the call is kept."""
    people = clocks.named_people(call.key, clock, [user.user_id for user in sent.users])
    jobs = _jobs(clock, sent)
    written: Written = {}
    with transaction.atomic():
        for user in sent.users:
            made = written.setdefault(people[user.user_id], ([], []))
            for shift in user.shifts:
                for start, end in _spans(shift, user, is_split=sent.is_split_on_break):
                    made[0].append(_create_shift(call, clock, people[user.user_id], shift, start, end, jobs))
            for each in user.breaks:
                if sent.is_split_on_break:
                    made[0].extend(_split_stored(call, clock, people[user.user_id], each))
                made[1].append(_create_break(call, clock, people[user.user_id], each))
    return _shown(written)


def _split_stored(call: Call, clock: Clock, employee_id: UUID, pause: BreakWrite) -> list[UUID]:
    """A stored shift around the break, ended where it begins and begun anew, on the same job, where it ends."""
    if pause.start is None or pause.end is None or pause.start.timestamp >= pause.end.timestamp:
        return []
    start_at, end_at = pause.start.at, pause.end.at
    around = Attendance.objects.alive().filter(employee_id=employee_id, clock_in__lt=start_at, clock_out__gt=end_at)
    row = around.filter(Q(time_clock_id=clock.id) | Q(time_clock=None)).first()
    if row is None or row.clock_out is None:
        return []
    later = [Pause(each.start_at, each.end_at, each.is_paid) for each in row.breaks.filter(start_at__gte=end_at)]
    told = {"zone": row.timezone, "time_clock_id": row.time_clock_id}
    of_shift = {"work_job_id": row.work_job_id, "shift_ref": row.shift_ref, "comment": row.comment}
    reason = "Split around a break through the Connecteam API"
    with _in_their_words(start_at, row.timezone):
        amendments.change(attendance_id=row.pk, by=call.presented(start_at), clock_out=start_at, reason=reason)
        rest = pairs.record(
            employee_id=employee_id,
            punch=replace(call.presented(end_at), **told, **of_shift),
            out=replace(call.presented(row.clock_out), **told),
            breaks=later,
            reason=reason,
        )
    return [row.pk, rest.pk]


def _spans(shift: ShiftWrite, user: UserWrites, *, is_split: bool) -> Iterator[tuple[TimePoint, TimePoint | None]]:
    """The shift, or what the breaks inside it leave of it."""
    assert shift.start is not None, "a new shift was read with its start"
    start, end = shift.start, shift.end
    breaks = [(each.start, each.end) for each in user.breaks if is_split and each.start and each.end]
    for first, last in sorted(breaks, key=_begin):
        if end is not None and start.timestamp < first.timestamp and last.timestamp < end.timestamp:
            yield start, first
            start = last
    yield start, end


def _begin(span: tuple[TimePoint, TimePoint]) -> int:
    return span[0].timestamp


def _jobs(clock: Clock, sent: ActivitiesWrite) -> dict[str, UUID]:
    """The jobs named anywhere in a call. A job with sub-jobs needs one of them."""
    shifts = [shift for user in sent.users for shift in user.shifts]
    names = {name for shift in shifts for name in (shift.job_id, shift.sub_job_id) if name}
    found = clocks.named_jobs(clock, names)
    for shift in shifts:
        if shift.job_id and not shift.sub_job_id and found[shift.job_id].has_children:  # type: ignore[attr-defined]  # annotated
            raise refusals.sub_job_required(shift.job_id)
    return {name: job.pk for name, job in found.items()}


def _create_shift(
    call: Call,
    clock: Clock,
    employee_id: UUID,
    sent: ShiftWrite,
    start: TimePoint,
    end: TimePoint | None,
    jobs: dict[str, UUID],
) -> UUID:
    name = sent.sub_job_id or sent.job_id
    told = {"work_job_id": jobs[name] if name else None, "comment": sent.employee_note or sent.manager_note or ""}
    with _in_their_words(start.at, start.timezone):
        row = pairs.record(
            employee_id=employee_id,
            punch=_presented(call, clock, start, **told),
            out=None if end is None else _presented(call, clock, end),
        )
    return UUID(str(row.pk))


def _create_break(call: Call, clock: Clock, employee_id: UUID, sent: BreakWrite) -> UUID:
    kind = pauses.kind_of(clock, sent.break_id or "")
    if sent.start is None or sent.end is None:
        raise refusals.end_required()
    with _in_their_words(sent.start.at, sent.start.timezone):
        row = standalone_breaks.record(
            employee_id=employee_id,
            punch=_presented(call, clock, sent.start, comment=sent.employee_note or ""),
            out=_presented(call, clock, sent.end),
            kind=kind,
        )
    return UUID(str(row.pk))


def update(call: Call, clock: Clock, sent: ActivitiesWrite) -> list[UserActivities]:
    """Change stored shifts and breaks; what is not sent stays. Raises Refused (400, 404)."""
    people = clocks.named_people(call.key, clock, [user.user_id for user in sent.users])
    jobs = _jobs(clock, sent)
    written: Written = {}
    with transaction.atomic():
        for user in sent.users:
            made = written.setdefault(people[user.user_id], ([], []))
            made[0].extend(_change_shift(call, clock, people[user.user_id], each, jobs) for each in user.shifts)
            made[1].extend(_change_break(call, clock, people[user.user_id], each) for each in user.breaks)
    return _shown(written)


def _change_shift(call: Call, clock: Clock, employee_id: UUID, sent: ShiftWrite, jobs: dict[str, UUID]) -> UUID:
    row = _of(call, clock, Attendance, sent.id or "", employee_id)
    name = sent.sub_job_id or sent.job_id
    note = sent.employee_note if sent.employee_note is not None else sent.manager_note
    _check_zones(sent.start, sent.end)
    with _in_their_words(row.clock_in, row.timezone):
        amendments.change(
            attendance_id=row.pk,
            by=call.presented(row.clock_in),
            clock_in=KEEP if sent.start is None else sent.start.at,
            clock_out=KEEP if sent.end is None else sent.end.at,
            comment=KEEP if note is None else note,
            work_job_id=jobs[name] if name else KEEP,
            reason="Changed through the Connecteam API",
        )
    return UUID(str(row.pk))


def _change_break(call: Call, clock: Clock, employee_id: UUID, sent: BreakWrite) -> UUID:
    row = _of(call, clock, StandaloneBreak, sent.id or "", employee_id)
    _check_zones(sent.start, sent.end)
    with _in_their_words(row.start_at, row.timezone):
        standalone_breaks.change(
            break_id=row.pk,
            by=call.presented(row.start_at),
            start_at=row.start_at if sent.start is None else sent.start.at,
            end_at=row.end_at if sent.end is None else sent.end.at,
            kind=row.kind if sent.break_id is None else pauses.kind_of(clock, sent.break_id),
            comment=row.comment if sent.employee_note is None else sent.employee_note,
        )
    return UUID(str(row.pk))


def delete(call: Call, clock: Clock, activity_id: str) -> None:
    """Take a shift or a break back. Raises Refused: 404 for neither, 400 for one of a closed day."""
    row = _found(call, clock, Attendance, activity_id) or _found(call, clock, StandaloneBreak, activity_id)
    if row is None:
        raise refusals.activity_unknown(activity_id)
    reason = "Deleted through the Connecteam API"
    try:
        if isinstance(row, Attendance):
            pairs.void(attendance_id=row.pk, by=call.presented(row.clock_in), reason=reason)
        else:
            standalone_breaks.void(break_id=row.pk, by=call.presented(row.start_at), reason=reason)
    except NotFound as gone:
        raise refusals.activity_unknown(activity_id) from gone
    except Conflict as refusal:
        user_id = clocks.user_ids_of([row.employee_id])[row.employee_id]
        raise refusals.activity_locked(user_id, [row.work_date]) from refusal


def _found(call: Call, clock: Clock, model: Any, activity_id: str) -> Any:
    """The row a 24-digit id names, if it is of this clock's people and the key reaches them."""
    here = Q(time_clock_id=clock.id)
    rows = model.objects.all()
    if model is Attendance:
        rows, here = rows.alive(), here | Q(time_clock=None)
    reached = vendor_keys.reached(call.key, rows).filter(here, employee__time_clock_links__time_clock=clock.id)
    return reached.filter(pk__range=ids.kenjo_record_range(wire_activities.activity_id(activity_id))).first()


def _of(call: Call, clock: Clock, model: Any, activity_id: str, employee_id: UUID) -> Any:
    """The same, of this person. Raises Refused (404)."""
    row = _found(call, clock, model, activity_id)
    if row is None or row.employee_id != employee_id:
        raise refusals.activity_unknown(activity_id)
    return row


def _shown(written: Written) -> list[UserActivities]:
    """What was written, as reading shows it."""
    numbers = clocks.user_ids_of(written)
    stays = [pk for made, _ in written.values() for pk in made]
    pauses_made = [pk for _, made in written.values() for pk in made]
    rows = Attendance.objects.filter(pk__in=stays).order_by("clock_in")
    rows = rows.select_related("in_punch__evidence", "out_punch__evidence", "work_job")
    paused = StandaloneBreak.objects.filter(pk__in=pauses_made).select_related("start_punch", "end_punch", "kind")
    found = [(row.employee_id, shown) for row, shown in activities.shown_stays(rows)]
    breaks = [(row.employee_id, shown) for row, shown in activities.shown_breaks(paused)]
    return [
        UserActivities(
            numbers[employee_id],
            tuple(shown for owner, shown in found if owner == employee_id),
            tuple(shown for owner, shown in breaks if owner == employee_id),
        )
        for employee_id in written
    ]


def _presented(call: Call, clock: Clock, point: TimePoint, **more: Any) -> Presented:
    zone = wire.punch_zone(point.timezone, clock.zone)
    return call.presented(point.at, zone=zone, time_clock_id=clock.id, **more)


def _check_zones(*points: TimePoint | None) -> None:
    """Raises Refused (400) for a name that is no zone; a stored shift keeps the zones it has."""
    for point in points:
        if point is not None:
            wire.punch_zone(point.timezone, "UTC")


@contextmanager
def _in_their_words(at: datetime, zone: str) -> Iterator[None]:
    """As for punches, but what overlaps is told as that."""
    try:
        with punching.in_their_words(at, zone if is_zone_name(zone) else "UTC"):
            yield
    except Refused as refusal:
        if refusal.code in {"already_in", "runs_into_recorded"}:
            raise refusals.overlapping() from refusal
        raise
