"""PURE. Reports: comings and goings, late arrivals, people at work, absences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.errors import ValidationFailed
from attendance.adapters.workly.fields import Fields
from attendance.adapters.workly.messages import Code
from attendance.adapters.workly.wire import Page, event_text, read_page
from attendance.adapters.workly.wire_employees import Named, Photos, photos_json
from attendance.adapters.workly.wire_times import Actual, Scheduled, actual_json, hours, scheduled_json

FILTERS = ("location", "employee", "department", "tab_number")
SORTS = ("date", "-date", "ASC", "DESC")
#: The longest span of a sheet, which holds every day of it: the nights of five years, the timesheet of one.
MOST_NIGHTS, MOST_SHEET_DAYS = 5 * 366, 366


@dataclass(frozen=True)
class ReportQuery:
    """Days inclusive. `ids` name what `filter` says; tab numbers are texts and come in `tab_numbers`, which the reports
    of the night also take as a parameter of their own."""

    start_on: date
    end_on: date
    page: Page
    filter: str | None = None
    ids: tuple[int, ...] | None = None
    tab_numbers: tuple[str, ...] | None = None
    employee_id: int | None = None
    is_descending: bool = False


@dataclass(frozen=True)
class Person:
    """An employee as reports show her; `pin_code` and `tab_number` only in comings and goings."""

    id: int
    first_name: str
    last_name: str
    full_name: str
    patronymic: str = ""
    pin_code: int | None = None
    tab_number: str | None = None
    department: Named | None = None
    position: Named | None = None
    photos: Photos | None = None


@dataclass(frozen=True)
class InOut:
    """One punch; `is_manual` when no device made it."""

    person: Person
    at: datetime
    is_in: bool
    is_manual: bool
    location: Named | None = None
    serial_number: str | None = None


@dataclass(frozen=True)
class PersonDay:
    """One person's day in a report; all times in minutes, None where there is nothing to tell."""

    person: Person
    scheduled: Scheduled
    actual: Actual
    is_at_work: bool
    not_authorised_minutes: int = 0
    paid_leave_minutes: int | None = None
    unpaid_leave_minutes: int | None = None
    worked_in_paid_leave_minutes: int = 0
    worked_in_unpaid_leave_minutes: int = 0
    lunch_minutes: int | None = None


def report_query(query: Mapping[str, object]) -> ReportQuery:
    """Raises ValidationFailed (422): a missing day is 8002, a malformed one 8009, an end before the start 8010."""
    read = Fields(query)
    start, end = read.require_day("start_date"), read.require_day("end_date")
    if not read.faults and end < start:
        read.add("end_date", Code.MIN_DATE)
    chosen = read.choice("f", FILTERS)
    is_by_tab_number = chosen == "tab_number"
    by_tab_number = read.words("ids" if is_by_tab_number else "tab_number")
    sort = read.choice("sort", SORTS)
    found = ReportQuery(
        start_on=start,
        end_on=end,
        page=read_page(read),
        filter=chosen,
        ids=None if is_by_tab_number else read.ids("ids"),
        tab_numbers=by_tab_number,
        employee_id=read.integer("employee_id"),
        is_descending=sort in ("-date", "DESC"),
    )
    read.raise_any()
    return found


def sheet_query(query: Mapping[str, object], *, most_days: int) -> ReportQuery:
    """As `report_query`, for a sheet that holds every day. Raises ValidationFailed (422): 8003 for too long a span."""
    found = report_query(query)
    if (found.end_on - found.start_on).days >= most_days:
        raise ValidationFailed.of("end_date", Code.INVALID, rule="span_too_long")
    return found


def inout_json(inout: InOut, zone_name: str) -> JsonObject:
    """Twenty keys; dates and times in the account's zone."""
    person, shown = inout.person, event_text(inout.at, zone_name)
    return {
        "employee_id": person.id,
        "pin_code": person.pin_code,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "patronymic": person.patronymic,
        "full_name": person.full_name,
        "tab_number": person.tab_number,
        "position_id": _id(person.position),
        "department_id": _id(person.department),
        "department_title": _title(person.department),
        "position_title": _title(person.position),
        "event_date": shown[:10],
        "event_full_date": shown,
        "event_time": shown[11:],
        "event_code": 0 if inout.is_in else 1,
        "event_name": "in" if inout.is_in else "out",
        "mode": "manual" if inout.is_manual else "auto",
        "location_title": _title(inout.location),
        "location_id": _id(inout.location),
        "serial_number": inout.serial_number,
    }


def person_day_json(day: PersonDay, zone_name: str) -> JsonObject:
    """The item of `late-in` and `at-work`."""
    return {
        "employee": person_json(day.person),
        "scheduled": scheduled_json(day.scheduled, zone_name),
        "actual": actual_json(day.actual, day.scheduled, zone_name),
        "sum_paid_time": hours(day.paid_leave_minutes),
        "sum_not_paid_time": hours(day.unpaid_leave_minutes),
        "sum_paid_over_time": None,
        "sum_not_paid_over_time": None,
        "paid_time": hours(day.worked_in_paid_leave_minutes),
        "not_paid_time": hours(day.worked_in_unpaid_leave_minutes),
        "paid_over_time": None,
        "not_paid_over_time": None,
        "status": day.is_at_work,
        "not_authorized_time": hours(day.not_authorised_minutes),
        "auth_lunch_time": hours(day.lunch_minutes),
    }


def absence_json(person: Person, scheduled: Scheduled, zone_name: str) -> JsonObject:
    """The item of `absence`: no `actual`, for there was none."""
    return {"employee": person_json(person), "scheduled": scheduled_json(scheduled, zone_name)}


def person_json(person: Person) -> JsonObject:
    return {
        "id": person.id,
        "full_name": person.full_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "department_id": _id(person.department),
        "department_title": _title(person.department),
        "position_id": _id(person.position),
        "position_title": _title(person.position),
        "photos": photos_json(person.photos),
    }


def _id(named: Named | None) -> int | None:
    return None if named is None else named.id


def _title(named: Named | None) -> str | None:
    return None if named is None else named.title
