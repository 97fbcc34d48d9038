"""Stored stays as the rules read them, with their breaks: of many people at once, in one prepared statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from attendance.models import Attendance, Break
from attendance.rules.punches import Break as BreakValue
from attendance.rules.punches import Door, EndReason, Stay, StayFlag
from peoplesync.core import prepared

#: The person and the stay `a`, as `stay_of_row` reads them. Instants come bare, in UTC: many times quicker to read.
COLUMNS = """
    a.employee_id, a.id, a.clock_in AT TIME ZONE 'UTC', a.clock_out AT TIME ZONE 'UTC', a.work_date, a.timezone, a.door,
    a.is_unfinished, a.flags, a.reason, a.client_id, a.comment, a.in_punch_id, a.out_punch_id,
    (SELECT json_agg(json_build_array(b.id, b.start_at, b.end_at, b.is_paid) ORDER BY b.start_at)
     FROM attendance_break b WHERE b.attendance_id = a.id)
"""
_OF_DAYS = f"""
    SELECT {COLUMNS} FROM attendance_attendance a
    WHERE a.employee_id = ANY(%s::uuid[]) AND a.work_date BETWEEN %s AND %s AND a.deleted_at IS NULL
    ORDER BY a.clock_in
"""  # noqa: S608 joined from constants; every value is bound
_NO_FLAGS: frozenset[StayFlag] = frozenset()


def of_days(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Stay]]:
    """The stays of these work dates, both inside, by person and ascending, with their breaks: one statement."""
    found: dict[UUID, list[Stay]] = defaultdict(list)
    for row in prepared.rows(_OF_DAYS, [list(employee_ids), first, last]):
        found[row[0]].append(stay_of_row(row))
    return found


def stay_of_row(row: Sequence[Any]) -> Stay:
    """A row of `COLUMNS` as the rules read it; what follows them in the row is not looked at."""
    start_at, end_at, flags, reason, pauses = row[2], row[3], row[8], row[9], row[14]
    return Stay(
        start_at.replace(tzinfo=UTC),
        None if end_at is None else end_at.replace(tzinfo=UTC),
        row[4],
        row[5],
        row[1],
        Door(row[6]),
        row[7],
        frozenset(map(StayFlag, flags)) if flags else _NO_FLAGS,
        EndReason(reason) if reason else None,
        row[10],
        tuple(break_of_json(each) for each in pauses or ()),
        row[11],
        row[12],
        row[13],
    )


def break_of_json(row: Sequence[Any]) -> BreakValue:
    """A break that came through JSON inside a larger statement: id, start, end, whether it is paid."""
    pause_id, start, end, is_paid = row
    return BreakValue(
        datetime.fromisoformat(start), None if end is None else datetime.fromisoformat(end), is_paid, UUID(pause_id)
    )


def stay_of(row: Attendance, breaks: Iterable[Break] = ()) -> Stay:
    """A stored stay as the rules read it."""
    return Stay(
        start_at=row.clock_in,
        end_at=row.clock_out,
        work_date=row.work_date,
        zone=row.timezone,
        id=row.pk,
        door=Door(row.door),
        is_unfinished=row.is_unfinished,
        flags=frozenset(StayFlag(flag) for flag in row.flags),
        reason=EndReason(row.reason) if row.reason else None,
        client_id=row.client_id,
        breaks=tuple(BreakValue(each.start_at, each.end_at, each.is_paid, each.pk) for each in breaks),
        comment=row.comment,
        in_punch_id=row.in_punch_id,
        out_punch_id=row.out_punch_id,
    )


def breaks_of(rows: Iterable[Attendance]) -> dict[UUID, list[Break]]:
    """The breaks of these stays, by stay, in one statement."""
    found: dict[UUID, list[Break]] = defaultdict(list)
    for pause in Break.objects.filter(attendance__in=list(rows)).order_by("start_at"):
        found[pause.attendance_id].append(pause)
    return found
