"""A stay as Connecteam's shift: its points with place and source, its ids, its job."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attendance.adapters import ids
from attendance.adapters.connecteam.wire import Location, Point, Shift, Source
from attendance.models import Attendance, Punch
from attendance.rules.evidence import SignalName
from attendance.rules.punches import Door, EndReason

#: What tells Connecteam's clients how a punch of another door was made; every other door is a program of ours.
_SOURCES = {
    Door.CONNECTEAM: "api",
    Door.GOODDAY: "api",
    Door.KENJO: "api",
    Door.WORKLY: "api",
    Door.KIOSK: "kiosk",
    Door.ADMIN: "admin",
}
_NATIVE_SOURCES = {"web": "pc"}


def shift(row: Attendance, user_id: int, job_id: str | None) -> Shift:
    """The stay with its two punches at hand, in the vendor's words."""
    return Shift(
        id=ids.kenjo_record_id(row.pk),
        user_id=user_id,
        start=start_of(row),
        end=end_of(row),
        created_at=row.created_at,
        modified_at=row.updated_at,
        job_id=job_id,
        scheduler_shift_id=row.shift_ref or None,
        employee_note=row.comment or None,
    )


def start_of(row: Attendance) -> Point:
    return point(row.in_punch, row.clock_in, row.timezone)


def end_of(row: Attendance) -> Point | None:
    """None while the stay is open, and when its end never came."""
    if row.clock_out is None:
        return None
    if row.out_punch is None:
        is_by_rule = row.reason == EndReason.AUTO_CLOSED
        return Point(row.clock_out, row.timezone, source=Source("autoClockOut") if is_by_rule else Source("admin"))
    return point(row.out_punch, row.clock_out, row.out_punch.timezone)


def point(punch: Punch | None, at: datetime, zone: str) -> Point:
    """One end: what its punch says of where and how; both may be gone with retention or never have been."""
    if punch is None:
        return Point(at, zone, source=None)
    return Point(at, zone, _location(punch), _fence(punch), Source(_source(punch)))


def _location(punch: Punch) -> Location | None:
    seen = getattr(punch, "evidence", None)
    if seen is None or (seen.location, seen.lat, seen.lng) == (None, None, None):
        return None
    return Location(seen.location, seen.lat, seen.lng)


def _fence(punch: Punch) -> str | None:
    """The fence the punch lies in: the site it was measured against, unless it lay outside."""
    if punch.site_id is None or punch.distance_metres is None:
        return None
    is_outside = any(
        signal["name"] == SignalName.DISTANCE and Decimal(signal["value"] or 0) > Decimal(signal["limit"] or 0)
        for signal in punch.signals
    )
    return None if is_outside else ids.kenjo_record_id(punch.site_id)


def _source(punch: Punch) -> str:
    return _SOURCES.get(Door(punch.door)) or _NATIVE_SOURCES.get(punch.source, "mobile")
