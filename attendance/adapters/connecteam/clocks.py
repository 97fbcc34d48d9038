"""Who may punch on which clock, on which job: the names a call brings, turned into our rows in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from attendance.adapters.connecteam import refusals, wire
from attendance.models import TimeClock, WorkJob
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.rules.time_clocks import Claim, ClockRefusal, refusal_of
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.services import vendor_ids
from hr.models import Employee, Setting
from hr.models.organisation import DEFAULT_ZONE
from peoplesync.core import prepared

VENDOR = Vendor.CONNECTEAM.value


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as a call names it; `zone` is where its wall stands."""

    id: UUID
    number: int
    zone: str
    requires_job: bool = False
    is_archived: bool = False
    takes_day_locks: bool = True


@dataclass(frozen=True, slots=True)
class Puncher:
    """Somebody assigned to a clock, and what she punches for; `job_id` is the vendor's name of the job."""

    clock: Clock
    employee_id: UUID
    user_id: int
    work_job_id: UUID | None = None
    job_id: str | None = None


def clock(number: int) -> Clock:
    """The clock of this number. Raises Refused (400)."""
    for row in _clocks(number):
        return _clock(row, number)
    raise refusals.clock_unknown()


#: Written by hand and prepared, because every punch pays for it.
_PUNCHER = f"""
    SELECT c.id, coalesce(nullif(c.timezone, ''), (SELECT timezone FROM hr_setting WHERE only_row)), c.requires_job,
        c.is_archived,
        (SELECT e.id FROM attendance_vendorid person JOIN hr_employee e ON e.id = person.object_id
         JOIN attendance_timeclockemployee link ON link.employee_id = e.id AND link.time_clock_id = c.id
         WHERE person.vendor = 'connecteam' AND person.kind = 'person' AND person.external_id = %(user)s::text
            AND e.deleted_at IS NULL AND {vendor_keys.REACHED_SQL}),
        (SELECT j.id FROM attendance_vendorid job JOIN attendance_workjob j ON j.id = job.object_id
         LEFT JOIN attendance_workjob above ON above.id = j.parent_id
         WHERE job.vendor = 'connecteam' AND job.kind = 'job' AND job.external_id = %(job)s::text
            AND j.deleted_at IS NULL AND NOT j.is_archived AND above.deleted_at IS NULL AND above.is_archived IS NOT TRUE
            AND EXISTS (
                SELECT FROM attendance_timeclockjob link
                WHERE link.time_clock_id = c.id AND link.work_job_id IN (j.id, j.parent_id)))
    FROM attendance_vendorid named JOIN attendance_timeclock c ON c.id = named.object_id AND c.deleted_at IS NULL
    WHERE named.vendor = 'connecteam' AND named.kind = 'clock' AND named.external_id = %(clock)s::text
"""  # noqa: S608 joined from constants; every value is bound


def puncher(key: VendorKey, number: int, user_id: int, *, job_id: str | None = None) -> Puncher:
    """The assigned person of a punch, in one statement. Raises Refused (400): the clock, the person, the job, in turn."""
    bound = {"clock": str(number), "user": str(user_id), "job": job_id}
    row = prepared.row(_PUNCHER, {**bound, **vendor_keys.reach_of(key)})
    if row is None:
        raise refusals.clock_unknown()
    clock_id, zone, requires_job, is_archived, employee_id, work_job_id = row
    if employee_id is None:
        raise refusals.not_assigned(user_id, number)
    if job_id is not None and work_job_id is None:
        raise refusals.job_unknown(job_id, number)
    found = Clock(clock_id, number, zone or DEFAULT_ZONE, requires_job, is_archived)
    return Puncher(found, employee_id, user_id, work_job_id, job_id)


def admit(found: Puncher) -> None:
    """What the clock asks of a clock-in beyond its people and jobs. Raises Refused (400)."""
    has_job = found.work_job_id is not None
    claim = Claim(
        is_archived=found.clock.is_archived,
        is_assigned=True,
        requires_job=found.clock.requires_job,
        names_job=has_job,
        is_job_assigned=has_job,
    )
    refusal = refusal_of(claim)
    if refusal == ClockRefusal.CLOCK_CLOSED:
        raise refusals.clock_unknown()
    if refusal == ClockRefusal.JOB_REQUIRED:
        raise refusals.job_required()


def _clocks(number: int) -> QuerySet[TimeClock]:
    rows = known.with_object_id(
        TimeClock.objects.alive(), vendor=VENDOR, kind=IdKind.CLOCK.value, external_id=str(number)
    )
    annotated: QuerySet[TimeClock] = rows.annotate(house_zone=Subquery(Setting.objects.values("timezone")[:1]))
    return annotated


def _clock(row: Any, number: int) -> Clock:
    zone = row.timezone or row.house_zone or DEFAULT_ZONE
    return Clock(row.pk, number, zone, row.requires_job, row.is_archived, row.takes_day_locks)


def listed() -> list[wire.TimeClock]:
    """Every clock of the organisation, archived ones too."""
    rows = list(TimeClock.objects.alive().order_by("name", "id"))
    named = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.CLOCK.value, object_ids=[row.pk for row in rows])
    return [wire.TimeClock(int(named[row.pk]), row.name, row.is_archived) for row in rows]


def job_name(work_job_id: UUID | None) -> str | None:
    """The vendor's name of a job."""
    if work_job_id is None:
        return None
    return vendor_ids.ensure_one(vendor=VENDOR, kind=IdKind.JOB.value, object_id=work_job_id)


def people(key: VendorKey, found: Clock, user_ids: Collection[int] | None = None) -> QuerySet[Employee]:
    """The people a key reaches at a clock, in a fixed order; `user_ids` narrows them."""
    rows = vendor_keys.people(key).filter(time_clock_links__time_clock=found.id)
    if user_ids is not None:
        named = known.object_ids(
            vendor=VENDOR, kind=IdKind.PERSON.value, external_ids=[str(user_id) for user_id in user_ids]
        )
        rows = rows.filter(pk__in=named.values())
    return rows.order_by("employee_number", "id")


def user_ids_of(employee_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Our employees -> the vendor's numbers of them."""
    named = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.PERSON.value, object_ids=employee_ids)
    return {employee_id: int(number) for employee_id, number in named.items()}


def named_people(key: VendorKey, found: Clock, user_ids: Collection[int]) -> dict[int, UUID]:
    """Vendor's number -> employee for everybody named. Raises Refused (400) for the first who is not assigned."""
    rows = list(people(key, found, user_ids).values_list("pk", flat=True))
    known_here = {number: employee_id for employee_id, number in user_ids_of(rows).items()}
    for user_id in user_ids:
        if user_id not in known_here:
            raise refusals.not_assigned(user_id, found.number)
    return known_here


def named_jobs(found: Clock, job_ids: Collection[str]) -> dict[str, WorkJob]:
    """Vendor's name -> the job or sub-job of this clock. Raises Refused (400) for the first that is none."""
    named = known.object_ids(vendor=VENDOR, kind=IdKind.JOB.value, external_ids=job_ids)
    here = Q(time_clock_links__time_clock=found.id) | Q(parent__time_clock_links__time_clock=found.id)
    rows = (
        WorkJob.objects.choosable()
        .filter(here, pk__in=named.values())
        .annotate(has_children=Exists(WorkJob.objects.choosable().filter(parent=OuterRef("pk"))))
    )
    jobs = {job.pk: job for job in rows}
    for job_id in job_ids:
        if named.get(job_id) not in jobs:
            raise refusals.job_unknown(job_id, found.number)
    return {job_id: jobs[named[job_id]] for job_id in job_ids}
