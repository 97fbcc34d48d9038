"""Whom a Kenjo request names: by id, e-mail or external id, one or several that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from attendance.adapters.kenjo import errors, wire
from attendance.models.vendor_id import IdKind, VendorId
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_keys
from hr.models.organisation import DEFAULT_ZONE
from peoplesync.core import prepared

VENDOR = Vendor.KENJO.value


@dataclass(frozen=True, slots=True)
class Person:
    """One employee; `zone` is where her wall clock hangs, `ended_on` her last day, `is_tracked` her switch at this door."""

    id: UUID
    zone: str
    ended_on: date | None
    is_tracked: bool

    def check_tracked(self, day: date) -> None:
        """Attendance is tracked to the last day of employment, and only while it is switched on. Raises Invalid."""
        if not self.is_tracked or (self.ended_on is not None and day > self.ended_on):
            raise errors.not_tracked()


#: Written by hand and prepared, because every punch pays for it. Each identifier is looked up by its own index.
_NAMED = f"""
    SELECT coalesce(e.id = by_id.object_id, %(id)s::text IS NULL)
            AND coalesce(upper(e.email::text) = upper(%(email)s::text), %(email)s::text IS NULL)
            AND (%(number)s::text IS NULL OR e.employee_number = %(number)s::text) AS is_meant,
        e.id, coalesce(nullif(e.timezone, ''), s.timezone), e.ended_on,
        coalesce((SELECT own.is_tracked FROM attendance_vendorid own
            WHERE own.vendor = 'kenjo' AND own.kind = 'person' AND own.object_id = e.id), true)
    FROM hr_employee e
    LEFT JOIN attendance_vendorid by_id
        ON by_id.vendor = 'kenjo' AND by_id.kind = 'person' AND by_id.external_id = %(id)s::text
    LEFT JOIN hr_setting s ON s.only_row
    WHERE e.deleted_at IS NULL AND e.id IN (
        SELECT object_id FROM attendance_vendorid
        WHERE vendor = 'kenjo' AND kind = 'person' AND external_id = %(id)s::text
        UNION ALL SELECT id FROM hr_employee WHERE upper(email::text) = upper(%(email)s::text)
        UNION ALL SELECT id FROM hr_employee WHERE employee_number = %(number)s::text AND deleted_at IS NULL
    ) AND {vendor_keys.REACHED_SQL}
    ORDER BY 1 DESC LIMIT 2
"""  # noqa: S608 joined from constants; every value is bound


def named(key: VendorKey, who: wire.Who) -> Person:
    """The one employee that all of the identifiers name, in one statement. Raises Invalid.

    An e-mail address that two people share names neither.
    """
    bound = {"id": who.user_id, "email": who.email, "number": who.external_id}
    found = prepared.rows(_NAMED, {**bound, **vendor_keys.reach_of(key)})
    if not found:
        raise errors.unknown_employee()
    if [row[0] for row in found] not in ([True], [True, False]):
        raise errors.identifiers_disagree()
    _, employee_id, zone, ended_on, is_tracked = found[0]
    return Person(employee_id, zone or DEFAULT_ZONE, ended_on, is_tracked)


def check_switched_on(employee_id: UUID) -> None:
    """Refuse to change the time of somebody whose tracking is off. Raises Invalid."""
    off = VendorId.objects.filter(vendor=VENDOR, kind=IdKind.PERSON, object_id=employee_id, is_tracked=False)
    if off.exists():
        raise errors.not_tracked()
