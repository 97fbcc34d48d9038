"""Changing a stored stay: what vendors' update calls, corrections and staff do. Its id stays; changed times supersede."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from attendance.models import Attendance, Break, Punch
from attendance.rules.pairing import END_FLAGS
from attendance.rules.punches import Break as BreakValue
from attendance.rules.punches import EndReason, PunchKind, Refusal, Stay
from attendance.rules.work_dates import as_unfinished, ended, work_date_of
from attendance.selectors.ground import Ground
from attendance.services.pairs import break_rows, check, finish, hold_stay, present, replacement, write_punch
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import SETTLED, apply, punch_of


class Keep(Enum):
    """Marks what a change leaves as it is; None would take it away."""

    AS_IS = 0


KEEP = Keep.AS_IS


def change(
    *,
    attendance_id: UUID,
    by: Presented,
    clock_in: datetime | Keep = KEEP,
    clock_out: datetime | Keep | None = KEEP,
    breaks: Sequence[BreakValue] | Keep = KEEP,
    comment: str | Keep = KEEP,
    work_job_id: UUID | Keep | None = KEEP,
    reason: str = "",
    allow_retro: bool = False,
) -> Attendance:
    """Change a stored stay; its id stays. `by` says who, through which door and when (its `at` is not used).

    Changed times become punches that supersede the old ones. Raises as `record` does.
    """
    with one_act():
        row, ground = hold_stay(attendance_id, allow_retro=allow_retro)
        before = present(ground, row)
        after = _changed(before, ground, clock_in, clock_out, breaks)
        check(ground, after, [before.work_date, after.work_date], allow_retro=allow_retro)
        after = _supersede(row, before, after, by, reason)
        _describe(row, comment, work_job_id)
        return _store(ground, row, before, after, by, "attendance.changed")


def _changed(
    before: Stay,
    ground: Ground,
    clock_in: datetime | Keep,
    clock_out: datetime | Keep | None,
    breaks: Sequence[BreakValue] | Keep,
) -> Stay:
    start = before.start_at if isinstance(clock_in, Keep) else clock_in
    end = before.end_at if isinstance(clock_out, Keep) else clock_out
    paused = before.breaks if isinstance(breaks, Keep) else tuple(breaks)
    if end is not None and end <= start:
        refuse(Refusal.NOT_AFTER_START, before)
    moved = replace(
        before,
        start_at=start,
        end_at=None,
        is_unfinished=False,
        work_date=work_date_of(start, None, before.zone, ground.attribution),
        breaks=paused,
        flags=before.flags - END_FLAGS,
        reason=None,
    )
    if end is not None:
        return replace(ended(moved, end, ground.attribution), reason=EndReason.CORRECTED)
    later = any(each.start_at > moved.start_at or each.is_open for each in ground.stays if each.id != before.id)
    return as_unfinished(moved) if later or before.is_unfinished else moved


def _supersede(row: Attendance, before: Stay, after: Stay, by: Presented, reason: str) -> Stay:
    """Log what changed about the two ends; the stay with the ids of the punches that bound it now."""
    stored = Punch.objects.select_related("evidence").in_bulk([i for i in (row.in_punch_id, row.out_punch_id) if i])
    if after.start_at != before.start_at:
        old = stored.get(row.in_punch_id) if row.in_punch_id else None
        after = replace(after, in_punch_id=_log_end(row, after, by, PunchKind.IN, after.start_at, old, reason))
    if after.end_at is None:
        if row.out_punch_id and (old := stored.get(row.out_punch_id)):
            write_punch(replacement(old, by, old.at, reason, is_void=True))
        return replace(after, out_punch_id=None)
    if after.end_at != before.end_at:
        old = stored.get(row.out_punch_id) if row.out_punch_id else None
        after = replace(after, out_punch_id=_log_end(row, after, by, PunchKind.OUT, after.end_at, old, reason))
    return after


def _log_end(
    row: Attendance, stay: Stay, by: Presented, kind: PunchKind, at: datetime, old: Punch | None, reason: str
) -> UUID:
    if old is not None:
        punch = replacement(old, by, at, reason, is_void=False)
    else:
        told = replace(by, at=at, client_id=None)
        punch = punch_of(
            told, kind, employee_id=row.employee_id, zone=row.timezone, work_date=stay.work_date, reason=reason
        )
    punch.work_date = stay.work_date
    write_punch(punch)
    if kind == PunchKind.IN:
        row.in_punch = punch
    return UUID(str(punch.pk))


def _describe(row: Attendance, comment: str | Keep, work_job_id: UUID | Keep | None) -> None:
    if not isinstance(comment, Keep):
        row.comment = comment
    if not isinstance(work_job_id, Keep):
        row.work_job_id = work_job_id


def _store(ground: Ground, row: Attendance, before: Stay, after: Stay, by: Presented, action: str) -> Attendance:
    apply(row, after, by.received_at)
    row.save(update_fields=[*SETTLED, "comment", "work_job"])
    if after.breaks != before.breaks:
        Break.objects.filter(attendance=row).delete()
        Break.objects.bulk_create(break_rows(row, after.breaks))
    stays = [*(each for each in ground.stays if each.id != after.id), after]
    finish(ground, stays, {before.work_date, after.work_date}, by, row, action, "")
    return row
