"""Telling people that an offline record of theirs, once accepted, gave way to another one that begins earlier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from attendance.rules.offline import Settlement
from attendance.rules.punches import Stay
from hr.models import User
from peoplesync.core.services import notifications
from peoplesync.core.services.notifications import Note
from peoplesync.kernel.dates import zone


def tell(settled: Mapping[UUID, Settlement], at: datetime) -> None:
    """One message for each stay that went; a constant number of statements, none where nothing did."""
    gone = {who: stays for who, each in settled.items() if (stays := _displaced(each))}
    if not gone:
        return
    users: dict[UUID, list[UUID]] = defaultdict(list)
    found = User.objects.alive().filter(employee__in=list(gone), is_active=True)
    for employee_id, user_id in found.values_list("employee", "pk"):
        users[employee_id].append(user_id)
    notes = [_note(user_id, stay) for who, stays in gone.items() for stay in stays for user_id in users[who]]
    notifications.send_all(notes=notes, at=at)


def _displaced(settlement: Settlement) -> list[Stay]:
    uncounted = {standing.client_id for standing in settlement.standings if not standing.is_counted}
    return [stay for stay in settlement.pairing.removed if stay.client_id in uncounted]


def _note(user_id: UUID, stay: Stay) -> Note:
    place = zone(stay.zone)
    end = f" to {stay.end_at.astimezone(place):%H:%M}" if stay.end_at else ""
    span = f"{stay.start_at.astimezone(place):%Y-%m-%d %H:%M}{end}"
    return Note(
        user_id,
        "An offline attendance no longer counts",
        f"Your attendance of {span} overlaps with another offline record that begins earlier and was sent later; that "
        "one counts. Ask for a correction if that is wrong.",
        event_key=f"attendance:{stay.id}:displaced",
    )
