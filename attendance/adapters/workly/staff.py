"""Employees as Workly shows them, a page at a time: with department, schedule and locations, in constant statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from attendance.adapters.workly import people, wire_employees
from attendance.adapters.workly.people import VENDOR
from attendance.adapters.workly.wire_employees import SCHEDULE_TYPES, Employee, EmployeesQuery, Login, Named
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.services import vendor_ids
from hr.models import Employee as Person
from hr.models import Schedule, ScheduleAssignment, ScheduleKind, User
from hr.models.scoping import subtrees
from hr.selectors import schedules, work_sites

_TYPES = {
    ScheduleKind.FREE: SCHEDULE_TYPES["free"],
    ScheduleKind.FIXED: SCHEDULE_TYPES["fixed"],
    ScheduleKind.FLEXIBLE: SCHEDULE_TYPES["floating"],
    ScheduleKind.SHIFT: SCHEDULE_TYPES["shift"],
}
_SORTS = {"full_name": "last_name", "start_date": "hired_at"}


def named(kind: IdKind, rows: Any) -> dict[UUID, int]:
    """Our rows' ids -> Workly's numbers, those without one getting one."""
    found = vendor_ids.ensure(vendor=VENDOR, kind=kind.value, object_ids=[one for one in rows if one])
    return {row: int(number) for row, number in found.items()}


def filtered(key: VendorKey, query: EmployeesQuery) -> Any:
    """The people of a list call, in its order."""
    rows = vendor_keys.people(key).select_related("department")
    if query.ids is not None:
        rows = rows.filter(pk__in=people.employee_ids(key, query.ids))
    if query.full_name is not None:
        for word in query.full_name.split():
            rows = rows.filter(pk__in=_named_like(word))
    if query.filter is not None and query.filter_value is not None:
        rows = _narrowed(rows, query.filter, query.filter_value)
    sort = query.sort or ""
    column = _SORTS.get(sort.lstrip("-"))
    order = [f"-{column}" if sort.startswith("-") else column] if column else []
    return rows.order_by(*order, "employee_number", "id")


def _named_like(word: str) -> Any:
    rows = Person.objects.alive()
    return rows.filter(first_name__icontains=word).union(rows.filter(last_name__icontains=word)).values("pk")


def _narrowed(rows: Any, name: str, value: str) -> Any:
    if name == "letter":
        return rows.filter(last_name__istartswith=value)
    if name == "tab_number":
        return rows.filter(employee_number=value)
    unit = known.object_id(vendor=VENDOR, kind=IdKind.DEPARTMENT.value, external_id=value)
    return rows.filter(department_id__in=subtrees([unit])) if unit else rows.none()


def shown(rows: Sequence[Person], today: date) -> list[Employee]:
    """People as Workly's employees: ten statements however many."""
    ids = [row.pk for row in rows]
    numbers = named(IdKind.PERSON, ids)
    units = named(IdKind.DEPARTMENT, {row.department_id for row in rows})
    plans = {plan.employee_id: plan.schedule_id for plan in schedules.each_plan(ids, today, today)}
    timetables = _schedules(set(plans.values()))
    begun = _begun(ids, today)
    places = work_sites.named_by_employee(ids)
    sites = named(IdKind.SITE, {site for each in places.values() for site, _ in each})
    users = _users(ids)
    logins = named(IdKind.USER, [user.pk for user in users.values()])
    return [
        Employee(
            id=numbers[row.pk],
            first_name=row.first_name,
            last_name=row.last_name or "",
            full_name=row.full_name,
            start_on=started_on(row),
            schedule_start_on=begun.get(row.pk),
            tab_number=row.employee_number,
            mobile_phone=row.phone or "",
            user=Login(logins[users[row.pk].pk], users[row.pk].email) if row.pk in users else None,
            department=Named(units[row.department.pk], row.department.name) if row.department else None,
            schedule=timetables.get(plans.get(row.pk)),
            locations=tuple(Named(sites[site], name) for site, name in places[row.pk]),
        )
        for row in rows
    ]


def started_on(person: Person) -> date:
    """The first day, or the day she was written down where that is not known: the vendor's employee always has one."""
    return person.hired_at or person.created_at.date()


def _begun(employee_ids: Sequence[UUID], today: date) -> dict[UUID, date | None]:
    """Since when the schedule that holds today is hers; one she has from her department or the house begins nowhere."""
    rows = ScheduleAssignment.objects.filter(employee__in=employee_ids, valid__contains=today)
    return {row.employee_id: row.valid.lower for row in rows if row.employee_id}


def _users(employee_ids: Sequence[UUID]) -> dict[UUID, User]:
    return {user.employee_id: user for user in User.objects.alive().filter(employee_id__in=employee_ids)}


def _schedules(schedule_ids: set[UUID | None]) -> Mapping[UUID | None, wire_employees.Schedule]:
    rows = list(Schedule.objects.filter(pk__in=[one for one in schedule_ids if one]))
    return {row.pk: each for row, each in zip(rows, timetables(rows), strict=True)}


def timetables(rows: Sequence[Schedule]) -> list[wire_employees.Schedule]:
    """Schedules with Workly's numbers and types."""
    numbers = named(IdKind.SCHEDULE, [row.pk for row in rows])
    return [wire_employees.Schedule(numbers[row.pk], row.name, _TYPES[ScheduleKind(row.kind)]) for row in rows]
