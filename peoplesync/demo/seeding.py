"""The demo as a whole: what is made, in which order, all of it or nothing."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db import connection, transaction

from peoplesync.core.progress import Bars
from peoplesync.core.services import activity
from peoplesync.demo import guard, leave, now, organisation, pay, people, presence, timetable, vendors
from peoplesync.demo.bare import bare
from peoplesync.kernel.dates import ONE_DAY, local_day

#: What people, their pay, their leave and the log of it fill.
_FILLED = ("hr_employee", "hr_leaveledgerentry", "payroll_payrate", "core_activitylog")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. Fewer people than accounts are rounded up to them."""

    employees: int = people.CORE
    months: int = 2
    seed: int = 1

    @property
    def size(self) -> int:
        return max(self.employees, len(people.ACCOUNTS))


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made. `size` is how many demo people are here now."""

    size: int
    added: int
    #: Vendors' ids and fresh credentials; None where the demo was here before.
    doors: vendors.Opened | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What `seed` would do: people added to reach `size`, and at most so many of their days from first to last."""

    size: int
    added: int
    days: int
    first_on: date
    last_on: date


def foreseen(*, wish: Wish, at: datetime) -> Foreseen:
    """What `seed` would make now. Reads only; raises Conflict where real people are."""
    here = guard.demo_size()
    first, last = _span(wish, local_day(at, organisation.ZONE))
    added = max(0, wish.size - here)
    return Foreseen(max(here, wish.size), added, added * ((last - first).days + 1), first, last)


def seed(*, wish: Wish, at: datetime, bars: Bars) -> Seeded:
    """Make the demo, or add the people a smaller demo lacks; the days before them stay as they are.

    Everything hangs on number, seed and the day of `at`; who is in, on its time of day, too. One transaction: an interrupted
    run leaves nothing behind. Raises Conflict where real people are, or while another process seeds.
    """
    with guard.alone(), transaction.atomic():
        here = guard.demo_size()
        if here >= wish.size:
            return Seeded(here, 0)
        _check_at_once()
        doors = _make(wish, here, at, bars)
    return Seeded(wish.size, wish.size - here, doors)


def _check_at_once() -> None:
    """Check references after each statement: waiting for the commit would hold an entry in memory for every row."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _make(wish: Wish, here: int, at: datetime, bars: Bars) -> vendors.Opened | None:
    today = local_day(at, organisation.ZONE)
    if not here:
        organisation.settings(at)
    organisation.departments(people.branch_count(wish.size), at)
    days = _span(wish, today)
    is_large = wish.size - here >= presence.LARGE
    with bare(_FILLED, bars, keeps_indexes=True) if is_large else nullcontext():
        _people(wish, here + 1, today, at, bars)
        if not here:
            people.write_users(at)
            timetable.schedules_and_sites(at)
        timetable.load_holidays(*days, at)
        timetable.assign_nights(here + 1, wish.size, at)
        _analyse(
            "hr"
        )  # the planner knows nothing of rows this transaction wrote, and would loop over people within people
        leave.grant(days[0], today, at, bars)
    if not here:
        leave.ask(size=wish.size, today=today, at=at)
    presence.write(first=here + 1, last=wish.size, days=days, seed=wish.seed, at=at, bars=bars)
    _analyse()
    if not here:
        leave.compute_days(*days, at)
        now.arrive(size=wish.size, at=at)
        pay.define_components(at)
        pay.post_last_month(size=wish.size, today=today, at=at)
    _log(wish, here, at)
    return None if here else vendors.open_doors(size=wish.size, at=at)


def _span(wish: Wish, today: date) -> tuple[date, date]:
    """First and last day of presence."""
    return presence.first_day(today, wish.months), today - ONE_DAY


def _log(wish: Wish, here: int, at: datetime) -> None:
    activity.record(
        action="demo.seeded",
        resource_type="setting",
        resource_id=None,
        by=None,
        meta={"employees": wish.size - here, "months": wish.months, "seed": wish.seed},
        at=at,
    )


def _people(wish: Wish, first: int, today: date, at: datetime, bars: Bars) -> None:
    with bars("people", wish.size - first + 1) as advance:
        people.write(first=first, last=wish.size, seed=wish.seed, today=today, at=at, advance=advance)


def _analyse(*apps_named: str) -> None:
    """Tell the planner what is here now, so the next questions are answered well.

    Our own tables by name: a bare ANALYZE takes the server's shared catalogues too, and waits for whoever does the same
    in another database.
    """
    ours = apps_named or ("core", "hr", "attendance", "payroll")
    tables = sorted(model._meta.db_table for model in apps.get_models() if model._meta.app_label in ours)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
