"""Who has read what is confidential about a person: her payslips and her pay. One's own reading is not logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q

from hr.models import Employee, User
from hr.selectors import organisation
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.dates import ONE_DAY, at_local
from peoplesync.kernel.errors import Invalid, NotFound
from peoplesync.privacy import export


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at one record: `what` is its kind, `by` the reader's address."""

    at: datetime
    by: str
    what: str
    record_id: UUID | None


def of_person(*, number: str, first: date, last: date) -> list[Reading]:
    """The readings of the organisation's days from `first` to `last`, both inside, oldest first. Raises NotFound, Invalid."""
    if last < first:
        raise Invalid.field("to", "The last day is before the first. Give the days in their order.")
    employee_id = Employee.objects.filter(employee_number=number).values_list("pk", flat=True).first()
    if employee_id is None:
        raise NotFound(f"There is no employee with the number {number}.", code="not_found")
    rows = _read_entries(employee_id, first, last)
    addresses = dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "email"))
    return [
        Reading(row.created_at, addresses.get(row.user_id, "the system"), _what(row), row.resource_id) for row in rows
    ]


def _what(row: ActivityLog) -> str:
    return row.resource_type if row.action.endswith(".read") else "export"


def _read_entries(employee_id: UUID, first: date, last: date) -> list[ActivityLog]:
    """Entries that say something was read: the span of days bounds the part of the log that is looked through.

    An entry names one person or, of a page of people, all of them; an export with pay showed everybody's, one of personal
    data hers.
    """
    zone = organisation.settings().timezone
    begin, end = at_local(first, time.min, zone), at_local(last + ONE_DAY, time.min, zone)
    span = ActivityLog.objects.filter(created_at__gte=begin, created_at__lt=end)
    named = Q(meta__employee_id=str(employee_id)) | Q(meta__employee_ids__contains=[str(employee_id)])
    exported = Q(action="employee.exported", meta__with_pay=True) | Q(action=export.DONE, resource_id=employee_id)
    return list(span.filter(Q(action__endswith=".read") & named | exported).order_by("created_at", "pk"))
