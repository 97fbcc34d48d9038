"""A year's leave granted and its collective leave taken, as one act: at once for few people, as a job for many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hr.models import Employee, User
from hr.services import leave_ledger
from hr.services.leave_ledger import Granted
from peoplesync.core.models import Job
from peoplesync.core.services import jobs
from peoplesync.core.services.jobs import Ticket
from peoplesync.kernel.words import counted

KIND = "leave_grant"
#: People whose balances move within the request that asks.
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Settled:
    """What a year's leave came to now: what was granted, and how many days of collective leave were taken."""

    granted: Granted
    taken: int

    def __str__(self) -> str:
        granted, balances = counted(self.granted.days, "day"), counted(self.granted.count, "balance")
        return f"{granted} granted to {balances}, {counted(self.taken, 'day')} of collective leave taken"


def settle(*, year: int, by: Any, at: datetime, employee: Employee | None = None) -> Settled | Job:
    """Give everybody, or only `employee`, what a year grants, less its collective leave; who has hers is passed over.

    Of more than `AT_ONCE` people it is a job, and that is returned. Raises Invalid for a year that is a slip of the finger.
    """
    count = 1 if employee else Employee.objects.employed_between(date(year, 1, 1), date(year, 12, 31)).count()
    if count <= AT_ONCE:
        granted = leave_ledger.grant_year(year=year, employee=employee, by=by, at=at)
        return Settled(granted, leave_ledger.take_collective(year=year, employee=employee, by=by, at=at))
    return jobs.enqueue(kind=KIND, job_id=f"job_leave_{year}", payload={"year": year}, by=by, total=count, at=at)


def run(ticket: Ticket) -> str:
    """The job of a year's leave; harmless to run again."""
    year, by, done = ticket.payload["year"], User.objects.get(pk=ticket.user_id), 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        ticket.advance(processed=done)

    granted = leave_ledger.grant_year(year=year, by=by, at=timezone.now())
    return str(Settled(granted, leave_ledger.take_collective(year=year, by=by, at=timezone.now(), advance=advance)))
