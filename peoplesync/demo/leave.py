"""The demo's leave: balances granted by the year, and a handful of requests in every state, through the real services."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from attendance.services import days
from hr.models import Employee, Leave, LeaveStatus, User
from hr.selectors import leave_days
from hr.services import leave_ledger, leaves
from peoplesync.core.progress import Bars
from peoplesync.demo import organisation
from peoplesync.demo.people import employee_id, user_id
from peoplesync.kernel.dates import ONE_DAY, at_local, days_between

_ASKED_BEFORE = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request of the person numbered `number`. It starts `start` days after today and lasts `length` days.

    `decision` empty: nobody has decided; `decider` is the account that does.
    """

    number: int
    kind: str
    start: int
    length: int
    reason: str
    decision: str = ""
    decider: str = "hr"


_YES, _NO = LeaveStatus.APPROVED.value, LeaveStatus.REJECTED.value
_REQUESTS = (
    Wanted(5, "annual", -24, 2, "Family visit in Solo", _YES, "manager"),
    Wanted(5, "annual", 14, 3, "Wedding of my sister"),
    Wanted(4, "annual", -41, 1, "Moving house", _YES),
    Wanted(8, "sick", -12, 2, "Fever", _YES, "manager"),
    Wanted(9, "annual", 7, 3, "Holiday in Bali", _YES, "manager"),
    Wanted(10, "permission", -6, 1, "Renewing my driving licence", _NO),
    Wanted(7, "unpaid", -33, 2, "Family matters", _YES),
    Wanted(12, "sick", -3, 1, "Toothache"),
    Wanted(14, "annual", 21, 2, "Long weekend"),
    Wanted(16, "annual", -18, 1, "School day of my son", _YES),
    Wanted(20, "annual", -5, 2, "Concert", _NO, "manager"),
)


def grant(first: date, last: date, at: datetime, bars: Bars) -> None:
    """Everybody's days of each year from `first` to `last`, less the collective leave; known grants stay."""
    years = range(first.year, last.year + 1)
    with bars("leave", 2 * len(years)) as advance:
        for year in years:
            leave_ledger.grant_year(year=year, at=at)
            advance(1)
            leave_ledger.take_collective(year=year, at=at)
            advance(1)


def ask(*, size: int, today: date, at: datetime) -> None:
    """Every request of the people there are, and the decisions about them, dated when they would have been made."""
    for wanted in _REQUESTS:
        if wanted.number <= size:
            _ask(wanted, today, at)


def compute_days(first: date, last: date, at: datetime) -> None:
    """The days of approved leave from `first` to `last`: presence dealt nothing for them."""
    away: dict[UUID, set[date]] = defaultdict(set)
    approved = Leave.objects.alive().filter(status=LeaveStatus.APPROVED, start_date__lte=last, end_date__gte=first)
    for taken in approved:
        away[taken.employee_id].update(days_between(max(first, taken.start_date), min(last, taken.end_date)))
    days.compute(days=away, at=at)


def _ask(wanted: Wanted, today: date, at: datetime) -> None:
    person = Employee.objects.get(pk=employee_id(wanted.number))
    start, end = _days(wanted, today)
    asked_at = min(at - timedelta(days=2), at_local(start, time(9), organisation.ZONE) - _ASKED_BEFORE)
    made = leaves.request(
        employee=person,
        leave_type=wanted.kind,
        start_date=start,
        end_date=end,
        days=leave_days.count(person.pk, start, end),
        reason=wanted.reason,
        by=User.objects.filter(employee=person).first(),
        at=asked_at,
    )
    if wanted.decision:
        decider = User.objects.get(pk=user_id(wanted.decider))
        leaves.decide(leave=made, status=wanted.decision, note="", by=decider, at=asked_at + ONE_DAY)


def _days(wanted: Wanted, today: date) -> tuple[date, date]:
    """The days asked for, moved on until they hold work: no request is for a weekend alone."""
    start = today + timedelta(days=wanted.start)
    while not leave_days.count(employee_id(wanted.number), start, start):
        start += ONE_DAY
    return start, start + timedelta(days=wanted.length - 1)
