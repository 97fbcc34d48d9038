"""Workly's writes about people: hiring, changing and dismissing, through the same acts as HR's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from attendance.adapters.bodies import json_body
from attendance.adapters.door import Call, json_answer
from attendance.adapters.workly import auth, people, staff, wire, wire_employees
from attendance.adapters.workly.errors import Fault, ValidationFailed
from attendance.adapters.workly.messages import Code
from attendance.adapters.workly.people import VENDOR
from attendance.adapters.workly.wire_employees import EmployeeWrite
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.selectors import vendor_ids as known
from attendance.services import vendor_ids
from hr.models import Department, Employee, Schedule, WorkSite
from hr.models.scoping import subtrees
from hr.selectors import locks
from hr.selectors import schedules as plans
from hr.services import employees, schedules, work_sites
from peoplesync.core import errors as native_errors
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Conflict, Invalid

#: Our columns that have another name there.
_THEIRS = {"employee_number": "tab_number", "email": "username", "phone": "mobile_phone", "site_ids": "locations"}
_REASON = "Dismissed through the Workly API"


@dataclass(frozen=True, slots=True)
class _Named:
    """What the numbers of a body stand for; None where none was sent."""

    department_id: UUID | None
    schedule: Schedule | None
    site_ids: list[UUID] | None


def create(call: Call) -> HttpResponse:
    """Hire somebody. All or nothing."""
    auth.require_personnel(call)
    sent = wire_employees.employee_create(json_body(call.request))
    with _in_their_words(), transaction.atomic():
        locks.pass_gate()  # a schedule comes with the person, who is held before it
        named = _named(call.key, sent)
        _require_free_address(sent, None)
        person = employees.hire(
            employee_number=sent.tab_number or vendor_ids.make(VENDOR, IdKind.PERSON.value),
            first_name=sent.first_name or "",
            last_name=sent.last_name,
            email=sent.username,
            phone=sent.mobile_phone,
            department_id=named.department_id,
            hired_at=sent.start_on,
            by=call.key.acts_as,
            at=call.at,
        )
        _place(call, person, named, sent.schedule_start_on or call.at.date(), is_new=True)
    return _shown(call, person)


def update(call: Call) -> HttpResponse:
    """Change what is sent; the tab number and the first day are facts. Another schedule holds from today."""
    auth.require_personnel(call)
    person = people.one(call.key, wire.path_id(call.path["id"]))
    sent = wire_employees.employee_update(json_body(call.request))
    with _in_their_words(), transaction.atomic():
        locks.pass_gate()  # a schedule comes with the person, who is held before it
        named = _named(call.key, sent)
        _require_facts(sent, person)
        _require_free_address(sent, person)
        changes: employees.Changes = {"first_name": sent.first_name or "", "last_name": sent.last_name}
        if named.department_id is not None:
            changes["department_id"] = named.department_id
        if "username" in sent.sent:
            changes["email"] = sent.username
        if "mobile_phone" in sent.sent:
            changes["phone"] = sent.mobile_phone
        changed = employees.update(employee=person, changes=changes, by=call.key.acts_as, at=call.at)
        today = local_day(call.at, people.account_zone())
        _place(call, changed, named, max(today, changed.hired_at or today), is_new=False)
    return _shown(call, people.one(call.key, wire.path_id(call.path["id"])))


def dismiss(call: Call) -> HttpResponse:
    """End employment; `exp_date` is the last day, worked and paid."""
    auth.require_personnel(call)
    person = people.one(call.key, wire.path_id(call.path["id"]))
    last_day = wire_employees.dismissal(json_body(call.request))
    if person.hired_at and last_day < person.hired_at:
        raise ValidationFailed.of("exp_date", Code.MIN_DATE)
    employees.end(employee=person, last_day=last_day, reason=_REASON, by=call.key.acts_as, at=call.at)
    return json_answer(wire.done_answer())


def _place(call: Call, person: Employee, named: _Named, first_on: date, *, is_new: bool) -> None:
    """Her schedule from a day on, unless she works it that day already, and where she may punch."""
    by, at, schedule = call.key.acts_as, call.at, named.schedule
    if schedule is not None and (is_new or plans.for_day(person.pk, first_on).schedule_id != schedule.pk):
        schedules.hand_over(schedule=schedule, employee_id=person.pk, first_on=first_on, by=by, at=at)
    if named.site_ids is not None:
        work_sites.choose_for(employee_id=person.pk, site_ids=named.site_ids, by=by, at=at)


def _named(key: VendorKey, sent: EmployeeWrite) -> _Named:
    """Raises ValidationFailed (8003) with every number that stands for nothing the key reaches."""
    faults: list[Fault] = []

    def rows_of(kind: IdKind, field: str, numbers: tuple[int, ...], rows: Any) -> list[Any]:
        found = known.object_ids(vendor=VENDOR, kind=kind.value, external_ids=[str(number) for number in numbers])
        seen = list(rows.filter(pk__in=found.values()))
        if len(seen) < len(set(numbers)):
            faults.append(Fault(field, Code.INVALID))
        return seen

    units = Department.objects.alive()
    if key.department_ids:
        units = units.filter(pk__in=subtrees(key.department_ids))
    unit = _one(sent.department_id)
    department = next(iter(rows_of(IdKind.DEPARTMENT, "department_id", unit, units)), None)
    plan = _one(sent.schedule_id)
    schedule = next(iter(rows_of(IdKind.SCHEDULE, "schedule_id", plan, Schedule.objects.alive())), None)
    places = WorkSite.objects.alive()
    sites = (
        list(places) if sent.is_all_locations else rows_of(IdKind.SITE, "locations", sent.location_ids or (), places)
    )
    if faults:
        raise ValidationFailed(faults)
    has_sites = sent.is_all_locations or sent.location_ids is not None
    return _Named(
        None if department is None else department.pk, schedule, [site.pk for site in sites] if has_sites else None
    )


def _one(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number,)


def _require_facts(sent: EmployeeWrite, person: Employee) -> None:
    """Raises ValidationFailed (8005) for another tab number or first day: neither has a change."""
    faults = []
    if sent.tab_number is not None and sent.tab_number != person.employee_number:
        faults.append(Fault("tab_number", Code.PARAM_DENIED))
    if sent.start_on is not None and sent.start_on != staff.started_on(person):
        faults.append(Fault("start_date", Code.PARAM_DENIED))
    if faults:
        raise ValidationFailed(faults)


def _require_free_address(sent: EmployeeWrite, person: Employee | None) -> None:
    """An address is one person's. Raises ValidationFailed (8008)."""
    if sent.username is None:
        return
    others = Employee.objects.alive().filter(email__iexact=sent.username)
    if (others if person is None else others.exclude(pk=person.pk)).exists():
        raise ValidationFailed.of("username", Code.EXISTS)


@contextmanager
def _in_their_words() -> Iterator[None]:
    """Refusals of our acts as faults of their fields: what is taken is 8008, anything else 8003."""
    try:
        yield
    except (Invalid, Conflict, IntegrityError) as error:
        refusal = native_errors.translated(error)
        if refusal is None or isinstance(refusal, ValidationFailed):
            raise
        if refusal.code == "duplicate":
            raise ValidationFailed.of("tab_number", Code.EXISTS) from error
        faults = [Fault(_THEIRS.get(name, name), Code.INVALID, " ".join(said)) for name, said in refusal.errors.items()]
        raise ValidationFailed(faults or [Fault("id", Code.INVALID, refusal.message)]) from error


def _shown(call: Call, person: Employee) -> HttpResponse:
    """The bare employee, unlike the answer to a read."""
    today = local_day(call.at, people.account_zone())
    return json_answer(wire_employees.employee_json(staff.shown([person], today)[0]))
