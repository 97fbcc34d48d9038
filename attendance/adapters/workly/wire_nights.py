"""PURE. Reports on the hours of the night: a sheet a person, by day, and by the location where she came.

The vendor's page prints the keys and not the rules; night is ten in the evening to six in the morning of the account's
zone, and breaks are taken off the part of the day in which they lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.wire import event_text
from attendance.adapters.workly.wire_employees import Named
from attendance.adapters.workly.wire_reports import Person
from attendance.adapters.workly.wire_times import hours
from peoplesync.kernel.dates import ONE_DAY, at_local, local_day

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Presence:
    """From one coming to its going, aware instants; `left_at` is None while she is in or where nobody knows.

    `manual_events` counts the two ends that no device told.
    """

    on: date
    came_at: datetime
    left_at: datetime | None = None
    pauses: tuple[Span, ...] = ()
    came_where: Named | None = None
    left_where: Named | None = None
    manual_events: int = 0


@dataclass(frozen=True)
class PersonNights:
    """One person's presences in their order; `planned_days` are those that asked for work."""

    person: Person
    presences: tuple[Presence, ...] = ()
    planned_minutes: int = 0
    planned_days: int = 0
    overtime_minutes: int = 0


@dataclass(frozen=True)
class _Time:
    """Seconds by day and by night, and those that breaks took."""

    day: int = 0
    night: int = 0
    taken_off: int = 0


def night_seconds(came: datetime, left: datetime, zone_name: str) -> int:
    """How much of a span lies between ten in the evening and six in the morning.

    >>> from datetime import UTC
    >>> night_seconds(datetime(2019, 3, 19, 15, tzinfo=UTC), datetime(2019, 3, 20, 2, tzinfo=UTC), "Asia/Tashkent") / 3600
    8.0
    """
    on, found = local_day(came, zone_name) - ONE_DAY, timedelta()
    while on <= local_day(left, zone_name):
        begins, ends = at_local(on, NIGHT_BEGINS, zone_name), at_local(on + ONE_DAY, NIGHT_ENDS, zone_name)
        found += max(timedelta(), min(ends, left) - max(begins, came))
        on += ONE_DAY
    return int(found.total_seconds())


def night_json(sheet: PersonNights, zone_name: str) -> JsonObject:
    """The item of `night`: the sums, and the events day by day."""
    days = [
        {
            "inoutDate": on.isoformat(),
            "mode_col_count": sum(each.manual_events for each in presences),
            **_taken_off(_sum(presences, zone_name)),
            "times_count": len(presences),
            "times": [_ends(each, zone_name) for each in presences],
        }
        for on, presences in _by_day(sheet.presences).items()
    ]
    return {**_head(sheet, zone_name), "report": days}


def night_by_location_json(sheet: PersonNights, zone_name: str) -> JsonObject:
    """The item of `night-by-location`: time counts where she came."""
    places: dict[Named | None, list[Presence]] = {}
    for each in sheet.presences:
        places.setdefault(each.came_where, []).append(each)
    located = [_location(place, presences, zone_name) for place, presences in places.items()]
    return {**_head(sheet, zone_name), "sum_prod_days": sheet.planned_days, "locations": located}


def _head(sheet: PersonNights, zone_name: str) -> JsonObject:
    found, person = _sum(sheet.presences, zone_name), sheet.person
    total = found.day + found.night
    return {
        "day_time_sum": hours(found.day // 60),
        "night_time_sum": hours(found.night // 60),
        "sum_day_night_time": clock(total),
        "sum_day_night_minute": total // 60,
        "employeeID": person.id,
        "lastName": person.last_name,
        "firstName": person.first_name,
        "patronymic": person.patronymic,
        "fullName": person.full_name,
        "tab_number": person.tab_number,
        "pinCode": person.pin_code,
        "over_time_sum": hours(sheet.overtime_minutes),
        "over_time_sum_minute": sheet.overtime_minutes,
        "production_time_sum": hours(sheet.planned_minutes),
        "production_time_sum_minute": sheet.planned_minutes,
    }


def _location(place: Named | None, presences: Sequence[Presence], zone_name: str) -> JsonObject:
    found = _sum(presences, zone_name)
    return {
        "location_id": None if place is None else place.id,
        "location_title": None if place is None else place.title,
        "mode_col_count": sum(each.manual_events for each in presences),
        "day_time_sum": clock(found.day),
        "night_time_sum": clock(found.night),
        "day_time_sum_minutes": found.day // 60,
        "night_time_sum_minutes": found.night // 60,
        "sum_prod_shifts": len(presences),
        **_taken_off(found),
        "dates": [_date(on, each, zone_name) for on, each in _by_day(presences).items()],
    }


def _date(on: date, presences: Sequence[Presence], zone_name: str) -> JsonObject:
    found = _sum(presences, zone_name)
    return {
        "inout_date": on.isoformat(),
        **_taken_off(found),
        "day_time": clock(found.day),
        "night_time": clock(found.night),
        "times": [
            {
                "inout_date": on.isoformat(),
                "in_location_id": None if each.came_where is None else each.came_where.id,
                "in_location_title": None if each.came_where is None else each.came_where.title,
                "out_location_id": None if each.left_where is None else each.left_where.id,
                "out_location_title": None if each.left_where is None else each.left_where.title,
                **_ends(each, zone_name),
            }
            for each in presences
        ],
    }


def _ends(presence: Presence, zone_name: str) -> JsonObject:
    """An end that nobody told is an empty text here, not a null."""
    left = presence.left_at
    return {
        "first_time": event_text(presence.came_at, zone_name),
        "last_time": "" if left is None else event_text(left, zone_name),
    }


def _taken_off(found: _Time) -> JsonObject:
    return {"subtract_time": clock(found.taken_off), "subtract_time_minute": found.taken_off // 60}


def _by_day(presences: Iterable[Presence]) -> dict[date, list[Presence]]:
    found: dict[date, list[Presence]] = {}
    for each in presences:
        found.setdefault(each.on, []).append(each)
    return found


def _sum(presences: Iterable[Presence], zone_name: str) -> _Time:
    times = [_time(each, zone_name) for each in presences]
    return _Time(*(sum(getattr(each, part) for each in times) for part in ("day", "night", "taken_off")))


def _time(presence: Presence, zone_name: str) -> _Time:
    if presence.left_at is None:
        return _Time()
    whole, night = _parts((presence.came_at, presence.left_at), zone_name)
    pauses = [_parts(span, zone_name) for span in presence.pauses]
    taken, taken_at_night = (sum(part) for part in zip(*pauses, strict=True)) if pauses else (0, 0)
    return _Time(max(0, whole - night - taken + taken_at_night), max(0, night - taken_at_night), taken)


def _parts(span: Span, zone_name: str) -> tuple[int, int]:
    return int((span[1] - span[0]).total_seconds()), night_seconds(*span, zone_name)


def clock(seconds: int) -> str:
    """`HH:MM:SS`; more than a day goes on counting hours.

    >>> clock(3_174_180), clock(0)
    ('881:43:00', '00:00:00')
    """
    return f"{hours(seconds // 60)}:{seconds % 60:02d}"
