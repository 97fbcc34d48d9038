"""What offline records of many people meet: who the people are, what their devices told before, and their stays.

A constant number of statements, whatever the number of people and records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from attendance.models import Attendance, Punch
from attendance.rules.offline import OfflineRecord
from attendance.rules.punches import Door, EndReason, PunchKind, Stay
from attendance.selectors.stays import breaks_of, stay_of

#: Records and stays that began this long before the earliest arriving record may still meet it.
LOOKING_BACK = timedelta(days=4)
_LOCK = """
SELECT id, timezone, hired_at, ended_on FROM hr_employee
WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class Person:
    """`zone` is empty for whoever works in the organisation's zone."""

    zone: str
    hired_on: date | None
    ended_on: date | None


@dataclass(slots=True)
class Known:
    """What is known of one person from the horizon on.

    `records` by client id; `voided` are client ids whose stay was taken back; `stored` the stays made by offline
    records alone, `live` all others: nothing a device sends later moves those.
    """

    records: dict[str, OfflineRecord] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    live: list[Stay] = field(default_factory=list)
    stored: list[Stay] = field(default_factory=list)


def lock_people(employee_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Hold these people in the order of their ids until the transaction ends; unknown and deleted ones are missing."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(employee_ids)])
        return {row[0]: Person(row[1], row[2], row[3]) for row in cursor.fetchall()}


def known_of(arriving: Mapping[UUID, Collection[tuple[str, datetime]]]) -> dict[UUID, Known]:
    """What is known of the people of a batch: per person the arriving client ids with their start (UTC)."""
    people = list(arriving)
    ids = {client_id for records in arriving.values() for client_id, _ in records}
    starts = [start for records in arriving.values() for _, start in records]
    told = _told(people, Q(client_id__in=ids))
    starts += [row["at"] for row in told if row["kind"] == PunchKind.IN]
    horizon = min(starts) - LOOKING_BACK
    told += _told(people, Q(at__gte=horizon))
    found: dict[UUID, Known] = defaultdict(Known)
    _add_records(found, told)
    _add_stays(found, people, horizon)
    return found


def _told(people: Collection[UUID], which: Q) -> list[dict[str, Any]]:
    """Offline punches with the device's id, and whether they were taken back."""
    voids = Punch.objects.filter(supersedes=OuterRef("pk"), is_void=True)
    mine = Punch.objects.filter(which, employee_id__in=people, door=Door.OFFLINE.value, client_id__isnull=False)
    rows = mine.annotate(was_voided=Exists(voids)).order_by("kind")
    return [dict(row) for row in rows.values("id", "employee_id", "client_id", "kind", "at", "timezone", "was_voided")]


def _add_records(found: dict[UUID, Known], told: Iterable[dict[str, Any]]) -> None:
    ends = {(row["employee_id"], row["client_id"]): row for row in told if row["kind"] == PunchKind.OUT}
    for row in told:
        if row["kind"] != PunchKind.IN:
            continue
        known = found[row["employee_id"]]
        if row["was_voided"]:
            known.voided.add(row["client_id"])
            continue
        end = ends.get((row["employee_id"], row["client_id"]))
        known.records[row["client_id"]] = OfflineRecord(
            row["client_id"],
            row["at"],
            end["at"] if end else None,
            row["timezone"],
            in_punch_id=row["id"],
            out_punch_id=end["id"] if end else None,
        )


def _add_stays(found: dict[UUID, Known], people: Collection[UUID], horizon: datetime) -> None:
    reaches = Q(clock_in__gte=horizon) | Q(clock_out__gt=horizon) | Q(clock_out=None, is_unfinished=False)
    rows = list(
        Attendance.objects.alive()
        .filter(reaches, employee_id__in=people)
        .select_related("out_punch")
        .order_by("clock_in")
    )
    pauses = breaks_of(rows)
    for row in rows:
        known = found[row.employee_id]
        stay = stay_of(row, pauses.get(row.pk, ()))
        (known.stored if row.clock_in >= horizon and _is_of_devices_alone(row) else known.live).append(stay)


def _is_of_devices_alone(row: Attendance) -> bool:
    """Whether only offline records made this stay: no live punch and no correction touched it."""
    ended_by_device = row.out_punch is None or row.out_punch.door == Door.OFFLINE.value
    was_corrected = row.reason == EndReason.CORRECTED.value
    return row.door == Door.OFFLINE.value and bool(row.client_id) and ended_by_device and not was_corrected
