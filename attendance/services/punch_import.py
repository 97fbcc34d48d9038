"""Punches of terminals from a file: every one an event of its day, first in and last out, told as often as one likes.

A file with rows that cannot be read is refused as a whole, unless they are to be skipped; what a rule refuses afterwards
(a closed day, an overlap) is told by its row and stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from attendance.models import Punch
from attendance.rules.punches import Door
from attendance.services import events, punch_csv
from attendance.services.presented import Presented
from attendance.services.punch_csv import Line
from hr.models import Employee
from hr.selectors import organisation
from peoplesync.core import sheets
from peoplesync.core.services import activity
from peoplesync.kernel.dates import at_local
from peoplesync.kernel.errors import PeopleSyncError

CHUNK = 1000
#: Terminals' clocks run ahead a little.
AHEAD = timedelta(minutes=5)
Advance = Callable[[int], None]


@dataclass(slots=True)
class Report(sheets.Troubles):
    """What became of the rows."""

    new_count: int = 0
    known_count: int = 0


@dataclass(frozen=True, slots=True)
class _Event:
    line: Line
    employee_id: UUID
    at: datetime

    @property
    def key(self) -> tuple[UUID, datetime, str]:
        return self.employee_id, self.at, self.line.kind.value


def check(*, file: BinaryIO, at: datetime, advance: Advance) -> Report:
    """Read the whole file and write nothing: what is bad, what is new, what is known."""
    report = Report()
    for events_of_chunk in _chunks(file, at, report, advance):
        known = _known(events_of_chunk)
        keys = {event.key for event in events_of_chunk}
        report.known_count += len(keys & known) + len(events_of_chunk) - len(keys)
        report.new_count += len(keys - known)
    return report


def take_in(*, file: BinaryIO, at: datetime, advance: Advance) -> Report:
    """Record every row that can be read; the ones that were recorded before change nothing."""
    report = Report()
    for events_of_chunk in _chunks(file, at, report, advance):
        known = _known(events_of_chunk)
        for event in events_of_chunk:
            if event.key in known:
                report.known_count += 1
            else:
                _record(event, at, report)
                known.add(event.key)
    activity.record(
        action="attendance.punches_imported",
        resource_type="punch",
        resource_id=None,
        by=None,
        at=at,
        meta={"new": report.new_count, "known": report.known_count, "bad": report.bad_count},
    )
    return report


def _record(event: _Event, at: datetime, report: Report) -> None:
    punch = Presented(door=Door.KIOSK, at=event.at, received_at=at)
    try:
        events.record(employee_id=event.employee_id, kind=event.line.kind, punch=punch, is_late=True)
    except PeopleSyncError as refusal:
        report.add_trouble(event.line.number, refusal.message)
    else:
        report.new_count += 1


def _chunks(file: BinaryIO, at: datetime, report: Report, advance: Advance) -> Iterator[list[_Event]]:
    """The readable rows with the people they name, a thousand at a time; the others go to the report."""
    zone = organisation.zone()
    for lines in _cut(punch_csv.read(file, advance=advance)):
        people = _people({line.employee_number for line in lines})
        found = []
        for line in lines:
            event = _event(line, people, zone)
            if isinstance(event, str):
                report.add_trouble(line.number, event)
            elif event.at > at + AHEAD:
                report.add_trouble(line.number, "timestamp lies in the future. Check the terminal's clock.")
            else:
                found.append(event)
        yield found


def _cut(lines: Iterable[Line]) -> Iterator[list[Line]]:
    remaining = iter(lines)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _people(numbers: set[str]) -> dict[str, tuple[UUID, str]]:
    rows = Employee.objects.alive().filter(employee_number__in=numbers)
    return {number: (pk, zone) for number, pk, zone in rows.values_list("employee_number", "pk", "timezone")}


def _event(line: Line, people: Mapping[str, tuple[UUID, str]], zone: str) -> _Event | str:
    """The row as an event, or why it is none. A time without a zone is her own wall clock's."""
    if line.trouble:
        return line.trouble
    if line.employee_number not in people:
        return f"employee_number is {line.employee_number!r}, which nobody has."
    employee_id, own = people[line.employee_number]
    moment = line.moment
    try:
        instant = (
            at_local(moment.date(), moment.time(), own or zone) if moment.tzinfo is None else moment.astimezone(UTC)
        )
    except OverflowError:
        return "timestamp lies outside of all calendars."
    return _Event(line, employee_id, instant)


def _known(found: list[_Event]) -> set[tuple[UUID, datetime, str]]:
    """Which of these events the log holds already: one statement."""
    if not found:
        return set()
    instants = [event.at for event in found]
    rows = Punch.objects.filter(
        employee_id__in={event.employee_id for event in found},
        at__range=(min(instants), max(instants)),
        door=Door.KIOSK.value,
        supersedes=None,
    )
    return set(rows.values_list("employee_id", "at", "kind"))
