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
from attendance.rules.evidence import Evidence, Signal
from attendance.rules.offline_records import OfflineRecord, derived_client_id
from attendance.rules.punches import Door, PunchKind, StayFlag, Verdict
from attendance.services.judging import flags_of, shown
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
    WHERE record.id = told.id AND record.state = ''
"""
#: Whatever the bodies say: a batch that cannot be read must still end.
_REFUSED = """
    UPDATE attendance_syncrecord SET state = 'refused', code = %s, reason = %s, body = body - %s::text[]
    WHERE job_id = %s AND state = '' RETURNING id
"""
_PUNCH = (
    "id", "created_at", "employee", "kind", "at", "timezone", "work_date", "door", "source", "made_by", "client_id",
    "client_at", "received_at", "verdict", "signals", "site", "distance_metres", "comment", "shift_ref",
    "is_overnight", "is_void", "reason",
)  # fmt: skip
_EVIDENCE = ("punch", "lat", "lng", "location", "location_accuracy", "photo_url", "device_id", "reported_ip")
_DOOR, _FLAGGED, _ACCEPTED = Door.OFFLINE.value, Verdict.FLAG.value, Verdict.ACCEPT.value
#: Of what may be wrong with a time: the device's clock itself. A record that comes late may be true.
_OF_CLOCKS = frozenset({TimeReason.FUTURE, TimeReason.CLOCK_SKEW})


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
class Taken:
    """A record whose times may count: as the rules read it, what its times say for it, and what its place says."""

    item: Item
    told: OfflineRecord
    judged: TimeJudgement
    place: Evidence | None = None

    @property
    def flags(self) -> frozenset[StayFlag]:
        """What all of it says on the stay it makes."""
        flags = flags_of(self.place) if self.place is not None else frozenset()
        if self.judged.verdict == Verdict.FLAG:
            flags |= {StayFlag.EVIDENCE}
            flags |= {StayFlag.CLOCK_SKEW} if _OF_CLOCKS.intersection(self.judged.reasons) else set()
        return flags


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

    def come(self, taken: Taken, pk: UUID, at: datetime, zone: str, day: date) -> None:
        """The in of a record, with what speaks for it."""
        item, body = taken.item, taken.item.body
        self._add(taken, PunchKind.IN, pk, at, zone, day, taken.place)
        self.origins[pk] = Origin(item.employee_id, body["source"], item.client_id)
        place = (number_of(body["lat"]), number_of(body["lng"]), body["location"], number_of(body["location_accuracy"]))
        self.evidence.append((pk, *place, body["photo_url"], body["device_id"], ""))

    def leave(self, taken: Taken, pk: UUID, at: datetime, zone: str, day: date) -> None:
        """The out of a record: where she was then, it does not say."""
        self._add(taken, PunchKind.OUT, pk, at, zone, day, None)

    def _add(
        self, taken: Taken, kind: PunchKind, pk: UUID, at: datetime, zone: str, day: date, place: Evidence | None
    ) -> None:
        item, judged, received_at = taken.item, taken.judged, self.received_at
        is_flagged = Verdict.FLAG in (judged.verdict, place and place.verdict)
        nearest = place.nearest if place else None
        self.punches.append(
            (
                pk, received_at, item.employee_id, kind.value, at, zone, day, _DOOR, item.body["source"],
                self.made_by_id, item.client_id, at, received_at, _FLAGGED if is_flagged else _ACCEPTED,
                _signals(judged.verdict.value, judged.reasons, place.signals if place else ()),
                nearest and nearest.id, place and place.distance_metres, "", "", False, False, "",
            )
        )  # fmt: skip

    def write(self) -> None:
        copying.rows(Punch, _PUNCH, self.punches)
        copying.rows(PunchEvidence, _EVIDENCE, self.evidence)


@lru_cache(maxsize=1024)
def _signals(verdict: str, reasons: tuple[TimeReason, ...], of_place: tuple[Signal, ...]) -> str:
    """What the log says of a device's time and place, as JSON."""
    of_time = [{"name": reason.value, "verdict": verdict} for reason in reasons]
    return json.dumps([*of_time, *(shown(signal) for signal in of_place)])


def number_of(text: str | None) -> Decimal | None:
    """A number as the batch kept it, exactly."""
    return None if text is None else Decimal(text)


def store_answers(items: Sequence[Item]) -> None:
    """Write what became of these records, in one statement; what they said of places is forgotten with it.

    A record is answered once: what was said of it before stays.
    """
    told = zip(*((each.pk, each.state, each.code, each.reason, each.attendance_id) for each in items), strict=True)
    prepared.run(_ANSWERED, [PLACES, *(list(column) for column in told)])


def refuse_waiting(job_id: str, code: str, reason: str) -> int:
    """Refuse what is unanswered of a batch, unread, and forget its places; how many there were."""
    return len(prepared.rows(_REFUSED, [code, reason, PLACES, job_id]))
