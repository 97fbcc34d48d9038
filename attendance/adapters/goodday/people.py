"""Who and where in GoodDay's ids: the person a call is about, the people and offices a key reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from attendance.adapters.door import in_chunks
from attendance.adapters.goodday import errors, wire
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.services import vendor_ids
from hr.models import Employee, User, WorkSite
from hr.selectors import approvers
from hr.selectors import users as hr_users
from peoplesync.core import prepared
from peoplesync.kernel.roles import ALL_POWERFUL, RoleName

VENDOR = Vendor.GOODDAY.value
#: What GoodDay calls somebody's place in the company, strongest first; everybody else is an employee.
_COMPANY_ROLES = (
    (RoleName.SUPERADMIN, "Administrator"),
    (RoleName.ADMIN, "Administrator"),
    (RoleName.HR, "HR"),
    (RoleName.PAYROLL_ADMIN, "Payroll"),
    (RoleName.MANAGER, "Manager"),
)


@dataclass(frozen=True, slots=True)
class Acting:
    """Whom a write is about, where, and who makes it: our rows and GoodDay's names of them.

    `office_zone` is the zone of the office the call names, None for the employee's own.
    """

    employee_id: UUID
    user_id: str
    creator_id: str
    site_id: UUID | None = None
    office_id: str | None = None
    office_zone: str | None = None


#: Written by hand and prepared, because every punch pays for it.
_ACTING = f"""
    SELECT e.id,
        (SELECT maker.external_id FROM attendance_vendorid maker
         WHERE maker.vendor = %(vendor)s AND maker.kind = %(maker_kind)s AND maker.object_id = %(maker)s),
        site.id, nullif(site.timezone, '')
    FROM attendance_vendorid person JOIN hr_employee e ON e.id = person.object_id
    LEFT JOIN (hr_worksite site JOIN attendance_vendorid office
            ON office.vendor = %(vendor)s AND office.kind = 'site' AND office.object_id = site.id)
        ON office.external_id = %(office)s::text AND site.deleted_at IS NULL
            AND (cardinality(%(sites)s::uuid[]) = 0 OR site.id = ANY(%(sites)s::uuid[]))
    WHERE person.vendor = %(vendor)s AND person.kind = 'person' AND person.external_id = %(user)s
        AND e.deleted_at IS NULL AND {vendor_keys.REACHED_SQL}
"""  # noqa: S608 joined from constants; every value is bound


def acting(key: VendorKey, user_id: str, office_id: str | None) -> Acting:
    """Everything a punch must know, in one statement. Raises Forbidden for nobody, Invalid for no office."""
    kind, row_id = _creator(key)
    bound: dict[str, Any] = {
        "vendor": VENDOR,
        "maker_kind": kind,
        "maker": row_id,
        "user": user_id,
        "office": office_id,
    }
    row = prepared.row(_ACTING, {**bound, "sites": key.site_ids, **vendor_keys.reach_of(key)})
    if row is None:
        raise errors.unknown_user(user_id)
    employee_id, creator_id, site_id, office_zone = row
    if office_id is not None and site_id is None:
        raise errors.unknown_office(office_id)
    made = creator_id or vendor_ids.ensure_one(vendor=VENDOR, kind=kind, object_id=row_id)
    return Acting(employee_id, user_id, made, site_id, office_id, office_zone)


def _creator(key: VendorKey) -> tuple[str, UUID]:
    """In whose name a key writes: a person where its user is one, else the service user."""
    user = key.acts_as
    return (IdKind.PERSON.value, user.employee_id) if user.employee_id else (IdKind.USER.value, user.pk)


def employee_ids(key: VendorKey, user_ids: Iterable[str]) -> list[UUID]:
    """The employees behind GoodDay's ids. Raises Forbidden naming the first that is nobody the key reaches."""
    wanted = list(user_ids)
    named = known.object_ids(vendor=VENDOR, kind=IdKind.PERSON.value, external_ids=wanted)
    reached = set(vendor_keys.people(key).filter(pk__in=named.values()).values_list("pk", flat=True))
    for user_id in wanted:
        if named.get(user_id) not in reached:
            raise errors.unknown_user(user_id)
    return list(reached)


def creator_ids(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Our users -> the GoodDay ids under which they appear as makers of events."""
    employees = dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "employee_id"))
    people = person_ids(one for one in employees.values() if one)
    service = vendor_ids.ensure(
        vendor=VENDOR, kind=IdKind.USER.value, object_ids=[user for user, person in employees.items() if not person]
    )
    return {user: people[person] if person else service[user] for user, person in employees.items()}


def person_ids(employees: Iterable[UUID]) -> dict[UUID, str]:
    return vendor_ids.ensure(vendor=VENDOR, kind=IdKind.PERSON.value, object_ids=employees)


def office_ids(sites: Iterable[UUID]) -> dict[UUID, str]:
    return vendor_ids.ensure(vendor=VENDOR, kind=IdKind.SITE.value, object_ids=sites)


def offices(key: VendorKey) -> Iterator[wire.Office]:
    for chunk in in_chunks(vendor_keys.sites(key, WorkSite.objects.alive()).order_by("name", "id")):
        named = office_ids(site.pk for site in chunk)
        yield from (wire.Office(named[site.pk], site.name) for site in chunk)


def users(key: VendorKey, only: str | None = None) -> Iterator[wire.User]:
    """The people a key reaches; `only` the one of this GoodDay id."""
    rows = vendor_keys.people(key)
    if only is not None:
        rows = known.with_object_id(rows, vendor=VENDOR, kind=IdKind.PERSON.value, external_id=only)
    superiors = approvers.managers_by_department()
    for chunk in in_chunks(rows.order_by("employee_number", "id")):
        yield from _shown(key, chunk, superiors)


def _shown(key: VendorKey, chunk: list[Employee], superiors: dict[UUID, list[UUID]]) -> Iterator[wire.User]:
    bosses = {person.pk: _superior(person, superiors) for person in chunk}
    reached = vendor_keys.people(key).filter(pk__in={boss for boss in bosses.values() if boss})
    seen = set(reached.values_list("pk", flat=True))
    named = person_ids([*(person.pk for person in chunk), *seen])
    held = hr_users.role_names_of_employees(person.pk for person in chunk)
    for person in chunk:
        roles = held.get(person.pk, frozenset())
        boss = bosses[person.pk]
        yield wire.User(
            id=named[person.pk],
            company_role=next((title for role, title in _COMPANY_ROLES if role in roles), "Employee"),
            is_admin=bool(ALL_POWERFUL & roles),
            created_at=person.created_at,
            name=person.full_name,
            primary_email=person.email,
            reports_to_id=named[boss] if boss in seen else None,
        )


def _superior(person: Employee, superiors: dict[UUID, list[UUID]]) -> UUID | None:
    """Her nearest manager who is somebody else."""
    line = superiors.get(person.department_id, []) if person.department_id else []
    return next((manager for manager in line if manager != person.pk), None)
