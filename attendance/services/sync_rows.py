"""Offline records as rows: the punches a chunk adds to the log, written by COPY, and the answers of its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.models import Punch, PunchEvidence, SyncRecord
from attendance.rules.client_time import TimeJudgement
from attendance.rules.offline import derived_client_id
from attendance.rules.punches import Door, PunchKind
from peoplesync.core import copying

_ANSWERED = """
    UPDATE attendance_syncrecord record
    SET state = told.state, code = told.code, reason = told.reason, attendance_id = told.attendance_id
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[])
        AS told (id, state, code, reason, attendance_id)
    WHERE record.id = told.id
"""
_COLUMNS = [str(column.attname) for column in Punch._meta.concrete_fields]
#: What every offline punch has in common.
_BLANK: dict[str, Any] = {
    **dict.fromkeys(_COLUMNS),
    "door": Door.OFFLINE.value,
    "comment": "",
    "shift_ref": "",
    "is_overnight": False,
    "is_void": False,
    "reason": "",
}
_EVIDENCE = ("punch", "lat", "lng", "location", "location_accuracy", "photo_url", "device_id", "reported_ip")


@dataclass(frozen=True, slots=True)
class Item:
    """One unanswered record: what it says, as instants in UTC."""

    record: SyncRecord
    employee_id: UUID
    in_at: datetime
    out_at: datetime | None

    @property
    def client_id(self) -> str:
        """The device's id, or one made of the in and the device."""
        given = self.record.client_id
        return given or derived_client_id(self.in_at, str(self.record.body.get("device_id") or "")[:200])


@dataclass(slots=True)
class Log:
    """The punches of a chunk, by id, received and sent as one; the evidence lies with the in."""

    received_at: datetime
    made_by_id: UUID | None
    punches: dict[UUID, Punch] = field(default_factory=dict)
    evidence: list[tuple[Any, ...]] = field(default_factory=list)

    def add(
        self, item: Item, kind: PunchKind, at: datetime, zone: str, day: date, judged: TimeJudgement, pk: UUID
    ) -> None:
        """One end of a record, judged by its times."""
        body = item.record.body
        values = {
            **_BLANK,
            "id": pk,
            "created_at": self.received_at,
            "employee_id": item.employee_id,
            "kind": kind.value,
            "at": at,
            "timezone": zone,
            "work_date": day,
            "source": body["source"],
            "made_by_id": self.made_by_id,
            "client_id": item.client_id,
            "client_at": at,
            "received_at": self.received_at,
            "verdict": judged.verdict.value,
            "signals": [{"name": reason.value, "verdict": judged.verdict.value} for reason in judged.reasons],
        }
        self.punches[pk] = Punch.from_db("default", _COLUMNS, [values[name] for name in _COLUMNS])
        if kind == PunchKind.IN:
            position = (
                _number(body["lat"]),
                _number(body["lng"]),
                body["location"],
                _number(body["location_accuracy"]),
            )
            self.evidence.append((pk, *position, body["photo_url"], body["device_id"], ""))

    def write(self) -> None:
        copying.new(Punch, self.punches.values())
        copying.rows(PunchEvidence, _EVIDENCE, self.evidence)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def store_answers(records: Sequence[SyncRecord]) -> None:
    """Write what became of these records, in one statement."""
    told = zip(*((each.pk, each.state, each.code, each.reason, each.attendance_id) for each in records), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [list(column) for column in told])
