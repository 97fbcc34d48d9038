"""Storing what a pairing changed: stays added, changed and removed, with their breaks, and the days they touch.

The exclusion constraint is checked row by row, so whatever changes is parked first (as deleted rows it occupies
nothing) and brought back in its new place; ids are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from attendance.models import Attendance, Break, Punch
from attendance.rules.pairing import Pairing
from attendance.rules.punches import Door, Stay
from attendance.selectors.ground import Ground
from attendance.services import day_rows
from attendance.services.one_statement import OneStatement
from attendance.services.rows import SETTLED, apply, new_attendance
from peoplesync.core import copying
from peoplesync.core.models import new_id


def store(
    ground: Ground,
    pairing: Pairing,
    punches: Mapping[UUID, Punch],
    at: datetime,
    *,
    door: Door | None = None,
    extra_days: Iterable[date] = (),
) -> list[Attendance]:
    """Write one person's pairing and compute the days it touches; the rows of added and changed stays.

    `punches` must hold the in punch of every added stay.
    """
    before = {stay.id: stay for stay in ground.stays}
    added = [replace(stay, id=new_id()) for stay in pairing.added]
    pairing = replace(pairing, added=tuple(added))
    changed = move_stays([pairing], before, at)
    new = [new_attendance(stay, punches[begin_of(stay)], at) for stay in added]
    copying.new(Attendance, new)
    kept = [stay for stay in pairing.stays if stay.id is not None]
    _compute_days(ground, [*kept, *added], pairing, before, at, door, extra_days)
    return changed + new


def move_stays(pairings: Iterable[Pairing], before: Mapping[UUID | None, Stay], at: datetime) -> list[Attendance]:
    """Write what pairings of many people changed and removed, before anything new is added; the changed rows.

    A constant number of statements.
    """
    told = [pairing for pairing in pairings if not pairing.is_unchanged]
    touched = [stay.id for pairing in told for stay in (*pairing.changed, *pairing.removed) if stay.id]
    if touched:
        Attendance.objects.filter(pk__in=touched).update(deleted_at=at, updated_at=at)
    return _changed([stay for pairing in told for stay in pairing.changed], before, at)


def begin_of(stay: Stay) -> UUID:
    """The punch a new stay begins with. Raises LookupError for one that names none: a mistake of the rules."""
    if stay.in_punch_id is None:
        raise LookupError("a new stay must name the punch it begins with")
    return stay.in_punch_id


def _changed(stays: Sequence[Stay], before: Mapping[UUID | None, Stay], at: datetime) -> list[Attendance]:
    if not stays:
        return []
    stored = Attendance.objects.for_the_wire().in_bulk([stay.id for stay in stays if stay.id])
    rows = []
    for stay in stays:
        row = apply(stored[stay.id], stay, at)
        row.deleted_at = None
        rows.append(row)
    Attendance.objects.bulk_update(rows, [*SETTLED, "deleted_at"])
    for stay in stays:
        save_breaks(stay, before.get(stay.id), at)
    return rows


def save_breaks(stay: Stay, before: Stay | None, at: datetime) -> None:
    """Bring a stay's stored breaks to what the rules say: running ones ended, cut ones cut, lost ones gone."""
    known = {pause.id: pause for pause in (before.breaks if before else ()) if pause.id is not None}
    wanted = {pause.id for pause in stay.breaks}
    lost = [pause_id for pause_id in known if pause_id not in wanted]
    if lost:
        Break.objects.filter(pk__in=lost).delete()
    for pause in stay.breaks:
        if pause.id is None and stay.id is not None:
            Break.objects.create(
                attendance_id=stay.id, start_at=pause.start_at, end_at=pause.end_at, is_paid=pause.is_paid
            )
        elif pause.id is not None and pause != known.get(pause.id):
            Break.objects.filter(pk=pause.id).update(end_at=pause.end_at, updated_at=at)


def _compute_days(
    ground: Ground,
    stays: Sequence[Stay],
    pairing: Pairing,
    before: Mapping[UUID | None, Stay],
    at: datetime,
    door: Door | None,
    extra_days: Iterable[date],
) -> None:
    """The days of everything that was added, changed or removed, from the stays as they now are."""
    moved = {stay.id for stay in (*pairing.changed, *pairing.removed)}
    days = {stay.work_date for stay in stays if stay.id in moved or stay.id not in before}
    days |= {before[stay_id].work_date for stay_id in moved if stay_id in before}
    days |= {day for stay in pairing.removed for day in (stay.work_date,)} | set(extra_days)
    present = {stay.id: stay for stay in ground.stays if stay.id not in moved}
    now = [*(stay for stay in present.values() if stay.id not in {each.id for each in stays}), *stays]
    if not days:
        return
    writing = OneStatement()
    day_rows.write(writing, ground, now, days, at, door=door)
    writing.run()
