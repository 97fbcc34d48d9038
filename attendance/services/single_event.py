"""An event that changes at most one stay, in one statement: what nearly every punch of a re-paired day does.

Pairings that move several stays need an order of writing and go through `pairings`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from attendance.models import Attendance, Punch
from attendance.rules.pairing import Pairing
from attendance.rules.punches import Door, Stay
from attendance.selectors.ground import Ground
from attendance.services import day_rows
from attendance.services.one_statement import OneStatement
from attendance.services.rows import SETTLED, apply, new_attendance
from peoplesync.core.models import ActivityLog, new_id


def fits(ground: Ground, pairing: Pairing, punch_id: UUID) -> bool:
    """Whether a pairing touches one stay at most, and no breaks of it; an added one must begin with the new punch."""
    if pairing.removed or len(pairing.added) + len(pairing.changed) > 1:
        return False
    if any(stay.in_punch_id != punch_id for stay in pairing.added):
        return False
    return all(_breaks_of(ground, stay) == stay.breaks for stay in pairing.changed)


def _breaks_of(ground: Ground, stay: Stay) -> object:
    before = ground.stay(stay.id) if stay.id else None
    return before.breaks if before else None


def days_of(ground: Ground, pairing: Pairing) -> set[date]:
    """The work dates of every stay a pairing touches, as they were and as they will be."""
    before = [stay for one in (*pairing.changed, *pairing.removed) if one.id and (stay := ground.stay(one.id))]
    return {stay.work_date for stay in (*pairing.added, *pairing.changed, *before)}


def write(ground: Ground, pairing: Pairing, punch: Punch, entry: ActivityLog) -> Attendance | None:
    """Punch, evidence, the stay, the days and the activity entry; the row of the stay, None when none changed."""
    at = punch.received_at
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    row, now = _stay(writing, pairing, punch)
    told = {stay.id for stay in now}
    stays = [*(stay for stay in ground.stays if stay.id not in told), *now]
    days = days_of(ground, pairing) | {punch.work_date}
    day_rows.write(writing, ground, stays, days, at, door=Door(punch.door))
    writing.insert(entry)
    writing.run()
    return row


def _stay(writing: OneStatement, pairing: Pairing, punch: Punch) -> tuple[Attendance | None, list[Stay]]:
    """The changed or added stay, added to the statement, and all stays as they will be."""
    stays = list(pairing.stays)
    for added in pairing.added:
        stored = replace(added, id=new_id())
        row = new_attendance(stored, punch, punch.received_at)
        writing.insert(row)
        return row, [stored if stay is added else stay for stay in stays]
    for changed in pairing.changed:
        row = apply(Attendance.objects.for_the_wire().get(pk=changed.id), changed, punch.received_at)
        if changed.out_punch_id == punch.pk:
            row.out_punch = punch
        writing.update(row, SETTLED)
        return row, stays
    return None, stays
