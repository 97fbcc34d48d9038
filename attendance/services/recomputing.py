"""Computing days of everybody or of some people anew, by hand: after a change of rules, or for days that were missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from attendance.models import DaySummary
from attendance.services import days
from hr.models import Employee
from hr.selectors import locks, organisation
from peoplesync.core.progress import Advance
from peoplesync.core.services import activity
from peoplesync.kernel.dates import days_between
from peoplesync.kernel.errors import Invalid

#: People of one page.
PAGE = 500


def people(*, numbers: Collection[str], first: date, last: date) -> Any:
    """The people to compute: those with these numbers, or everybody employed between. Raises Invalid for an unknown one."""
    if not numbers:
        return Employee.objects.employed_between(first, last)
    found = Employee.objects.alive().filter(employee_number__in=list(numbers))
    missing = sorted(set(numbers) - set(found.values_list("employee_number", flat=True)))
    if missing:
        raise Invalid.field("employee", f"There is no employee with the number {missing[0]}.", code="unknown")
    return found


def recompute(
    *,
    people: Any,
    first: date,
    last: date,
    at: datetime,
    with_locked: bool = False,
    is_dry_run: bool = False,
    advance: Advance,
) -> int:
    """Compute every employed day, and every stored one, from `first` to `last` (no later than today); the rows written.

    Closed days keep what was paid, unless `with_locked`. A dry run only counts them. `advance` is told of each person.
    Running it again is harmless. Raises Invalid for days in the wrong order.
    """
    if last < first:
        raise Invalid.field("to", "The last day is before the first day. Give the days in their order.")
    last = min(last, organisation.today(at))
    count = 0
    for page in _pages(people):
        wanted = _days(page, first, last, with_locked=with_locked)
        count += sum(map(len, wanted.values())) if is_dry_run else days.compute(days=wanted, at=at)
        advance(len(page))
    if is_dry_run:
        return count
    activity.record(
        action="attendance.days_recomputed",
        resource_type="attendance_day",
        resource_id=None,
        by=None,
        at=at,
        meta={"first_on": first, "last_on": last, "day_count": count},
    )
    return count


def _pages(people: Any) -> Iterator[list[Employee]]:
    after = UUID(int=0)
    while page := list(people.filter(pk__gt=after).order_by("pk")[:PAGE]):
        yield page
        after = page[-1].pk


def _days(page: list[Employee], first: date, last: date, *, with_locked: bool) -> Mapping[UUID, set[date]]:
    ids = [person.pk for person in page]
    found: dict[UUID, set[date]] = defaultdict(set)
    for person in page:
        begins, ends = max(first, person.hired_at or first), min(last, person.ended_on or last)
        found[person.pk].update(days_between(begins, ends))
    stored = DaySummary.objects.filter(employee_id__in=ids, work_date__range=(first, last))
    for employee_id, day in stored.values_list("employee_id", "work_date"):
        found[employee_id].add(day)
    if not with_locked:
        for employee_id, closed in locks.locked_days(ids, first, last).items():
            found[employee_id].difference_update(closed)
    return found
