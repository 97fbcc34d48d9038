"""The demo's presence: patterns dealt out to people, day by day, written set by set.

Millions of rows pass through a few statements per thousand people; nothing is held in Python but the patterns of one
schedule and date. Whoever is on approved leave gets no pattern that day: the service computes such days (`leave`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from attendance.rules.evidence import Position, Site, SitePolicy
from attendance.selectors.house_rules import house_rules
from hr.models import WorkSite
from hr.selectors import schedules
from hr.selectors.schedules import DayPlan
from peoplesync.core.progress import Bars
from peoplesync.demo import dealing, organisation, timetable
from peoplesync.demo.bare import bare
from peoplesync.demo.ids import id_head
from peoplesync.demo.patterns import Judge, Pattern, Presence, patterns
from peoplesync.demo.people import CORE, employee_id, user_id
from peoplesync.kernel.dates import clamp_day

#: People per round of statements.
CHUNK = 5000
#: So many new people pay for building the indexes anew.
LARGE = 1000
_TABLES = (
    "attendance_punch", "attendance_punchevidence", "attendance_attendance", "attendance_daysummary",
    "attendance_dayexception",
)  # fmt: skip
#: Days look their pattern up in memory; the planner, which cannot know that three columns name one, would sort both.
_LOOK_UP = "SET LOCAL work_mem = '64MB'; SET LOCAL enable_mergejoin = off"
_AS_BEFORE = "SET LOCAL work_mem TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT"


def first_day(today: date, months: int) -> date:
    """The first day of `months` months of presence up to yesterday.

    >>> first_day(date(2026, 11, 22), 2), first_day(date(2027, 1, 31), 2)
    (datetime.date(2026, 9, 22), datetime.date(2026, 11, 30))
    """
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return clamp_day(years, month + 1, today.day)


def write(*, first: int, last: int, days: tuple[date, date], seed: int, at: datetime, bars: Bars) -> None:
    """Punches, stays and days from `days[0]` to `days[1]` of the people numbered `first` to `last`, both inside."""
    with _loading(first, last, bars), bars("presence", last - first + 1) as advance, connection.cursor() as cursor:
        cursor.execute(_LOOK_UP)
        cursor.execute(dealing.PATTERNS)
        plans = {(plan.schedule_id, plan.on): plan for plan in _plans(cursor, (first, last), days)}
        judge = _judge(at)
        for start in range(first, last + 1, CHUNK):
            end = min(start + CHUNK - 1, last)
            bound: dict[str, Any] = {"first": employee_id(start), "last": employee_id(end), "seed": str(seed)}
            cursor.execute(dealing.DEALT, {**bound, "first_on": days[0], "last_on": days[1]})
            _add_patterns(cursor, plans, patterns(seed), judge)
            _write_round(cursor, at)
            advance(end - start + 1)
        cursor.execute(_AS_BEFORE)
        cursor.execute("DROP TABLE demo_pattern")


def _loading(first: int, last: int, bars: Bars) -> AbstractContextManager[None]:
    """Many people are written without the tables' indexes, unless most of the rows are there already."""
    added = last - first + 1
    return bare(_TABLES, bars) if added >= LARGE and added > first else nullcontext()


def _plans(cursor: Any, people: tuple[int, int], days: tuple[date, date]) -> Iterator[DayPlan]:
    """The days of every schedule, as hr's selector says them of one person who works it."""
    cursor.execute(dealing.SAMPLES, {"first": employee_id(people[0]), "last": employee_id(people[1])})
    samples = [row[0] for row in cursor.fetchall()]
    for plan in schedules.each_plan(samples, *days):
        yield replace(plan, is_employed=True, leave_id=None, leave_code=None, leave_days=Decimal(0))


def _judge(at: datetime) -> Judge:
    site = WorkSite.objects.alive().get(name=timetable.HEAD_OFFICE)
    sites = (Site(Position(site.latitude, site.longitude), site.radius_metres, SitePolicy(site.policy), site.pk),)
    return Judge(organisation.ZONE, house_rules().day_policy, sites, at)


def _add_patterns(cursor: Any, plans: Mapping[Any, DayPlan], all_patterns: Sequence[Pattern], judge: Judge) -> None:
    """Judge the patterns that were dealt for the first time, and send them to the database."""
    cursor.execute(dealing.UNKNOWN)
    unknown = cursor.fetchall()
    with cursor.copy(f"COPY demo_pattern ({', '.join(dealing.COPIED)}) FROM STDIN") as copy:
        for schedule_id, on, number in unknown:
            copy.write_row(_row(judge.presence(plans[schedule_id, on], number, all_patterns[number])))
    if unknown:
        cursor.execute("ANALYZE demo_pattern (schedule_id, work_date, pattern)")


def _write_round(cursor: Any, at: datetime) -> None:
    bound = {
        "zone": organisation.ZONE,
        "location": timetable.HEAD_OFFICE,
        "at": at,
        "hr": user_id("hr"),
        "core": employee_id(CORE),
    }
    for statement in dealing.WRITES:
        cursor.execute(statement, bound)
    cursor.execute("DROP TABLE demo_dealt")


def _row(found: Presence) -> tuple[Any, ...]:
    stay, day = found.stay, found.day
    shown = {**day, "approved_overtime_seconds": found.approved_overtime_seconds}
    return (
        stay.start_at if stay else None,
        stay.end_at if stay else None,
        stay.is_unfinished if stay else None,
        sorted(flag.value for flag in stay.flags) if stay else None,
        (stay.reason.value if stay.reason else "") if stay else None,
        found.out_at,
        found.judged["verdict"],
        Jsonb(found.judged["signals"]),
        found.judged["site_id"],
        found.judged["distance_metres"],
        found.place.latitude,
        found.place.longitude,
        found.place.accuracy_metres,
        found.plan.schedule_id,
        found.plan.on,
        found.pattern,
        id_head(datetime.combine(found.plan.on, time.min, UTC)),
        id_head(stay.start_at) if stay else None,
        id_head(found.out_at) if found.out_at else None,
        *(Jsonb(shown[name]) if isinstance(shown[name], dict) else shown[name] for name in dealing.DAY),
    )
