"""What the days of many people are computed from, as it stands: what their stored days keep, zones, stays and breaks.

A constant number of prepared statements, whatever the number of people and days. One person's, for one punch, is read
in `ground`; what a day asks of people is read in hr.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from attendance.rules.punches import Break
from peoplesync.core import prepared

_SEEN = """
    SELECT employee_id, work_date, policy, approved_overtime_seconds, updated_at, exceptions FROM attendance_daysummary
    WHERE employee_id = ANY(%s::uuid[]) AND work_date BETWEEN %s AND %s
"""
_ZONES = "SELECT id, timezone FROM hr_employee WHERE id = ANY(%s::uuid[])"
_PAID_BREAKS = """
    SELECT employee_id, work_date, id, start_at, end_at FROM attendance_standalonebreak
    WHERE employee_id = ANY(%s::uuid[]) AND work_date BETWEEN %s AND %s AND is_paid ORDER BY start_at
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stored day keeps when it is computed again, and when the row that was read had been written (UTC)."""

    policy: str
    approved_overtime_seconds: int | None
    updated_at: datetime
    exceptions: Collection[str]


def seen_days(employee_ids: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], Seen]:
    """The days of these people that have rows, from `first` to `last`."""
    rows = prepared.rows(_SEEN, [list(employee_ids), first, last])
    return {(row[0], row[1]): Seen(*row[2:]) for row in rows}


def zones_of(employee_ids: Collection[UUID]) -> dict[UUID, str]:
    """The zones of these people's own; empty for whoever works in the organisation's."""
    return {row[0]: row[1] for row in prepared.rows(_ZONES, [list(employee_ids)])}


def paid_breaks(employee_ids: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], list[Break]]:
    """The paid breaks that lie in no stay, by person and work date."""
    found: dict[tuple[UUID, date], list[Break]] = defaultdict(list)
    rows = prepared.rows(_PAID_BREAKS, [list(employee_ids), first, last])
    for employee_id, day, pk, start_at, end_at in rows:
        found[employee_id, day].append(Break(start_at, end_at, True, pk))
    return found
