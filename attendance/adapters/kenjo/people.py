"""Whom a Kenjo request names: by id, e-mail or external id, one or several that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Case, Q, Subquery, Value, When

from attendance.adapters.kenjo import errors, wire
from attendance.models.vendor_id import IdKind, VendorId
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_keys
from attendance.selectors.ground import DEFAULT_ZONE
from hr.models import Setting

VENDOR = Vendor.KENJO.value


@dataclass(frozen=True, slots=True)
class Person:
    """One employee; `zone` is where her wall clock hangs, `ended_on` her last day of employment."""

    id: UUID
    zone: str
    ended_on: date | None

    def check_tracked(self, day: date) -> None:
        """Attendance is tracked to the last day of employment. Raises Invalid."""
        if self.ended_on is not None and day > self.ended_on:
            raise errors.not_tracked()


def named(key: VendorKey, who: wire.Who) -> Person:
    """The one employee that all of the identifiers name, in one statement. Raises Invalid.

    An e-mail address that two people share names neither.
    """
    tests = _tests(who)
    rows = (
        vendor_keys.people(key)
        .filter(reduce(or_, tests))
        .annotate(
            is_meant=Case(When(reduce(and_, tests), then=Value(1)), default=Value(0)),
            organisation_zone=Subquery(Setting.objects.values("timezone")[:1]),
        )
    )
    columns = ("is_meant", "pk", "timezone", "organisation_zone", "ended_on")
    found = list(rows.order_by("-is_meant").values_list(*columns)[:2])
    if not found:
        raise errors.unknown_employee()
    if [row[0] for row in found] not in ([1], [1, 0]):
        raise errors.identifiers_disagree()
    _, employee_id, own_zone, organisation_zone, ended_on = found[0]
    return Person(employee_id, own_zone or organisation_zone or DEFAULT_ZONE, ended_on)


def _tests(who: wire.Who) -> list[Q]:
    tests = []
    if who.user_id is not None:
        ids = VendorId.objects.filter(vendor=VENDOR, kind=IdKind.PERSON.value, external_id=who.user_id)
        tests.append(Q(pk__in=ids.values("object_id")))
    if who.email is not None:
        tests.append(Q(email__iexact=who.email))
    if who.external_id is not None:
        tests.append(Q(employee_number=who.external_id))
    return tests
