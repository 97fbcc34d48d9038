"""Whole stays told at once, or taken back: what vendors' create and delete calls, corrections and staff do.

A stay taken back leaves voiding rows; how a stored one is changed stands in `amendments`. A locked day refuses, unless
the caller says it is a retro fact on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance, Break, Punch
from attendance.rules.punches import Break as BreakValue
from attendance.rules.punches import PunchKind, Refusal, Stay, overlapping
from attendance.rules.work_dates import LONGEST, as_unfinished, ended, work_date_of
from attendance.selectors.ground import Ground, ground_of, lock
from attendance.services import day_rows
from attendance.services.one_statement import OneStatement
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import new_attendance, punch_of
from hr.selectors import locks
from peoplesync.core.models import new_id
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid, NotFound

#: Of the evidence, what a punch takes over from the one it supersedes.
_SHOWN_ON = ("lat", "lng", "location", "location_accuracy", "is_mock_location", "photo_url", "device_id")


def record(
    *,
    employee_id: UUID,
    punch: Presented,
    out: Presented | None,
    breaks: Sequence[BreakValue] = (),
    reason: str = "",
    allow_retro: bool = False,
    leaves_older_open: bool = False,
) -> Attendance:
    """Store a stay from `punch.at` to `out.at`; without an out it is open if nothing came later, else unfinished.

    `leaves_older_open`: a stay still open from an earlier local day is no obstacle; it becomes unfinished.
    Raises Conflict (overlaps, not_after_start, period_locked), NotFound, Invalid.
    """
    with one_act():
        ground = _hold(employee_id, punch.at, allow_retro=allow_retro)
        if leaves_older_open:
            ground = _let_older_go(ground, punch)
        stay = _stay_told(ground, punch, out, breaks)
        check(ground, stay, [stay.work_date], allow_retro=allow_retro)
        return _insert(ground, stay, punch, out, reason)


def void(*, attendance_id: UUID, by: Presented, reason: str, allow_retro: bool = False) -> Attendance:
    """Take a stay back: voiding rows in the log, the stay gone from every list, its day computed without it.

    Raises Conflict (period_locked), NotFound when it is not there (any more).
    """
    with transaction.atomic():
        row, ground = hold_stay(attendance_id, allow_retro=allow_retro)
        stay = present(ground, row)
        if not allow_retro:
            locks.ensure_open(ground.employee_id, [stay.work_date], "Taking this attendance back")
        for punch in Punch.objects.filter(pk__in=[i for i in (row.in_punch_id, row.out_punch_id) if i]):
            write_punch(replacement(punch, by, punch.at, reason, is_void=True))
        row.deleted_at, row.updated_at = by.received_at, by.received_at
        row.save(update_fields=["deleted_at", "updated_at"])
        others = [each for each in ground.stays if each.id != stay.id]
        is_emptied = not _has_punches(ground.employee_id, stay, others)
        finish(ground, others, {stay.work_date}, by, row, "attendance.voided", reason, is_emptied=is_emptied)
        return row


def _has_punches(employee_id: UUID, gone: Stay, others: Sequence[Stay]) -> bool:
    """Whether anything is left of a day one of whose stays was taken back."""
    if any(each.work_date == gone.work_date for each in others):
        return True
    return Punch.objects.counting().filter(employee_id=employee_id, work_date=gone.work_date).exists()


def _hold(employee_id: UUID, at: datetime, *, allow_retro: bool) -> Ground:
    """Lock the person; the gate of period locks comes first, as whoever closes days expects."""
    if not allow_retro:
        locks.pass_gate()
    lock(employee_id)
    return ground_of(employee_id, at)


def hold_stay(attendance_id: UUID, *, allow_retro: bool) -> tuple[Attendance, Ground]:
    """A stored stay and what stands around it, the person being locked. Raises NotFound."""
    found = Attendance.objects.alive().filter(pk=attendance_id).values_list("employee_id", "clock_in").first()
    if found is None:
        raise NotFound("This attendance does not exist.", code="not_found")
    ground = _hold(found[0], found[1], allow_retro=allow_retro)
    row = Attendance.objects.for_the_wire().filter(pk=attendance_id, deleted_at=None).first()
    if row is None:
        raise NotFound("This attendance does not exist.", code="not_found")
    return row, ground


def present(ground: Ground, row: Attendance) -> Stay:
    """A stored row as the rules read it. Raises NotFound when it was taken back meanwhile."""
    stay = ground.stay(row.pk)
    if stay is None:
        raise NotFound("This attendance does not exist.", code="not_found")
    return stay


def check(ground: Ground, stay: Stay, days: Iterable[date], *, allow_retro: bool) -> None:
    """Refuse what would overlap, change a locked day (Conflict), or last longer than any shift (Invalid)."""
    if stay.end_at is not None and stay.end_at - stay.start_at > LONGEST:
        raise Invalid.field("clock_out", "An attendance lasts at most three days. Check both dates.", code="too_long")
    if not allow_retro:
        locks.ensure_open(ground.employee_id, days, "This attendance")
    in_the_way = overlapping(stay, ground.stays)
    if in_the_way is not None:
        refuse(Refusal.OVERLAPS, in_the_way)


def _let_older_go(ground: Ground, punch: Presented) -> Ground:
    """The ground with a stay left open on an earlier day made unfinished: whoever pairs by days waits for no end there."""
    older = ground.open_stay
    if older is None or older.id is None or older.began_on >= ground.today(punch.at, punch.zone):
        return ground
    left = as_unfinished(older)
    Attendance.objects.filter(pk=older.id).update(
        is_unfinished=True, flags=sorted(left.flags), updated_at=punch.received_at
    )
    stays = tuple(left if stay.id == left.id else stay for stay in ground.stays)
    writing = OneStatement()
    day_rows.write(writing, ground, stays, {left.work_date}, punch.received_at)
    writing.run()
    return replace(ground, stays=stays)


def _stay_told(ground: Ground, punch: Presented, out: Presented | None, breaks: Sequence[BreakValue]) -> Stay:
    zone = punch.zone or ground.zone
    stay = Stay(
        start_at=punch.at,
        end_at=None,
        work_date=punch.work_date or work_date_of(punch.at, None, zone, ground.attribution),
        zone=zone,
        id=new_id(),
        door=punch.door,
        client_id=punch.client_id,
        breaks=tuple(breaks),
        comment=punch.comment,
        in_punch_id=new_id(),
    )
    if out is None:
        is_last = all(each.start_at < stay.start_at and not each.is_open for each in ground.stays)
        return stay if is_last else as_unfinished(stay)
    if out.at <= punch.at:
        refuse(Refusal.NOT_AFTER_START, stay)
    closed = replace(ended(stay, out.at, ground.attribution), out_punch_id=new_id())
    return closed if punch.work_date is None else replace(closed, work_date=punch.work_date)


def _insert(ground: Ground, stay: Stay, punch: Presented, out: Presented | None, reason: str) -> Attendance:
    told = [(punch, PunchKind.IN, stay.in_punch_id), *([(out, PunchKind.OUT, stay.out_punch_id)] if out else [])]
    logged = []
    for presented, kind, punch_id in told:
        logged.append(
            punch_of(
                presented, kind, employee_id=ground.employee_id, zone=presented.zone or stay.zone,
                work_date=stay.work_date, id=punch_id, reason=reason[:255],
            )
        )  # fmt: skip
        write_punch(logged[-1])
    row = new_attendance(stay, logged[0], punch.received_at)
    row.save(force_insert=True)
    Break.objects.bulk_create(break_rows(row, stay.breaks))
    finish(ground, [*ground.stays, stay], {stay.work_date}, punch, row, "attendance.recorded", reason)
    return row


def replacement(old: Punch, by: Presented, at: datetime, reason: str, *, is_void: bool) -> Punch:
    """A punch in the place of another: it keeps where and how, and says who changed it.

    What the device showed then (position, photo) is shown on; the old row stays as it was, and so does its address.
    """
    seen = None if is_void else getattr(old, "evidence", None)
    shown = {name: getattr(seen, name) for name in _SHOWN_ON} if seen else {}
    told = replace(by, at=at, client_id=None, client_at=None, **shown)
    return punch_of(
        told,
        PunchKind(old.kind),
        employee_id=old.employee_id,
        zone=old.timezone,
        work_date=old.work_date,
        source=old.source,
        site_id=old.site_id,
        time_clock_id=old.time_clock_id,
        work_job_id=old.work_job_id,
        shift_ref=old.shift_ref,
        comment=by.comment or old.comment,
        supersedes_id=old.pk,
        is_void=is_void,
        reason=reason[:255],
    )


def break_rows(row: Attendance, breaks: Iterable[BreakValue]) -> list[Break]:
    """Breaks to store with a stay. Raises Invalid for one that lies outside of it."""
    rows = []
    for pause in breaks:
        end = row.clock_out
        if pause.start_at < row.clock_in or (end and (pause.end_at is None or pause.end_at > end)):
            raise Invalid.field("breaks", "A break must lie inside its attendance.", code="outside")
        rows.append(
            Break(
                id=pause.id or new_id(),
                attendance=row,
                start_at=pause.start_at,
                end_at=pause.end_at,
                is_paid=pause.is_paid,
            )
        )
    return rows


def write_punch(punch: Punch) -> None:
    """A punch and its evidence."""
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    writing.run()


def finish(
    ground: Ground,
    stays: Sequence[Stay],
    days: set[date],
    by: Presented,
    row: Attendance,
    action: str,
    reason: str,
    *,
    is_emptied: bool = False,
) -> None:
    """The days as they now are, and the activity entry."""
    writing = OneStatement()
    day_rows.write(writing, ground, stays, days, by.received_at, door=by.door, is_emptied=is_emptied)
    meta: dict[str, Any] = {"employee_id": str(ground.employee_id), "door": by.door.value}
    if reason:
        meta["reason"] = reason
    writing.insert(
        activity.entry(
            action=action,
            resource_type="attendance",
            resource_id=row.pk,
            by=by.made_by,
            meta=meta,
            at=by.received_at,
        )
    )
    writing.run()
