"""Between the rules' values and the rows that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from attendance.models import Attendance, Punch, SyncStatus, Verdict
from attendance.rules.punches import Door, Fact, PunchKind, Stay
from attendance.services.presented import Presented
from peoplesync.core.models import new_id

#: The columns a rule may change in a stored stay.
SETTLED = (
    "clock_in",
    "clock_out",
    "work_date",
    "is_unfinished",
    "flags",
    "reason",
    "in_punch",
    "out_punch",
    "updated_at",
)


def punch_of(
    presented: Presented, kind: PunchKind, *, employee_id: UUID, zone: str, work_date: date, **more: Any
) -> Punch:
    """The log's row of a presented punch, with its evidence beside it, not yet stored."""
    columns: dict[str, Any] = {
        "id": new_id(),
        "created_at": presented.received_at,
        "employee_id": employee_id,
        "kind": kind.value,
        "at": presented.at,
        "timezone": zone,
        "work_date": work_date,
        "door": presented.door.value,
        "source": presented.source,
        "made_by_id": presented.made_by_id,
        "client_id": presented.client_id,
        "client_at": presented.client_at,
        "received_at": presented.received_at,
        "comment": presented.comment,
        "verdict": Verdict.ACCEPT,
        "site_id": presented.site_id,
        "time_clock_id": presented.time_clock_id,
        "work_job_id": presented.work_job_id,
        "shift_ref": presented.shift_ref,
        "is_overnight": presented.is_overnight,
    }
    punch = Punch(**{**columns, **more})
    evidence = presented.evidence()
    evidence.punch = punch
    punch.evidence = evidence
    return punch


def fact_of(punch: Punch, kind: PunchKind | None = None) -> Fact:
    """A logged punch as the rules read it."""
    return Fact(
        kind=kind or PunchKind(punch.kind),
        at=punch.at,
        zone=punch.timezone,
        door=Door(punch.door),
        id=punch.pk,
        client_id=punch.client_id,
        is_overnight=punch.is_overnight,
    )


def new_attendance(stay: Stay, punch: Punch, at: datetime) -> Attendance:
    """The row of a stay that is not stored yet, with what its in punch says; written at `at`."""
    row = Attendance(**new_columns(stay, punch, at))
    row.in_punch = punch
    return row


@dataclass(frozen=True, slots=True)
class Origin:
    """What a stay takes over from its in punch, where the punch itself is not at hand."""

    employee_id: UUID
    source: str
    client_id: str | None
    comment: str = ""
    time_clock_id: UUID | None = None
    work_job_id: UUID | None = None
    shift_ref: str = ""


def new_columns(stay: Stay, punch: Punch | Origin, at: datetime) -> dict[str, Any]:
    """Every column of the row of a stay that is not stored yet."""
    return {
        "id": stay.id or new_id(),
        "created_at": at,
        "deleted_at": None,
        "employee_id": punch.employee_id,
        "timezone": stay.zone,
        "door": stay.door.value,
        "source": punch.source,
        "sync_status": SyncStatus.SYNCED.value,
        "comment": stay.comment or punch.comment,
        "client_id": stay.client_id or punch.client_id,
        "time_clock_id": punch.time_clock_id,
        "work_job_id": punch.work_job_id,
        "shift_ref": punch.shift_ref,
        **settled(stay, at),
    }


def settled(stay: Stay, at: datetime) -> dict[str, Any]:
    """What a rule decides about a stay, as columns."""
    return {
        "clock_in": stay.start_at,
        "clock_out": stay.end_at,
        "work_date": stay.work_date,
        "is_unfinished": stay.is_unfinished,
        "flags": sorted(flag.value for flag in stay.flags),
        "reason": stay.reason.value if stay.reason else "",
        "in_punch_id": stay.in_punch_id,
        "out_punch_id": stay.out_punch_id,
        "updated_at": at,
    }


def apply(row: Attendance, stay: Stay, at: datetime) -> Attendance:
    """Bring a stored row to what the rules say now."""
    for name, value in settled(stay, at).items():
        setattr(row, name, value)
    return row
