"""PURE. Employees: list and search, the employee object, creating, changing and dismissing, attendance counters.

The vendor's employee also carries salary, payroll and fine; they are left out here, because pay is read under its own
right and its reading is logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.fields import Fields
from attendance.adapters.workly.messages import Code
from attendance.adapters.workly.wire import Page, read_page

FILTERS = ("department", "letter", "tab_number")
SORTS = ("full_name", "start_date", "birth_date")
GENDERS = ("male", "female")
SCHEDULE_TYPES = {"free": 1, "fixed": 2, "floating": 3, "shift": 4}
ALL_LOCATIONS = "*"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Named:
    """Anything shown as an id and a title."""

    id: int
    title: str


@dataclass(frozen=True)
class Schedule:
    """`type` is 1 free, 2 fixed, 3 floating, 4 shift."""

    id: int
    title: str
    type: int


@dataclass(frozen=True)
class Photos:
    """Absolute addresses, or None where there is no picture."""

    small: str | None = None
    medium: str | None = None


@dataclass(frozen=True)
class Login:
    id: int
    email: str


@dataclass(frozen=True)
class Employee:
    id: int
    first_name: str
    last_name: str
    full_name: str
    start_on: date
    patronymic: str = ""
    gender: str | None = None
    photos: Photos | None = None
    schedule_start_on: date | None = None
    birth_on: date | None = None
    pin_code: str | None = None
    tab_number: str | None = None
    home_address: str = ""
    home_phone: str = ""
    work_phone: str = ""
    mobile_phone: str = ""
    notes: str | None = None
    qrcode: str | None = None
    user: Login | None = None
    department: Named | None = None
    positions: tuple[Named, ...] = ()
    schedule: Schedule | None = None
    locations: tuple[Named, ...] = ()


@dataclass(frozen=True)
class EmployeesQuery:
    """`filter` with `filter_value` narrow the list; `sort` may be led by a minus for descending."""

    page: Page
    filter: str | None = None
    filter_value: str | None = None
    ids: tuple[int, ...] | None = None
    full_name: str | None = None
    sort: str | None = None


@dataclass(frozen=True)
class EmployeeWrite:
    """`sent` tells an update which fields to touch; `location_ids` is None for all locations or for none sent."""

    sent: frozenset[str]
    first_name: str | None = None
    last_name: str | None = None
    patronymic: str | None = None
    birth_on: date | None = None
    gender: str | None = None
    department_id: int | None = None
    position_ids: tuple[int, ...] | None = None
    location_ids: tuple[int, ...] | None = None
    is_all_locations: bool = False
    schedule_id: int | None = None
    start_on: date | None = None
    schedule_start_on: date | None = None
    username: str | None = None
    notes: str | None = None
    work_phone: str | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    home_address: str | None = None
    tab_number: str | None = None


@dataclass(frozen=True)
class Counters:
    """Heads of the company today."""

    employees: int
    absent: int
    present: int
    late: int
    time_off: int


def employees_query(query: Mapping[str, object]) -> EmployeesQuery:
    """Raises ValidationFailed (422) for a page, filter, id list or order that is none."""
    read = Fields(query)
    found = EmployeesQuery(
        page=read_page(read),
        filter=read.choice("f", FILTERS),
        filter_value=read.text("fv"),
        ids=read.ids("ids"),
        full_name=read.text("full_name"),
        sort=read.choice("sort", (*SORTS, *(f"-{name}" for name in SORTS))),
    )
    read.raise_any()
    return found


def employee_create(body: object) -> EmployeeWrite:
    """Raises ValidationFailed (422), Refused (400)."""
    required = ("first_name", "department_id", "locations", "schedule_id", "start_date", "schedule_start_date")
    return _write(body, required)


def employee_update(body: object) -> EmployeeWrite:
    """Names are needed on every change, nothing else is. Raises ValidationFailed (422), Refused (400)."""
    return _write(body, ("first_name", "last_name"))


def _write(body: object, required: tuple[str, ...]) -> EmployeeWrite:
    read = Fields.of_body(body)
    for key in required:
        read.value(key, required=True)
    is_all = read.value("locations") == ALL_LOCATIONS
    found = EmployeeWrite(
        sent=read.sent,
        first_name=read.text("first_name", at_least=3, at_most=70),
        last_name=read.text("last_name", at_least=3, at_most=70),
        patronymic=read.text("patronymic", at_least=3, at_most=70),
        birth_on=read.day("birth_date"),
        gender=read.choice("gender", GENDERS),
        department_id=read.integer("department_id"),
        position_ids=read.ids("positions"),
        location_ids=None if is_all else read.ids("locations"),
        is_all_locations=is_all,
        schedule_id=read.integer("schedule_id"),
        start_on=read.day("start_date"),
        schedule_start_on=read.day("schedule_start_date"),
        username=_email(read),
        notes=read.text("notes"),
        work_phone=read.text("work_phone", at_most=200),
        mobile_phone=read.text("mobile_phone", at_most=200),
        home_phone=read.text("home_phone", at_most=200),
        home_address=read.text("home_address", at_most=255),
        tab_number=read.text("tab_number", at_most=255),
    )
    if found.start_on and found.schedule_start_on and found.schedule_start_on < found.start_on:
        read.add("schedule_start_date", Code.MIN_DATE)
    read.raise_any()
    return found


def _email(read: Fields) -> str | None:
    found = read.text("username", at_least=2, at_most=255)
    if found is not None and _EMAIL.fullmatch(found) is None:
        read.add("username", Code.WRONG_EMAIL)
    return found


def dismissal(body: object) -> date:
    """The last day, `exp_date`. Raises ValidationFailed (422), Refused (400)."""
    read = Fields.of_body(body)
    found = read.require_day("exp_date")
    read.raise_any()
    return found


def employee_json(employee: Employee) -> JsonObject:
    """Every key always there; ids are integers, texts without a value empty or null as the vendor has them."""
    return {
        "id": employee.id,
        "last_name": employee.last_name,
        "first_name": employee.first_name,
        "patronymic": employee.patronymic,
        "full_name": employee.full_name,
        "gender": employee.gender,
        "photos": photos_json(employee.photos),
        "start_date": employee.start_on.isoformat(),
        "schedule_start_date": _day(employee.schedule_start_on),
        "pin_code": employee.pin_code,
        "tab_number": employee.tab_number,
        "birth_date": _day(employee.birth_on),
        "home_address": employee.home_address,
        "home_phone": employee.home_phone,
        "work_phone": employee.work_phone,
        "mobile_phone": employee.mobile_phone,
        "notes": employee.notes,
        "qrcode": employee.qrcode,
        "user": None if employee.user is None else {"id": employee.user.id, "email": employee.user.email},
        "department": None if employee.department is None else _named(employee.department),
        "positions": [_named(position) for position in employee.positions],
        "schedule": None if employee.schedule is None else schedule_json(employee.schedule),
        "locations": [_named(location) for location in employee.locations],
    }


def photos_json(photos: Photos | None) -> JsonObject | None:
    return None if photos is None else {"small": photos.small, "medium": photos.medium}


def schedule_json(schedule: Schedule) -> JsonObject:
    """Also the item of the schedules list."""
    return {"id": schedule.id, "title": schedule.title, "type": schedule.type}


def counters_answer(counters: Counters) -> JsonObject:
    return {
        "count_employees": counters.employees,
        "count_absence": counters.absent,
        "count_inout": counters.present,
        "count_late_in": counters.late,
        "count_time_off": counters.time_off,
    }


def _named(named: Named) -> JsonObject:
    return {"id": named.id, "title": named.title}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
