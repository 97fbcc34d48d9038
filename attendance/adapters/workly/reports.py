"""Workly's reading calls: the account, people, schedules and reports. Each reads one page and writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse

from attendance.adapters.answers import JsonObject
from attendance.adapters.door import Call, json_answer
from attendance.adapters.workly import (
    days,
    people,
    sites,
    staff,
    wire,
    wire_accounts,
    wire_employees,
    wire_locations,
    wire_reports,
)
from attendance.adapters.workly.people import VENDOR
from attendance.adapters.workly.wire_times import Actual, Scheduled
from attendance.models.vendor_id import IdKind
from attendance.services import vendor_ids
from hr.models import Schedule
from hr.selectors import organisation
from peoplesync.kernel.dates import local_day


def account(call: Call) -> HttpResponse:
    """Whom the token was given to: a service user is nobody's employee, so it has no day."""
    zone, today = _now(call)
    user_id = int(vendor_ids.ensure_one(vendor=VENDOR, kind=IdKind.USER.value, object_id=call.key.acts_as_id))
    person = call.key.employee
    scheduled, actual = days.own_day(person.pk, today, zone) if person else (Scheduled(today, False), Actual())
    shown = staff.shown([person], today) if person else [None]
    return json_answer(
        wire_accounts.account_answer(
            wire_accounts.Account(
                id=user_id,
                user_name=call.key.username or call.key.acts_as.email,
                company_id=1,
                company_name=organisation.settings().org_name,
                role_id=wire_accounts.ADMINISTRATOR if call.key.is_administrator else wire_accounts.EMPLOYEE,
                settings=wire_accounts.Settings(id=user_id, user_id=user_id, time_zone=zone),
                scheduled=scheduled,
                actual=actual,
                employee=shown[0],
            )
        )
    )


def list_employees(call: Call) -> HttpResponse:
    query = wire_employees.employees_query(call.request.GET.dict())
    _, today = _now(call)

    def shown(rows: Sequence[Any]) -> list[JsonObject]:
        return [wire_employees.employee_json(each) for each in staff.shown(rows, today)]

    return page(staff.filtered(call.key, query), query.page, shown)


def show_employee(call: Call) -> HttpResponse:
    person = people.one(call.key, wire.path_id(call.path["id"]))
    _, today = _now(call)
    return json_answer(wire.single_answer(wire_employees.employee_json(staff.shown([person], today)[0])))


def employee_locations(call: Call) -> HttpResponse:
    person = people.one(call.key, wire.path_id(call.path["id"]))
    near = wire_locations.nearby_query(call.request.GET.dict())
    found = sites.of_person(call.key, person.pk, near)
    return json_answer(wire.items_answer([wire.location_json(each) for each in found]))


def attendance(call: Call) -> HttpResponse:
    _, today = _now(call)
    return json_answer(wire_employees.counters_answer(days.counters(call.key, today)))


def list_schedules(call: Call) -> HttpResponse:
    asked = wire.page_request(call.request.GET.dict())

    def shown(rows: Sequence[Any]) -> list[JsonObject]:
        return [wire_employees.schedule_json(each) for each in staff.timetables(rows)]

    return page(Schedule.objects.alive().order_by("name", "id"), asked, shown)


def inouts(call: Call) -> HttpResponse:
    query = wire_reports.report_query(call.request.GET.dict())
    zone = people.account_zone()

    def shown(rows: Sequence[Any]) -> list[JsonObject]:
        return [wire_reports.inout_json(each, zone) for each in days.shown_inouts(rows)]

    return page(days.inouts(call.key, query, zone), query.page, shown)


def late_in(call: Call) -> HttpResponse:
    zone = people.account_zone()
    return _person_days(call, lambda key, query: days.late(key, query, zone), _person_day)


def at_work(call: Call) -> HttpResponse:
    return _person_days(call, days.at_work, _person_day)


def absence(call: Call) -> HttpResponse:
    return _person_days(call, days.absent, _absence)


def _person_day(day: wire_reports.PersonDay, zone: str) -> JsonObject:
    return wire_reports.person_day_json(day, zone)


def _absence(day: wire_reports.PersonDay, zone: str) -> JsonObject:
    return wire_reports.absence_json(day.person, day.scheduled, zone)


def _person_days(
    call: Call, found: Callable[..., Any], written: Callable[[wire_reports.PersonDay, str], JsonObject]
) -> HttpResponse:
    query = wire_reports.report_query(call.request.GET.dict())
    zone = people.account_zone()

    def shown(rows: Sequence[Any]) -> list[JsonObject]:
        return [written(day, zone) for day in days.shown_days(rows, zone)]

    return page(found(call.key, query), query.page, shown)


def page(rows: Any, asked: wire.Page, shown: Callable[[Sequence[Any]], list[JsonObject]]) -> HttpResponse:
    """One page of a list, and how many rows there are in all."""
    items = shown(list(rows[asked.offset : asked.offset + asked.size]))
    return json_answer(wire.list_answer(items, total=rows.count(), page=asked))


def _now(call: Call) -> tuple[str, date]:
    """The account's zone and its calendar day."""
    zone = people.account_zone()
    return zone, local_day(call.at, zone)
