"""What presence does when hr changes what stands about days: those that have rows are computed anew, or marked.

Few days are computed in the transaction of the change; more are a job, so that nobody waits for history and nothing is
held for long. Closed days keep what was paid, and are only marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from attendance.models import DaySummary
from attendance.selectors import undecided, unsettled
from attendance.services import day_marks, days
from hr.models import Employee
from peoplesync.core.services import jobs
from peoplesync.core.services.jobs import Ticket
from peoplesync.kernel.dates import ONE_DAY

MARKS_KIND = "attendance.day_marks"
#: Days computed, or only marked, within the change itself.
AT_ONCE, MARKED_AT_ONCE = 1000, 5000
#: People of one page of the job; marks move in one statement a page.
PAGE, MARKS_PAGE = 20, 500


def days_changed(employee_ids: Collection[UUID] | None, first: date, last: date) -> None:
    """A schedule or holiday of these people (None: of everybody) changed from `first` to `last`."""
    at = timezone.now()
    stored = DaySummary.objects.stored(employee_ids, first, last).not_closed()
    if len(stored.order_by().values_list("pk")[: AT_ONCE + 1]) <= AT_ONCE:
        days.compute_stored(employee_ids=employee_ids, first=first, last=last, at=at)
        return
    who = None if employee_ids is None else sorted(map(str, employee_ids))
    jobs.enqueue(
        kind=undecided.DAYS_JOB,
        job_id=f"job_att_days_{at:%Y%m%d%H%M%S}",
        payload={"employee_ids": who, "first": first.isoformat(), "last": last.isoformat()},
        by=None,
        total=_people(who).count(),
        at=at,
    )


def _people(employee_ids: Collection[str] | None) -> Any:
    people = Employee.objects.alive()
    return people if employee_ids is None else people.filter(pk__in=employee_ids)


def run(ticket: Ticket) -> str:
    """Compute the stored open days of a change, a page of people after the other; harmless to run again."""
    told = ticket.payload
    first, last, named = date.fromisoformat(told["first"]), date.fromisoformat(told["last"]), told["employee_ids"]
    done, count = 0, 0
    for page in _pages(_people(None), PAGE) if named is None else _pages_of(named):
        count += days.compute_stored(employee_ids=page, first=first, last=last, at=timezone.now())
        done += len(page)
        ticket.advance(processed=done)
    return f"{count} days computed anew"


def _pages(people: Any, size: int) -> Iterator[list[UUID]]:
    """The ids of these people in their order, so many at a time."""
    ids, after = people.order_by("pk").values_list("pk", flat=True), UUID(int=0)
    while page := list(ids.filter(pk__gt=after)[:size]):
        yield page
        after = page[-1]


def _pages_of(named: Sequence[str]) -> Iterator[list[UUID]]:
    """The same of people who were named: each page asks for its own, however many there are."""
    for start in range(0, len(named), PAGE):
        yield list(_people(named[start : start + PAGE]).order_by("pk").values_list("pk", flat=True))


def leave_changed(employee_id: UUID, first: date, last: date) -> None:
    """A leave was decided, changed or taken back: its days so far."""
    days.compute_stored(employee_ids=[employee_id], first=first, last=last, at=timezone.now(), with_locked=True)


def locks_changed(employee_ids: Collection[UUID] | None, first: date, last: date) -> None:
    """Days were closed or opened and nothing else about them changed: their mark moves, in one statement.

    Of more than one person not today's: those are being punched on, and a payroll that is posted must not hold a punch
    up. The next punch marks them, or the timetable once the day is over. Very many days are marked by a job: changes of
    days are refused by the locks themselves, so nobody waits for the marks with the gate closed.
    """
    at = timezone.now()
    if employee_ids is None or len(employee_ids) > 1:
        last = min(last, unsettled.earliest_today(at) - ONE_DAY)
    if _are_few(employee_ids, first, last):
        day_marks.move(employee_ids=employee_ids, first=first, last=last, at=at)
        return
    jobs.enqueue(
        kind=MARKS_KIND,
        job_id=f"job_att_marks_{at:%Y%m%d%H%M%S}",
        payload={"first": first.isoformat(), "last": last.isoformat()},
        by=None,
        total=Employee.objects.count(),
        at=at,
    )


def _are_few(employee_ids: Collection[UUID] | None, first: date, last: date) -> bool:
    """Whether at most `MARKED_AT_ONCE` days are stored; not asked where there cannot be more."""
    if employee_ids is not None and len(employee_ids) * ((last - first).days + 1) <= MARKED_AT_ONCE:
        return True
    stored = DaySummary.objects.stored(employee_ids, first, last)
    return len(stored.order_by().values_list("pk")[: MARKED_AT_ONCE + 1]) <= MARKED_AT_ONCE


def move_marks(ticket: Ticket) -> str:
    """Mark everybody's days of a span as their locks say, a page of people after the other; harmless to run again."""
    first, last = date.fromisoformat(ticket.payload["first"]), date.fromisoformat(ticket.payload["last"])
    done, count = 0, 0
    for page in _pages(Employee.objects.all(), MARKS_PAGE):
        count += day_marks.move(employee_ids=page, first=first, last=last, at=timezone.now())
        done += len(page)
        ticket.advance(processed=done)
    return f"{count} days marked"
