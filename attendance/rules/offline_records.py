"""PURE. What a phone without signal tells, one record a stay, and what it is told of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from attendance.rules.punches import Stay, in_utc


@dataclass(frozen=True, slots=True)
class OfflineRecord:
    """What one client id says: an in and perhaps an out, both instants (kept in UTC), in an IANA zone.

    Raises ValueError for times without a zone.
    """

    client_id: str
    in_at: datetime
    out_at: datetime | None
    zone: str
    in_punch_id: UUID | None = field(default=None, compare=False)
    out_punch_id: UUID | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.in_at.tzinfo is not UTC:
            object.__setattr__(self, "in_at", in_utc(self.in_at))
        if self.out_at is not None and self.out_at.tzinfo is not UTC:
            object.__setattr__(self, "out_at", in_utc(self.out_at))


class Outcome(StrEnum):
    """What one arriving record is told."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a record was answered so, or stands so; codes for the client."""

    NEW = "new"
    OUT_ADDED = "out_added"
    SAME_RECORD = "same_record"
    SAME_AS_LIVE = "same_as_live"
    DIFFERENT_TIMES = "different_times"
    OVERLAPS_LIVE = "overlaps_live"
    OVERLAPS_OFFLINE = "overlaps_offline"
    OUT_NOT_AFTER_IN = "out_not_after_in"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the arriving record at `position` (from 0) of the batch."""

    position: int
    client_id: str
    outcome: Outcome
    reason: Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a known record stands after the batch.

    `is_counted`: a stay says what the record says (its own, or a live one); else `in_the_way` is what it ran into.
    """

    client_id: str
    is_counted: bool
    reason: Reason
    in_the_way: Stay | None = None


def derived_client_id(in_at: datetime, device_id: str) -> str:
    """The id of a record that came without one: its in and its device.

    >>> from datetime import UTC
    >>> derived_client_id(datetime(2025, 11, 16, 8, tzinfo=UTC), "device-7")
    'none:device-7:2025-11-16T08:00:00+00:00'
    """
    return f"none:{device_id}:{in_utc(in_at).isoformat()}"


def precedence(record: OfflineRecord) -> tuple[datetime, bool, str]:
    """Sort key: who is placed first where two records overlap."""
    return record.in_at, record.out_at is None, record.client_id
