"""Holiday calendars: filled from a maintained library, then HR's own. What HR changed or removed is never written again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import holidays as library
from django.apps import apps
from django.db import transaction

from hr.models import Holiday, HolidayCalendar, HolidayKind
from hr.selectors import locks
from hr.services.day_facts import day_facts_changed
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid

#: In which countries which of the library's categories are days off that are taken from annual leave.
COLLECTIVE = {"ID": library.GOVERNMENT}
ESTIMATED = " (estimated)"
LANGUAGE = "en_US"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One day as the library has it."""

    on: date
    name: str
    kind: HolidayKind
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote (or would write), and how many days stood or had been changed by HR before."""

    calendar: str
    new: tuple[Proposed, ...]
    kept_count: int


def proposed(*, country: str, year: int, region: str = "") -> list[Proposed]:
    """The library's days of a year, collective leave marked, by date. Raises Invalid for a place it does not know."""
    if not 1990 <= year <= 2100:
        raise Invalid.field("year", "Give a year from 1990 to 2100.")
    public = _days(country, year, region, library.PUBLIC)
    collective = _days(country, year, region, COLLECTIVE[country]) if country in COLLECTIVE else {}
    found = {on: _proposed(on, name, HolidayKind.COLLECTIVE_LEAVE) for on, name in collective.items()}
    found |= {on: _proposed(on, name, HolidayKind.HOLIDAY) for on, name in public.items()}
    return [found[on] for on in sorted(found)]


def _days(country: str, year: int, region: str, category: str) -> dict[date, str]:
    try:
        known = library.country_holidays(
            country, subdiv=region or None, years=year, categories=(category,), language=LANGUAGE
        )
    except NotImplementedError:
        place = f"{country} {region}".strip()
        raise Invalid.field("country", f"No holidays are known for {place}. Give an ISO country code.") from None
    return dict(known.items())


def _proposed(on: date, name: str, kind: HolidayKind) -> Proposed:
    return Proposed(on, name.replace(ESTIMATED, "")[:200], kind, ESTIMATED in name)


@transaction.atomic
def load(
    *, country: str, year: int, at: datetime, region: str = "", by: Any = None, is_dry_run: bool = False
) -> Loaded:
    """Add the library's days of a year to the place's calendar, made if it is not there (the first one is the default).

    A date the calendar has or ever had stays as HR left it, also when she removed or moved it.
    """
    locks.pass_gate()
    days = proposed(country=country, year=year, region=region)
    name = f"{country} {region}".strip()
    calendar = HolidayCalendar.objects.filter(name=name).first()
    known = _dates_ever(calendar, year) if calendar else set()
    new = tuple(day for day in days if day.on not in known)
    loaded = Loaded(name, new, len(days) - len(new))
    if is_dry_run or not new:
        return loaded
    if calendar is None:
        is_first = not HolidayCalendar.objects.filter(is_default=True).exists()
        calendar = HolidayCalendar.objects.create(name=name, country=country, region=region, is_default=is_first)
    rows = [
        Holiday(calendar=calendar, on=day.on, name=day.name, kind=day.kind, is_estimated=day.is_estimated)
        for day in new
    ]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    meta = {"calendar": name, "year": year, "day_count": len(new)}
    _log("holiday_calendar.loaded", calendar, meta, by=by, at=at)
    day_facts_changed(None, new[0].on, new[-1].on)
    return loaded


def _dates_ever(calendar: HolidayCalendar, year: int) -> set[date]:
    """Every date of the year that the calendar has or had: the history remembers what HR moved or removed."""
    history = apps.get_model("hr", "HolidayEvent").objects.filter(calendar_id=calendar.pk, on__year=year)
    return set(history.values_list("on", flat=True)) | set(
        calendar.holidays.filter(on__year=year).values_list("on", flat=True)
    )


@transaction.atomic
def put(
    *, calendar: HolidayCalendar, on: date, name: str, kind: str, by: Any, at: datetime, is_estimated: bool = False
) -> Holiday:
    """Set what a date is in a calendar, new or already there."""
    locks.pass_gate()
    values = {"name": name, "kind": HolidayKind(kind), "is_estimated": is_estimated}
    row, _ = Holiday.objects.update_or_create(calendar=calendar, on=on, defaults=values)
    _log("holiday.set", calendar, {"on": on.isoformat(), "name": name, "kind": str(kind)}, by=by, at=at)
    day_facts_changed(None, on, on)
    return row


@transaction.atomic
def remove(*, holiday: Holiday, by: Any, at: datetime) -> None:
    """Make the date an ordinary day again; the next load leaves it so."""
    locks.pass_gate()
    on, calendar = holiday.on, holiday.calendar
    holiday.delete()
    _log("holiday.removed", calendar, {"on": on.isoformat(), "name": holiday.name}, by=by, at=at)
    day_facts_changed(None, on, on)


def _log(action: str, calendar: HolidayCalendar, meta: dict[str, Any], *, by: Any, at: datetime) -> None:
    activity.record(action=action, resource_type="holiday_calendar", resource_id=calendar.pk, by=by, at=at, meta=meta)
