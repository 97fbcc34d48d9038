"""PURE. A Kenjo attendance entry: reading a new one or a change, placing its breaks, writing its three formats.

Kenjo speaks wall clock, the house keeps instants: an entry brings its zone's name, and what a change does not send
keeps its instants, so a time that happens twice in autumn is not moved by an update of the comment.
Whether an entry may exist (overlaps, locked periods, the employee's switch) does not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from attendance.adapters.kenjo import errors, fields
from attendance.adapters.kenjo.wire import Who, read_who
from peoplesync.kernel.dates import ONE_DAY, at_local, zone
from peoplesync.kernel.errors import Invalid

MOST_BREAKS = 10
LAST_OVERNIGHT_END = time(18)
# These two sentences are the vendor's, letter for letter: clients match on them.
ENDS_BEFORE_START = (
    "When isOvernightShift is not set, endTime must be after startTime. "
    "For shifts that end the next day, set isOvernightShift to true."
)
ENDS_TOO_LATE = "For overnight shifts, end time cannot be later than 18:00."


class Style(Enum):
    """Which answer an entry is written for: the vendor formats its times differently in each."""

    CREATED = "2021-07-01T10:00:00"
    READ = "2021-07-01T10:00:00.000Z"
    UPDATED = "10:00:00"


@dataclass(frozen=True, slots=True)
class Break:
    """A break as sent: times of day, the end perhaps not known."""

    start: time
    end: time | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A break placed on the calendar: instants."""

    start_at: datetime
    end_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the house knows it: instants in UTC, the zone's IANA name, the local day it belongs to."""

    id: str
    user_id: str
    day: date
    zone: str
    start_at: datetime
    end_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    email: str | None = None
    external_id: str | None = None
    category_id: str | None = None
    sub_category_id: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A new entry on the employee's wall clock; `day` is the day it starts."""

    who: Who
    day: date
    start: time
    end: time | None = None
    breaks: tuple[Break, ...] = ()
    comment: str | None = None
    is_overnight: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What an update sends; None is "leave as it is", an empty comment or tuple of breaks removes."""

    start: time | None = None
    end: time | None = None
    breaks: tuple[Break, ...] | None = None
    comment: str | None = None
    is_overnight: bool | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """When an entry is, in instants."""

    start_at: datetime
    end_at: datetime | None
    pauses: tuple[Pause, ...]


def read_create(body: object) -> CreateRequest:
    """The body of a new entry. Raises Invalid."""
    sent = fields.read_body(body)
    request = CreateRequest(
        who=read_who(sent),
        day=fields.day(sent, "date"),
        start=fields.required_clock(sent, "startTime"),
        end=fields.optional_clock(sent, "endTime"),
        breaks=_breaks(sent) or (),
        comment=fields.comment(sent, "comment") or None,
        is_overnight=fields.flag(sent, "isOvernightShift") or False,
    )
    if request.end is not None:
        _check_end(request.start, request.end, is_overnight=request.is_overnight)
    return request


def read_change(body: object) -> ChangeRequest:
    """The body of an update. Raises Invalid.

    A null is "not sent": a client that fills absent values with null must not wipe an end or a comment. The vendor does
    not document the overnight flag here; it is read, because an open night shift could not be closed otherwise.
    """
    sent = fields.read_body(body)
    return ChangeRequest(
        start=fields.optional_clock(sent, "startTime"),
        end=fields.optional_clock(sent, "endTime"),
        breaks=_breaks(sent),
        comment=fields.comment(sent, "comment"),
        is_overnight=fields.flag(sent, "isOvernightShift"),
    )


def place(request: CreateRequest, zone_name: str) -> Span:
    """The instants of a new entry in the employee's zone. Raises Invalid for breaks that do not fit it."""
    start_at = instant(request.day, request.start, zone_name, "startTime")
    last_day = request.day + ONE_DAY if request.is_overnight else request.day
    end_at = None if request.end is None else instant(last_day, request.end, zone_name, "endTime")
    return _span(start_at, end_at, _place_breaks(request.breaks, start_at, last_day, zone_name))


def merge(entry: Entry, change: ChangeRequest) -> Entry:
    """The entry after an update: only what was sent differs. Raises Invalid when the result does not hold together."""
    comment = entry.comment if change.comment is None else change.comment or None
    if change.start is None and change.end is None and change.breaks is None:
        return replace(entry, comment=comment)
    started = wall(entry.start_at, entry.zone)
    start_at = entry.start_at
    if change.start is not None:
        start_at = instant(started.date(), change.start, entry.zone, "startTime")
    end_at = entry.end_at if change.end is None else _merged_end(entry, start_at, change.end, change.is_overnight)
    pauses = entry.pauses
    if change.breaks is not None:
        pauses = _place_breaks(change.breaks, start_at, _last_day(start_at, end_at, change, entry.zone), entry.zone)
    span = _span(start_at, end_at, pauses)
    return replace(entry, start_at=span.start_at, end_at=span.end_at, pauses=span.pauses, comment=comment)


def write_entry(entry: Entry, style: Style) -> dict[str, object]:
    """An entry in one of the vendor's three formats; keys without a value are left out, never null."""
    minutes = _break_minutes(entry.pauses)
    row: dict[str, object | None] = {
        "_id": entry.id,
        "userId": entry.user_id,
        "email": entry.email,
        "externalId": entry.external_id,
        "date": entry.day.isoformat() if style is Style.UPDATED else None,
        "startTime": _write_time(entry.start_at, entry.zone, style),
        "endTime": None if entry.end_at is None else _write_time(entry.end_at, entry.zone, style),
        "breaks": [_write_pause(pause, entry.zone) for pause in entry.pauses] or None,
        "breakTime": minutes or None,
        "attendanceCategoryId": entry.category_id,
        "attendanceSubCategoryId": entry.sub_category_id,
        "comment": entry.comment,
    }
    return {key: value for key, value in row.items() if value is not None}


def instant(day: date, clock: time, zone_name: str, param: str) -> datetime:
    """The instant of a wall-clock time. Raises Invalid for one that the clock skips on a day it is put forward.

    Read with either offset it would fall on another time, which may have been sent as well: two punches would be one.
    """
    at = at_local(day, clock, zone_name)
    if wall(at, zone_name) != datetime.combine(day, clock):
        raise errors.not_valid(param, f"{clock:%H:%M:%S} does not exist on {day}: the clocks are put forward then.")
    return at


def wall(at: datetime, zone_name: str) -> datetime:
    """The naive wall-clock time of an instant in a zone."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(zone(zone_name)).replace(tzinfo=None)


def _breaks(sent: Mapping[str, object]) -> tuple[Break, ...] | None:
    rows = sent.get("breaks")
    if rows is None:
        return None
    if not isinstance(rows, Sequence) or isinstance(rows, str | bytes):
        raise errors.not_valid("breaks", "Send an array of objects with start and end.")
    if len(rows) > MOST_BREAKS:
        raise errors.not_valid("breaks", f"Send at most {MOST_BREAKS} breaks.")
    return tuple(_break(row) for row in rows)


def _break(row: object) -> Break:
    if not isinstance(row, Mapping):
        raise errors.not_valid("breaks", "Send an array of objects with start and end.")
    return Break(fields.required_clock(row, "start"), fields.optional_clock(row, "end"))


def _check_end(start: time, end: time, *, is_overnight: bool) -> None:
    if is_overnight and end > LAST_OVERNIGHT_END:
        raise Invalid(ENDS_TOO_LATE, code="ends_too_late")
    if not is_overnight and end <= start:
        raise Invalid(ENDS_BEFORE_START, code="ends_before_start")


def _merged_end(entry: Entry, start_at: datetime, end: time, is_overnight: bool | None) -> datetime:
    """The instant of a changed end: the flag decides; without it a night shift stays one if its end needs it to."""
    started = wall(start_at, entry.zone)
    if is_overnight is None and entry.end_at is not None:
        was_overnight = wall(entry.end_at, entry.zone).date() > wall(entry.start_at, entry.zone).date()
        is_overnight = was_overnight and end <= started.time()
    _check_end(started.time(), end, is_overnight=bool(is_overnight))
    return instant(started.date() + ONE_DAY if is_overnight else started.date(), end, entry.zone, "endTime")


def _last_day(start_at: datetime, end_at: datetime | None, change: ChangeRequest, zone_name: str) -> date:
    if end_at is not None:
        return wall(end_at, zone_name).date()
    return wall(start_at, zone_name).date() + (ONE_DAY if change.is_overnight else timedelta())


def _place_breaks(breaks: Sequence[Break], start_at: datetime, last_day: date, zone_name: str) -> tuple[Pause, ...]:
    """Breaks as instants, earliest first: a time before the entry's start is one of the next day, if it reaches there.

    A live punch starts an entry within a second that clients see as whole: a break of that second starts with it.
    """
    started = wall(start_at, zone_name).replace(microsecond=0)
    pauses = []
    for one in breaks:
        reaches_on = started.date() < last_day
        day = started.date() + ONE_DAY if reaches_on and one.start < started.time() else started.date()
        pause_at = instant(day, one.start, zone_name, "breaks")
        if start_at.replace(microsecond=0) <= pause_at < start_at:
            pause_at = start_at
        end_day = day + ONE_DAY if one.end is not None and one.end < one.start and day < last_day else day
        pauses.append(Pause(pause_at, None if one.end is None else instant(end_day, one.end, zone_name, "breaks")))
    return tuple(sorted(pauses, key=lambda pause: pause.start_at))


def _span(start_at: datetime, end_at: datetime | None, pauses: tuple[Pause, ...]) -> Span:
    """The three together, once they are in order. Raises Invalid."""
    if end_at is not None and end_at <= start_at:
        raise Invalid(ENDS_BEFORE_START, code="ends_before_start")
    free_from: datetime | None = start_at
    for pause in pauses:
        if pause.start_at < start_at or (end_at is not None and (pause.end_at or pause.start_at) > end_at):
            raise errors.not_valid("breaks", "Every break must lie inside the entry.")
        if pause.end_at is not None and pause.end_at <= pause.start_at:
            raise errors.not_valid("breaks", "Every break must end after it starts.")
        if free_from is None or pause.start_at < free_from:
            raise errors.not_valid("breaks", "Breaks must not overlap.")
        free_from = pause.end_at
    return Span(start_at, end_at, pauses)


def _break_minutes(pauses: Sequence[Pause]) -> int:
    """Finished breaks in minutes, half a minute up; none for an entry without one."""
    rest = sum((pause.end_at - pause.start_at for pause in pauses if pause.end_at is not None), timedelta())
    return (rest + timedelta(seconds=30)) // timedelta(minutes=1)


def _write_time(at: datetime, zone_name: str, style: Style) -> str:
    """A wall-clock time. The `Z` of the list is decoration: the digits before it are the wall clock, not UTC."""
    local = wall(at, zone_name)
    if style is Style.UPDATED:
        return local.time().isoformat(timespec="seconds")
    if style is Style.READ:
        return local.isoformat(timespec="milliseconds") + "Z"
    return local.isoformat(timespec="seconds")


def _write_pause(pause: Pause, zone_name: str) -> dict[str, object]:
    row: dict[str, object] = {"start": wall(pause.start_at, zone_name).time().isoformat(timespec="seconds")}
    if pause.end_at is not None:
        row["end"] = wall(pause.end_at, zone_name).time().isoformat(timespec="seconds")
    return row
