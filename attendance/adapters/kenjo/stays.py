"""Stays as Kenjo's entries: found by the id their own UUID begins with, listed by the local day they start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from attendance.adapters import ids
from attendance.adapters.door import in_chunks
from attendance.adapters.kenjo import entries, errors, fields, wire
from attendance.adapters.kenjo.people import VENDOR
from attendance.models import Attendance, Break
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.rules.punches import Door
from attendance.selectors import vendor_keys
from attendance.services import vendor_ids
from hr.selectors import organisation
from peoplesync.kernel.dates import local_day

#: Doors whose punches bring a zone of their own. Kenjo's wall clock is the employee's, wherever such a punch was made.
_WITH_THEIR_OWN_ZONE = frozenset({Door.CONNECTEAM, Door.GOODDAY})
#: No local day begins more than this before or after the UTC day of the same date.
_FURTHEST = timedelta(hours=15)


def of_id(key: VendorKey, sent: str) -> Attendance:
    """The stay an entry id names, if the key reaches its person. Raises Invalid."""
    first, last = ids.kenjo_record_range(fields.read_id(sent))
    rows = list(_readable(key).filter(pk__range=(first, last))[:2])
    if len(rows) != 1:
        raise errors.unknown_entry()
    return rows[0]


def of_row(row_id: UUID) -> Attendance:
    """The stay as it now is, after a change that answers with it."""
    return _with_all(Attendance.objects.filter(pk=row_id)).get()


def _readable(key: VendorKey) -> Any:
    return _with_all(vendor_keys.reached(key, Attendance.objects.alive()))


def _with_all(rows: Any) -> Any:
    return rows.select_related("employee", "work_job").prefetch_related("breaks")


def listed(key: VendorKey, asked: wire.ListRequest) -> Iterator[dict[str, object]]:
    """The entries that start on these days of their own wall clock, by start."""
    first = datetime.combine(asked.from_on, time(), UTC) - _FURTHEST
    last = datetime.combine(asked.to_on, time(), UTC) + timedelta(days=1) + _FURTHEST
    rows = _readable(key).filter(clock_in__range=(first, last)).order_by("clock_in", "id")
    house = organisation.zone()
    for chunk in in_chunks(rows):
        near = (row for row in chunk if asked.from_on <= local_day(row.clock_in, _zone(row, house)) <= asked.to_on)
        yield from (entries.write_entry(entry, entries.Style.READ) for entry in _entries_of(list(near), house))


def entry_of(row: Attendance) -> entries.Entry:
    """One stay as an entry."""
    return next(_entries_of([row], organisation.zone()))


def _zone(row: Attendance, house: str) -> str:
    """Where the stay's wall clock hangs: in the zone it was recorded in, which is the employee's of that time, unless
    its door was told another; then in the zone she has now, else the organisation's.
    """
    return (row.employee.timezone or house) if row.door in _WITH_THEIR_OWN_ZONE else row.timezone


def _entries_of(rows: Sequence[Attendance], house: str) -> Iterator[entries.Entry]:
    """Stays as entries; a stay on a job is in the job's category, on a sub-job in its parent's too."""
    people = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.PERSON.value, object_ids=(row.employee_id for row in rows))
    jobs = [job for row in rows if row.work_job for job in (row.work_job_id, row.work_job.parent_id) if job]
    categories = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.CATEGORY.value, object_ids=jobs)
    for row in rows:
        job = row.work_job
        parent = job.parent_id if job else None
        yield entries.Entry(
            id=ids.kenjo_record_id(row.pk),
            user_id=people[row.employee_id],
            day=local_day(row.clock_in, _zone(row, house)),
            zone=_zone(row, house),
            start_at=row.clock_in,
            end_at=row.clock_out,
            pauses=_pauses(row.breaks.all()),
            email=row.employee.email,
            external_id=row.employee.employee_number,
            category_id=categories[parent or job.pk] if job else None,
            sub_category_id=categories[job.pk] if job and parent else None,
            comment=row.comment or None,
        )


def _pauses(breaks: Iterable[Break]) -> tuple[entries.Pause, ...]:
    found = (entries.Pause(pause.start_at, pause.end_at) for pause in breaks)
    return tuple(sorted(found, key=lambda pause: pause.start_at))
