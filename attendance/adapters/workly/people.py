"""Whose punch it is and where: the numbers a call brings, turned into our rows in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Subquery
from django.db.models.functions import Cast, JSONObject

from attendance.adapters.workly import wire
from attendance.adapters.workly.errors import Refused, ValidationFailed
from attendance.adapters.workly.messages import Code
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.selectors.ground import DEFAULT_ZONE
from hr.models import Employee, Setting
from hr.selectors import work_sites

VENDOR = Vendor.WORKLY.value


@dataclass(frozen=True, slots=True)
class Puncher:
    """Somebody, the location she punches at (its columns, coordinates as text), and the account's zone."""

    employee_id: UUID
    site: dict[str, Any]
    zone: str

    @property
    def site_id(self) -> UUID:
        return UUID(self.site["id"])


def account_zone() -> str:
    """The zone in which this door reads and writes every time."""
    return Setting.objects.values_list("timezone", flat=True).first() or DEFAULT_ZONE


def puncher(key: VendorKey, sent: wire.PunchRequest) -> Puncher:
    """Who and where, in one statement.

    Raises Refused (403, 7004) for somebody else through a key of one person, ValidationFailed (422) for nobody, and for
    a location that does not exist, that the key does not reach, or that is not hers.
    """
    site = vendor_keys.sites(key, work_sites.sites_of_outer_employee())
    site = known.with_object_id(site, vendor=VENDOR, kind=IdKind.SITE.value, external_id=str(sent.location_id))
    columns = JSONObject(
        id="pk", title="name", lat=Cast("latitude", CharField()), lon=Cast("longitude", CharField()),
        radius="radius_metres", address="address",
    )  # fmt: skip
    rows = _person(key, sent.employee_id).annotate(
        site=Subquery(site.values(row=columns)[:1]),
        house_zone=Subquery(Setting.objects.values("timezone")[:1]),
    )
    for employee_id, found, zone in rows.values_list("pk", "site", "house_zone")[:1]:
        if found is None:
            raise ValidationFailed.of("location_id", Code.INVALID)
        return Puncher(employee_id, found, zone or DEFAULT_ZONE)
    if key.employee_id is not None:
        raise Refused(Code.DENIED)
    raise ValidationFailed.of("employee_id", Code.INVALID)


def _person(key: VendorKey, number: int | None) -> Any:
    """The person of this number, or whom the key itself stands for."""
    if number is not None:
        return known.with_object_id(
            vendor_keys.people(key), vendor=VENDOR, kind=IdKind.PERSON.value, external_id=str(number)
        )
    if key.employee_id is None:
        raise ValidationFailed.of("employee_id", Code.REQUIRED)
    return Employee.objects.alive().filter(pk=key.employee_id)


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
