"""Stays as GoodDay's pairs of events: which side is which, who made it, where, and in which order they go out."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attendance.adapters import ids
from attendance.adapters.door import in_chunks
from attendance.adapters.goodday import errors, people, wire
from attendance.adapters.goodday.wire import EventType
from attendance.models import Attendance, Punch
from attendance.models.vendor_key import VendorKey
from attendance.selectors import vendor_keys


def of_stay(key: VendorKey, event_id: str) -> Attendance:
    """The stay an event id names, if the key reaches its person. Raises NotFound."""
    found = ids.read_goodday_event_id(event_id)
    if found is None:
        raise errors.no_such_event(event_id)
    stay_id, is_out = found
    row = vendor_keys.reached(key, Attendance.objects.alive()).filter(pk=stay_id).first()
    if row is None or (is_out and row.clock_out is None):
        raise errors.no_such_event(event_id)
    return row


def written(row: Attendance, type_: EventType, acting: people.Acting) -> wire.Event:
    """The event a punch has just made; the ids are those the call brought, so nothing more is read."""
    return _event(row, type_, acting.user_id, acting.creator_id, acting.office_id)


def side_of(row: Attendance, at: datetime, asked: EventType) -> EventType | None:
    """Which end of the stay a punch at `at` became; None when it bounds nothing that GoodDay can show.

    On a day that another door began, a clock-in may have ended a stay and a clock-out begun one.
    """
    if row.clock_out == at:
        return EventType.CLOCK_OUT
    if row.clock_in == at or asked is EventType.CLOCK_IN:
        return EventType.CLOCK_IN
    return EventType.CLOCK_OUT if row.clock_out is not None else None


def listed(key: VendorKey, query: wire.QueryRequest) -> Iterator[dict[str, object]]:
    """The events of the days asked for, earliest first. Raises Forbidden for people the key does not reach."""
    rows = vendor_keys.reached(key, Attendance.objects.alive()).filter(work_date__range=(query.start_on, query.end_on))
    if query.user_ids is not None:
        rows = rows.filter(employee_id__in=people.employee_ids(key, query.user_ids))
    rows = rows.select_related("in_punch__evidence", "out_punch__evidence").order_by("clock_in", "id")
    return _in_order(pair for chunk in in_chunks(rows) for pair in _pairs(chunk))


def _in_order(pairs: Iterable[Sequence[wire.Event]]) -> Iterator[dict[str, object]]:
    """Events by instant from pairs by clock-in: an end waits until no earlier clock-in can follow."""
    waiting: list[tuple[tuple[datetime, bool, str], wire.Event]] = []
    for pair in pairs:
        while waiting and waiting[0][0] < wire.order(pair[0]):
            yield wire.write_event(heapq.heappop(waiting)[1])
        for event in pair:
            heapq.heappush(waiting, (wire.order(event), event))
    while waiting:
        yield wire.write_event(heapq.heappop(waiting)[1])


def _pairs(chunk: Sequence[Attendance]) -> Iterator[list[wire.Event]]:
    punches = [punch for row in chunk for punch in (row.in_punch, row.out_punch) if punch is not None]
    persons = people.person_ids(row.employee_id for row in chunk)
    creators = people.creator_ids(punch.made_by_id for punch in punches if punch.made_by_id)
    offices = people.office_ids(punch.site_id for punch in punches if punch.site_id)

    def event(row: Attendance, type_: EventType, punch: Punch | None) -> wire.Event:
        person = persons[row.employee_id]
        creator = creators.get(punch.made_by_id, person) if punch and punch.made_by_id else person
        return _event(row, type_, person, creator, offices.get(punch.site_id) if punch and punch.site_id else None)

    for row in chunk:
        pair = [event(row, EventType.CLOCK_IN, row.in_punch)]
        if row.clock_out is not None:
            pair.append(event(row, EventType.CLOCK_OUT, row.out_punch))
        yield pair


def _event(row: Attendance, type_: EventType, user_id: str, creator_id: str, office_id: str | None) -> wire.Event:
    """One end of a stay. An end that no punch gave (closed by rule) was written when the stay last changed."""
    is_out = type_ is EventType.CLOCK_OUT
    punch = row.out_punch if is_out else row.in_punch
    at = row.clock_out if is_out else row.clock_in
    assert at is not None, "an open stay has no end to show"
    has_pair = row.clock_out is not None
    return wire.Event(
        id=ids.goodday_event_id(row.pk, is_out=is_out),
        type=type_,
        user_id=user_id,
        created_by_id=creator_id,
        day=row.work_date,
        written_at=punch.created_at if punch else row.updated_at,
        punched_at=at,
        linked_id=ids.goodday_event_id(row.pk, is_out=not is_out) if has_pair else None,
        office_id=office_id,
        ip_address=_address(punch),
        comment=_comment(row, punch, is_out=is_out),
    )


def _comment(row: Attendance, punch: Punch | None, *, is_out: bool) -> str | None:
    """The stay's own comment stands with its beginning: there another door may have changed it."""
    if is_out:
        return (punch.comment if punch else "") or None
    return row.comment or None


def _address(punch: Punch | None) -> str | None:
    """The caller's address, as long as it is kept: retention may have removed the evidence."""
    evidence = getattr(punch, "evidence", None)
    return evidence.observed_ip if evidence else None


def both(row: Attendance, acting: people.Acting) -> tuple[wire.Event, wire.Event]:
    """The two events of a pair that was just created."""
    return written(row, EventType.CLOCK_IN, acting), written(row, EventType.CLOCK_OUT, acting)
