"""Offline records as rows: the punches a chunk adds to the log, written by COPY, and the answers of its records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from attendance.models import Punch, PunchEvidence
from attendance.rules.client_time import TimeJudgement, TimeReason
from attendance.rules.offline import derived_client_id
from attendance.rules.punches import Door, PunchKind
from attendance.services.rows import Origin
from peoplesync.core import copying, prepared

_WAITING = """
    SELECT id, client_id, body::text FROM attendance_syncrecord WHERE job_id = %s AND state = '' ORDER BY position
"""
#: What an answered record no longer needs to say: whatever counts lies with the punch, where retention finds it.
PLACES = ["lat", "lng", "location", "location_accuracy", "device_id", "photo_url"]
_ANSWERED = """
    UPDATE attendance_syncrecord record
    SET state = told.state, code = told.code, reason = told.reason, attendance_id = told.attendance_id,
        body = record.body - %s::text[]
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[])
        AS told (id, state, code, reason, attendance_id)
    WHERE record.id = told.id
"""
_PUNCH = (
    "id", "created_at", "employee", "kind", "at", "timezone", "work_date", "door", "source", "made_by", "client_id",
    "client_at", "received_at", "verdict", "signals", "comment", "shift_ref", "is_overnight", "is_void", "reason",
)  # fmt: skip
_EVIDENCE = ("punch", "lat", "lng", "location", "location_accuracy", "photo_url", "device_id", "reported_ip")
_DOOR = Door.OFFLINE.value


@dataclass(slots=True)
class Item:
    """One unanswered record: what it says, as instants in UTC, and what it is answered.

    `client_id` is the device's id, or one made of the in and the device.
    """

    pk: UUID
    client_id: str
    body: Mapping[str, Any]
    employee_id: UUID
    in_at: datetime
    out_at: datetime | None
    state: str = ""
    code: str = ""
    reason: str = ""
    attendance_id: UUID | None = None


def waiting(job_id: str) -> list[Item]:
    """What is unanswered of a batch, in the order it was sent."""
    return [_item(*row) for row in prepared.rows(_WAITING, [job_id])]


def _item(pk: UUID, client_id: str | None, text: str) -> Item:
    body = json.loads(text)
    in_at, out = datetime.fromisoformat(body["clock_in"]), body["clock_out"]
    name = client_id or derived_client_id(in_at, str(body.get("device_id") or "")[:200])
    return Item(pk, name, body, UUID(body["employee_id"]), in_at, None if out is None else datetime.fromisoformat(out))


@dataclass(slots=True)
class Log:
    """The punches of a chunk, received and sent as one; the evidence lies with the in.

    `origins` are what stays take over from the ins among them, by punch.
    """

    received_at: datetime
    made_by_id: UUID | None
    origins: dict[UUID, Origin] = field(default_factory=dict)
    punches: list[tuple[Any, ...]] = field(default_factory=list)
    evidence: list[tuple[Any, ...]] = field(default_factory=list)

    def come(self, item: Item, pk: UUID, at: datetime, zone: str, day: date, judged: TimeJudgement) -> None:
        """The in of a record, with what speaks for it."""
        body = item.body
        self._add(item, PunchKind.IN, pk, at, zone, day, judged)
        self.origins[pk] = Origin(item.employee_id, body["source"], item.client_id)
        place = (_number(body["lat"]), _number(body["lng"]), body["location"], _number(body["location_accuracy"]))
        self.evidence.append((pk, *place, body["photo_url"], body["device_id"], ""))

    def leave(self, item: Item, pk: UUID, at: datetime, zone: str, day: date, judged: TimeJudgement) -> None:
        """The out of a record."""
        self._add(item, PunchKind.OUT, pk, at, zone, day, judged)

    def _add(
        self, item: Item, kind: PunchKind, pk: UUID, at: datetime, zone: str, day: date, judged: TimeJudgement
    ) -> None:
        verdict, received_at = judged.verdict.value, self.received_at
        self.punches.append(
            (
                pk, received_at, item.employee_id, kind.value, at, zone, day, _DOOR, item.body["source"],
                self.made_by_id, item.client_id, at, received_at, verdict, _signals(verdict, judged.reasons),
                "", "", False, False, "",
            )
        )  # fmt: skip

    def write(self) -> None:
        copying.rows(Punch, _PUNCH, self.punches)
        copying.rows(PunchEvidence, _EVIDENCE, self.evidence)


@lru_cache(maxsize=64)
def _signals(verdict: str, reasons: tuple[TimeReason, ...]) -> str:
    """What the log says of a device's time, as JSON."""
    return json.dumps([{"name": reason.value, "verdict": verdict} for reason in reasons])


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def store_answers(items: Sequence[Item]) -> None:
    """Write what became of these records, in one statement; what they said of places is forgotten with it."""
    told = zip(*((each.pk, each.state, each.code, each.reason, each.attendance_id) for each in items), strict=True)
    prepared.run(_ANSWERED, [PLACES, *(list(column) for column in told)])
