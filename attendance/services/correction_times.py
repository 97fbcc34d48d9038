"""The times a correction proposes: what is meant by what was sent, and whether it can have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from attendance.models import Attendance
from attendance.rules.punches import Refusal
from attendance.rules.work_dates import LONGEST
from attendance.selectors.stays import stay_of
from attendance.services.refusals import refuse
from hr.models import Employee
from hr.selectors import organisation
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Times:
    """What is proposed: instants in UTC, the zone they are read in, and the stay they belong to (None: a new one)."""

    clock_in: datetime
    clock_out: datetime | None
    zone: str
    stay: Attendance | None


def times_told(
    person: Employee, attendance_id: UUID | None, clock_in: datetime | None, clock_out: datetime | None
) -> Times:
    """What was sent; of a stored stay, an end that was not sent is the recorded one.

    Raises Invalid for a stay that is none of hers, for a missing start, and where nothing would change.
    """
    if attendance_id is None:
        if clock_in is None:
            raise Invalid.field("clock_in", "Give the start of the attendance that is missing.", code="required")
        return Times(clock_in, clock_out, person.timezone or organisation.zone(), None)
    stay = Attendance.objects.alive().filter(pk=attendance_id, employee=person).first()
    if stay is None:
        raise Invalid.field("attendance_id", "There is no such attendance of this employee.", code="unknown")
    start, end = _recorded_or(clock_in, stay.clock_in) or stay.clock_in, _recorded_or(clock_out, stay.clock_out)
    if (start, end) == (stay.clock_in, stay.clock_out):
        raise Invalid.field("clock_in", "These are the recorded times already. Nothing would change.", code="unchanged")
    return Times(start, end, stay.timezone, stay)


def _recorded_or(told: datetime | None, recorded: datetime | None) -> datetime | None:
    """What is told of an end. The wire shows whole seconds, so one sent back as it was shown is the recorded one."""
    if told is None or (recorded is not None and told == recorded.replace(microsecond=0)):
        return recorded
    return told


def check(person: Employee, times: Times, at: datetime) -> None:
    """Raises Invalid for times in the future, in the wrong order, too long, or outside of the employment; Conflict for
    times that run into another stay.
    """
    for field, moment in (("clock_in", times.clock_in), ("clock_out", times.clock_out)):
        if moment is not None and moment > at:
            raise Invalid.field(field, "This lies in the future. Correct what has happened.", code="future")
    end = times.clock_out
    if end is not None and end <= times.clock_in:
        raise Invalid.field("clock_out", "The end is not after the start.", code=Refusal.NOT_AFTER_START)
    if end is not None and end - times.clock_in > LONGEST:
        raise Invalid.field("clock_out", "An attendance lasts at most three days. Check both dates.", code="too_long")
    day = local_day(times.clock_in, times.zone)
    if person.hired_at is not None and day < person.hired_at:
        raise Invalid.field("clock_in", "This is before the first day of employment.", code="before_employment")
    if person.ended_on is not None and day > person.ended_on:
        raise Invalid.field("clock_in", "This is after the last day of employment.", code="after_employment")
    _check_free(person.pk, times)


def _check_free(employee_id: UUID, times: Times) -> None:
    """Raises Conflict when another recorded stay lies in these times: it could never be approved."""
    end = times.clock_out or times.clock_in
    others = (
        Attendance.objects.alive().filter(employee_id=employee_id).exclude(pk=times.stay.pk if times.stay else None)
    )
    runs_into = Q(clock_out__gt=times.clock_in) | Q(clock_out=None, clock_in__gte=times.clock_in)
    found = others.filter(runs_into).filter(Q(clock_in__lt=end) | Q(clock_in=times.clock_in)).first()
    if found is not None:
        refuse(Refusal.OVERLAPS, stay_of(found))
