"""Kenjo's lists of people, places, categories and expected hours, as far as a key reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from attendance.adapters import ids
from attendance.adapters.door import in_chunks
from attendance.adapters.kenjo import directory, errors, wire
from attendance.adapters.kenjo.people import VENDOR
from attendance.models import WorkJob
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.selectors.demands import schedule_of
from attendance.services import vendor_ids
from hr.models import Department, Employee, EmployeeStatus, Setting, WorkSite, WorkSiteAssignment
from hr.selectors import organisation, schedules


def _ids(kind: IdKind, rows: Any) -> dict[UUID, str]:
    return vendor_ids.ensure(vendor=VENDOR, kind=kind.value, object_ids=(one for one in rows if one))


def _in_order(key: VendorKey) -> Any:
    return vendor_keys.people(key).order_by("employee_number", "id")


def _is_active(person: Employee, today: date) -> bool:
    has_left = person.ended_on is not None and person.ended_on < today
    return person.status != EmployeeStatus.TERMINATED and not has_left


def employees(key: VendorKey, today: date) -> Iterator[directory.Employee]:
    for chunk in in_chunks(_in_order(key)):
        named = _ids(IdKind.PERSON, (person.pk for person in chunk))
        for person in chunk:
            yield directory.Employee(
                named[person.pk], person.email, _is_active(person, today), external_id=person.employee_number
            )


def accounts(key: VendorKey, today: date) -> Iterator[directory.Account]:
    company = company_id()
    for chunk in in_chunks(_in_order(key)):
        named = _ids(IdKind.PERSON, (person.pk for person in chunk))
        units = _ids(IdKind.DEPARTMENT, (person.department_id for person in chunk))
        places = _places(chunk)
        sites = _ids(IdKind.SITE, places.values())
        for person in chunk:
            place = places.get(person.pk)
            yield directory.Account(
                id=named[person.pk],
                email=person.email,
                is_active=_is_active(person, today),
                first_name=person.first_name,
                last_name=person.last_name or None,
                display_name=person.full_name,
                company_id=company,
                office_id=sites[place] if place else None,
                department_id=units[person.department_id] if person.department_id else None,
            )


def _places(chunk: list[Employee]) -> dict[UUID, UUID]:
    """Employee -> the site she works at: her own assignment before her department's, by name where there are several."""
    people, units = [person.pk for person in chunk], {person.department_id for person in chunk if person.department_id}
    rows = WorkSiteAssignment.objects.filter(Q(employee__in=people) | Q(department__in=units), site__deleted_at=None)
    own: dict[UUID, UUID] = {}
    shared: dict[UUID, UUID] = {}
    for site, employee, unit in rows.order_by("site__name").values_list("site_id", "employee_id", "department_id"):
        (own if employee else shared).setdefault(employee or unit, site)
    unit_of = {person.pk: shared.get(person.department_id) if person.department_id else None for person in chunk}
    found = {person.pk: own.get(person.pk) or unit_of[person.pk] for person in chunk}
    return {person: site for person, site in found.items() if site}


def company_id() -> str | None:
    """The organisation's own id; there is one company."""
    row_id = Setting.objects.values_list("pk", flat=True).first()
    return ids.kenjo_record_id(row_id) if row_id else None


def offices(key: VendorKey) -> Iterator[directory.Office]:
    company = company_id()
    for chunk in in_chunks(vendor_keys.sites(key, WorkSite.objects.alive()).order_by("name", "id")):
        named = _ids(IdKind.SITE, (site.pk for site in chunk))
        for site in chunk:
            yield directory.Office(named[site.pk], site.name, company_id=company, street=site.address or None)


def departments(key: VendorKey) -> Iterator[directory.Department]:
    """The departments of the people a key reaches; all of them when it reaches everybody."""
    rows = Department.objects.alive()
    if key.employee_id or key.employee_ids or key.department_ids:
        rows = rows.filter(pk__in=vendor_keys.people(key).values("department_id"))
    for chunk in in_chunks(rows.order_by("name", "id")):
        named = _ids(IdKind.DEPARTMENT, (unit.pk for unit in chunk))
        yield from (directory.Department(named[unit.pk], unit.name) for unit in chunk)


def categories() -> Iterator[directory.Category]:
    """What work is booked on: jobs, and their sub-jobs below them. One that was deleted stays known, but not active."""
    for chunk in in_chunks(WorkJob.objects.order_by("name", "id")):
        named = _ids(IdKind.CATEGORY, [job.pk for job in chunk] + [job.parent_id for job in chunk])
        for job in chunk:
            yield directory.Category(
                named[job.pk],
                job.name,
                is_active=job.deleted_at is None,
                parent_id=named[job.parent_id] if job.parent_id else None,
            )


def expected(key: VendorKey, asked: wire.ExpectedRequest) -> dict[str, object]:
    """One page of expected hours: what each day's schedule asks, leave and holidays taken off. Raises Invalid."""
    people = _asked_people(key, asked)
    total = people.count()
    first, last = wire.page_bounds(asked, total)
    page = list(people.order_by("employee_number", "id")[first:last])
    named = _ids(IdKind.PERSON, (person.pk for person in page))
    zones = {person.pk: person.timezone for person in page}
    zone = organisation.zone()
    minutes: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for plan in schedules.each_plan([person.pk for person in page], asked.from_on, asked.to_on):
        demand = schedule_of(plan, zones[plan.employee_id] or zone)
        minutes[plan.employee_id].append((plan.on, demand.required_seconds // 60))
    rows = [directory.Expected(named[person.pk], tuple(minutes[person.pk])) for person in page]
    return directory.write_expected(rows, page=asked.page, limit=asked.limit, total=total)


def _asked_people(key: VendorKey, asked: wire.ExpectedRequest) -> Any:
    """The people a key reaches, narrowed by what was asked. An id that names nothing is refused, not empty."""
    people = vendor_keys.people(key)
    if asked.company_id is not None and asked.company_id != company_id():
        raise errors.not_valid("companyId", "There is no such company.")
    if asked.user_ids is not None:
        people = people.filter(pk__in=_rows(IdKind.PERSON, asked.user_ids, "userId"))
    if asked.department_id is not None:
        people = people.filter(department__in=_rows(IdKind.DEPARTMENT, [asked.department_id], "departmentId"))
    if asked.office_id is not None:
        at_site = WorkSiteAssignment.objects.filter(site__in=_rows(IdKind.SITE, [asked.office_id], "officeId"))
        people = people.filter(
            Q(pk__in=at_site.exclude(employee=None).values("employee_id"))
            | Q(department_id__in=at_site.exclude(department=None).values("department_id"))
        )
    return people


def _rows(kind: IdKind, external_ids: Any, param: str) -> list[UUID]:
    wanted = list(external_ids)
    found = known.object_ids(vendor=VENDOR, kind=kind.value, external_ids=wanted)
    if any(one not in found for one in wanted):
        raise errors.not_valid(param, "It names nothing known here.")
    return list(found.values())
