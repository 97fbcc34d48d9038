"""Stored stays as the rules read them, with their breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from attendance.models import Attendance, Break, StandaloneBreak
from attendance.rules.punches import Break as BreakValue
from attendance.rules.punches import Door, EndReason, Stay, StayFlag


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


def paid_breaks_between(
    employee_ids: Collection[UUID], first: date, last: date
) -> dict[tuple[UUID, date], list[BreakValue]]:
    """The paid breaks that lie in no stay, by person and work date, in one statement."""
    rows = StandaloneBreak.objects.filter(
        employee_id__in=list(employee_ids), work_date__range=(first, last), is_paid=True
    )
    found: dict[tuple[UUID, date], list[BreakValue]] = defaultdict(list)
    for row in rows.order_by("start_at"):
        found[row.employee_id, row.work_date].append(BreakValue(row.start_at, row.end_at, True, row.pk))
    return found
