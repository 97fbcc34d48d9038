"""What offline records of many people meet: who the people are, what their devices told before, and their stays.

A constant number of statements, whatever the number of people and records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from attendance.rules.evidence import Position, Site, SitePolicy
from attendance.rules.offline_records import OfflineRecord
from attendance.rules.punches import Door, EndReason, PunchKind, Stay
from attendance.rules.work_dates import LONGEST
from attendance.selectors import stays
from hr.selectors import work_sites
from peoplesync.core import prepared

#: Records and stays that began this long before a person's earliest arriving record may still meet it, or share a day
#: with what does.
LOOKING_BACK = 2 * LONGEST
_LOCK = """
SELECT id, timezone, hired_at, ended_on FROM hr_employee
WHERE id = ANY(%s::uuid[]) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE
"""
#: Offline punches with the device's id, and whether they were taken back. Instants come bare, in UTC.
_TOLD = f"""
SELECT told.* FROM unnest(%s::uuid[], %s::{{asked}}[]) AS asked (employee_id, about) CROSS JOIN LATERAL (
    SELECT p.id, p.employee_id, p.client_id, p.kind, p.at AT TIME ZONE 'UTC', p.timezone,
        EXISTS (SELECT FROM attendance_punch void WHERE void.supersedes_id = p.id AND void.is_void)
    FROM attendance_punch p
    WHERE p.employee_id = asked.employee_id AND {{which}} AND p.door = '{Door.OFFLINE}' OFFSET 0
) told
"""  # noqa: S608 joined from constants; every value is bound
#: `OFFSET 0` holds each person to her own few rows by index: a plan made for a small table is kept as it grows.
_TOLD_BEFORE = _TOLD.format(asked="text", which="p.client_id = asked.about")
_TOLD_SINCE = _TOLD.format(asked="timestamptz", which="p.at >= asked.about AND p.client_id IS NOT NULL")
_STAYS_SINCE = f"""
SELECT {stays.COLUMNS}, a.clock_in >= asked.since AND a.door = '{Door.OFFLINE}' AND a.client_id <> ''
    AND a.reason <> '{EndReason.CORRECTED}'
    AND (a.out_punch_id IS NULL OR ending.door = '{Door.OFFLINE}') AS is_of_devices_alone
FROM unnest(%s::uuid[], %s::timestamptz[]) AS asked (employee_id, since) CROSS JOIN LATERAL (
    SELECT * FROM attendance_attendance
    WHERE employee_id = asked.employee_id AND deleted_at IS NULL
        AND clock_in >= asked.since - interval '{LONGEST.days} days'
        AND (clock_in >= asked.since OR clock_out > asked.since)
    UNION ALL
    SELECT * FROM attendance_attendance
    WHERE employee_id = asked.employee_id AND deleted_at IS NULL
        AND clock_out IS NULL AND NOT is_unfinished AND clock_in < asked.since
) a
LEFT JOIN attendance_punch ending ON ending.id = a.out_punch_id
ORDER BY a.clock_in
"""  # noqa: S608 joined from constants; every value is bound


@dataclass(frozen=True, slots=True)
class Person:
    """`zone` is empty for whoever works in the organisation's zone."""

    zone: str
    hired_on: date | None
    ended_on: date | None


@dataclass(slots=True)
class Known:
    """What is known of one person from `since` on.

    `records` by client id; `voided` are client ids whose stay was taken back; `stored` the stays made by offline
    records alone, `live` all others: nothing a device sends later moves those.
    """

    since: datetime
    records: dict[str, OfflineRecord] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    live: list[Stay] = field(default_factory=list)
    stored: list[Stay] = field(default_factory=list)


def lock_people(employee_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Hold these people in the order of their ids until the transaction ends; unknown and deleted ones are missing."""
    return {row[0]: Person(row[1], row[2], row[3]) for row in prepared.rows(_LOCK, [list(employee_ids)])}


def sites_of(employee_ids: Collection[UUID]) -> dict[UUID, tuple[Site, ...]]:
    """The sites that punches of these people are measured against."""
    made: dict[UUID, Site] = {}
    found = {}
    for who, circles in work_sites.circles_by_employee(employee_ids).items():
        for each in circles:
            if each.site_id not in made:
                place = Position(each.latitude, each.longitude)
                made[each.site_id] = Site(place, each.radius_metres, SitePolicy(each.policy), each.site_id)
        found[who] = tuple(made[each.site_id] for each in circles)
    return found


def known_of(arriving: Mapping[UUID, Collection[tuple[str, datetime]]]) -> dict[UUID, Known]:
    """What is known of the people of a batch: per person the arriving client ids with their start (UTC).

    Of each person from her own earliest record on: one phone that lay in a drawer for a year costs the others nothing.
    """
    pairs = [(who, client_id) for who, records in arriving.items() for client_id, _ in records]
    told = _rows(_TOLD_BEFORE, pairs)
    starts = {who: min(start for _, start in records) for who, records in arriving.items()}
    for _, who, _, kind, at, *_ in told:
        if kind == PunchKind.IN:
            starts[who] = min(starts[who], at.replace(tzinfo=UTC))
    horizons = [(who, start - LOOKING_BACK) for who, start in starts.items()]
    told += _rows(_TOLD_SINCE, horizons)
    found = {who: Known(since) for who, since in horizons}
    _add_records(found, told)
    for row in _rows(_STAYS_SINCE, horizons):
        known = found[row[0]]
        (known.stored if row[-1] else known.live).append(stays.stay_of_row(row))
    return found


def _rows(statement: str, pairs: Sequence[tuple[UUID, Any]]) -> list[Any]:
    return prepared.rows(statement, [[who for who, _ in pairs], [asked for _, asked in pairs]])


def _add_records(found: Mapping[UUID, Known], told: Iterable[Sequence[Any]]) -> None:
    ends = {(who, client_id): (pk, at) for pk, who, client_id, kind, at, *_ in told if kind == PunchKind.OUT}
    for pk, who, client_id, kind, at, zone, was_voided in told:
        if kind != PunchKind.IN:
            continue
        if was_voided:
            found[who].voided.add(client_id)
            continue
        out_id, out_at = ends.get((who, client_id), (None, None))
        found[who].records[client_id] = OfflineRecord(
            client_id, at.replace(tzinfo=UTC), out_at and out_at.replace(tzinfo=UTC), zone, pk, out_id
        )
