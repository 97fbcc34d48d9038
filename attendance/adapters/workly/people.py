"""Whose punch it is and where: the numbers a call brings, turned into our rows in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from attendance.adapters.workly import wire
from attendance.adapters.workly.errors import Refused, ValidationFailed
from attendance.adapters.workly.messages import Code
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from hr.models import Employee
from hr.models.organisation import DEFAULT_ZONE
from hr.selectors import organisation, work_sites
from peoplesync.core import prepared

VENDOR = Vendor.WORKLY.value


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of a work site that a punch shows."""

    id: UUID
    name: str
    latitude: Decimal | None
    longitude: Decimal | None
    radius_metres: int
    address: str


@dataclass(frozen=True, slots=True)
class Puncher:
    """Somebody, the location she punches at, and the account's zone."""

    employee_id: UUID
    place: Place
    zone: str


#: Written by hand and prepared, because every punch pays for it.
_PUNCHER = f"""
    SELECT e.id, (SELECT timezone FROM hr_setting WHERE only_row), w.id, w.name, w.latitude, w.longitude, w.radius_metres,
        w.address
    FROM hr_employee e
    LEFT JOIN (attendance_vendorid place JOIN hr_worksite w ON w.id = place.object_id AND w.deleted_at IS NULL)
        ON place.vendor = 'workly' AND place.kind = 'site' AND place.external_id = %(location)s::text
        AND (cardinality(%(sites)s::uuid[]) = 0 OR w.id = ANY(%(sites)s::uuid[])) AND {work_sites.MAY_USE_SQL}
    WHERE e.deleted_at IS NULL AND {vendor_keys.REACHED_SQL} AND e.id = coalesce(%(own)s::uuid, (
        SELECT object_id FROM attendance_vendorid
        WHERE vendor = 'workly' AND kind = 'person' AND external_id = %(person)s::text))
"""  # noqa: S608 joined from constants; every value is bound


def account_zone() -> str:
    """The zone in which this door reads and writes every time."""
    return organisation.zone()


def puncher(key: VendorKey, sent: wire.PunchRequest) -> Puncher:
    """Who and where, in one statement; without a number it is the person the key stands for.

    Raises Refused (403, 7004) for somebody else through a key of one person, ValidationFailed (422) for nobody, and for
    a location that does not exist, that the key does not reach, or that is not hers.
    """
    if sent.employee_id is None and key.employee_id is None:
        raise ValidationFailed.of("employee_id", Code.REQUIRED)
    own = key.employee_id if sent.employee_id is None else None
    bound = {"person": str(sent.employee_id), "own": own, "location": str(sent.location_id), "sites": key.site_ids}
    row = prepared.row(_PUNCHER, {**bound, **vendor_keys.reach_of(key)})
    if row is None and key.employee_id is not None:
        raise Refused(Code.DENIED)
    if row is None:
        raise ValidationFailed.of("employee_id", Code.INVALID)
    employee_id, zone, *columns = row
    if columns[0] is None:
        raise ValidationFailed.of("location_id", Code.INVALID)
    return Puncher(employee_id, Place(*columns), zone or DEFAULT_ZONE)


def reached(key: VendorKey) -> Any:
    """The people a key reaches."""
    return vendor_keys.people(key)


def employee_ids(key: VendorKey, numbers: Any) -> list[UUID]:
    """The reached employees behind these numbers; numbers of nobody are passed over."""
    named = known.object_ids(vendor=VENDOR, kind=IdKind.PERSON.value, external_ids=[str(number) for number in numbers])
    return list(vendor_keys.people(key).filter(pk__in=named.values()).values_list("pk", flat=True))


def one(key: VendorKey, number: int) -> Employee:
    """The reached employee of this number. Raises Refused (404, 3000)."""
    rows = known.with_object_id(
        vendor_keys.people(key), vendor=VENDOR, kind=IdKind.PERSON.value, external_id=str(number)
    )
    found: Employee | None = rows.select_related("department").first()
    if found is None:
        raise Refused(Code.NOT_FOUND)
    return found
