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
from attendance.rules.pairing import PairingPolicy
from attendance.rules.punches import Door
from attendance.selectors.organisation import organisation as settled
from hr.models import WorkSite
from hr.selectors import schedules
from hr.selectors.schedules import DayPlan
from peoplesync.core.progress import Bars
from peoplesync.demo import organisation, timetable
from peoplesync.demo.bare import bare
from peoplesync.demo.ids import demo_id_sql, drawn_id_sql, id_head
from peoplesync.demo.patterns import COUNT, Judge, Pattern, Presence, patterns
from peoplesync.demo.people import CORE, employee_id, user_id
from peoplesync.kernel.dates import clamp_day

#: People per round of statements.
CHUNK = 2000
#: So many new people pay for building the indexes anew.
LARGE = 1000
_TABLES = (
    "attendance_punch", "attendance_punchevidence", "attendance_attendance", "attendance_daysummary",
    "attendance_dayexception",
)  # fmt: skip
#: Columns of a computed day, as the service names them, without what belongs to one person.
_DAY = (
    "day_type", "status", "is_locked", "scheduled_start_at", "scheduled_end_at", "scheduled_seconds", "first_in_at",
    "last_out_at", "worked_seconds", "break_seconds", "late_seconds", "early_leave_seconds", "early_arrival_seconds",
    "short_seconds", "auto_closed_seconds", "overtime", "counted_overtime", "approved_overtime_seconds", "counters",
    "exceptions",
)  # fmt: skip
_DATED = "work_date::text"

_PATTERNS = f"""
    CREATE TEMP TABLE demo_pattern AS
    SELECT a.clock_in, a.clock_out, a.is_unfinished, a.flags, a.reason, NULL::timestamptz AS out_at,
        p.verdict, p.signals, p.site_id, p.distance_metres, v.lat, v.lng, v.location_accuracy,
        NULL::uuid AS schedule_id, d.work_date, 0 AS pattern, '' AS day_head, '' AS in_head, '' AS out_head,
        {", ".join(f"d.{name}" for name in _DAY)}
    FROM attendance_attendance a, attendance_punch p, attendance_punchevidence v, attendance_daysummary d LIMIT 0
"""  # noqa: S608 constants
_COPIED = (
    "clock_in", "clock_out", "is_unfinished", "flags", "reason", "out_at", "verdict", "signals", "site_id",
    "distance_metres", "lat", "lng", "location_accuracy", "schedule_id", "work_date", "pattern", "day_head", "in_head",
    "out_head", *_DAY,
)  # fmt: skip

#: The people of a round and the schedule each works.
_WORKERS = """
    SELECT e.id AS employee_id, e.employee_number AS number, e.hired_at, e.ended_on, u.id AS user_id,
        coalesce(
            (SELECT own.schedule_id FROM hr_scheduleassignment own WHERE own.employee_id = e.id LIMIT 1),
            (SELECT shared.schedule_id FROM hr_scheduleassignment shared
             WHERE shared.department_id = e.department_id LIMIT 1),
            (SELECT id FROM hr_schedule WHERE is_default AND deleted_at IS NULL)
        ) AS schedule_id
    FROM hr_employee e LEFT JOIN hr_user u ON u.employee_id = e.id AND u.deleted_at IS NULL
    WHERE e.id BETWEEN %(first)s AND %(last)s
"""
#: One person of each schedule: what a day asks of her, it asks of all who work the schedule.
_SAMPLES = f"SELECT DISTINCT ON (schedule_id) employee_id FROM ({_WORKERS}) worker ORDER BY schedule_id, number"  # noqa: S608
#: A person's luck of a day picks the pattern; nobody is dealt days outside her employment or of her approved leave.
_DEALT = f"""
    CREATE TEMP TABLE demo_dealt AS
    SELECT *, ('x' || substr(digits, 1, 7))::bit(28)::int %% {COUNT} AS pattern FROM (
        SELECT worker.*, dated::date AS work_date, md5(%(seed)s || ':' || number || ':' || dated::date) AS digits
        FROM ({_WORKERS}) worker
        CROSS JOIN generate_series(%(first_on)s::date::timestamp, %(last_on)s::date::timestamp, interval '1 day') dated
        WHERE dated::date BETWEEN coalesce(worker.hired_at, '-infinity') AND coalesce(worker.ended_on, 'infinity')
            AND NOT EXISTS (
                SELECT FROM hr_leave away WHERE away.employee_id = worker.employee_id AND away.status = 'approved'
                AND away.deleted_at IS NULL AND dated::date BETWEEN away.start_date AND away.end_date)
        OFFSET 0
    ) drawn
"""  # noqa: S608 constants; values are bound
_UNKNOWN = """
    SELECT schedule_id, work_date, pattern FROM demo_dealt
    EXCEPT SELECT schedule_id, work_date, pattern FROM demo_pattern
    ORDER BY schedule_id, work_date, pattern
"""
_FACTS = f"""
    CREATE TEMP TABLE demo_fact AS
    SELECT dealt.employee_id, dealt.user_id, dealt.employee_id <= %(core)s AS has_position, demo_pattern.*,
        {drawn_id_sql("day_head", "d")} AS day_id, {drawn_id_sql("in_head", "a")} AS stay_id,
        {drawn_id_sql("in_head", "1")} AS in_id, {drawn_id_sql("out_head", "0")} AS out_id,
        CASE WHEN pattern %% 3 = 0 THEN 'web' ELSE 'mobile' END AS source
    FROM demo_dealt dealt JOIN demo_pattern USING (schedule_id, work_date, pattern)
"""  # noqa: S608 constants; values are bound


def _insert(table: str, columns: Mapping[str, str], where: str) -> str:
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM demo_fact WHERE {where}"  # noqa: S608 constants


def _punch(kind: str, instant: str, **more: str) -> dict[str, str]:
    return {
        "kind": f"'{kind}'",
        "at": instant,
        "created_at": instant,
        "received_at": instant,
        "employee_id": "employee_id",
        "timezone": "%(zone)s",
        "work_date": "work_date",
        "door": f"'{Door.NATIVE.value}'",
        "source": "source",
        "made_by_id": "user_id",
        "verdict": "verdict",
        "signals": "signals",
        "site_id": "site_id",
        "distance_metres": "distance_metres",
        "comment": "''",
        "shift_ref": "''",
        "is_overnight": "false",
        "is_void": "false",
        "reason": "''",
        **more,
    }


def _evidence(punch_id: str) -> dict[str, str]:
    return {
        "punch_id": punch_id,
        "lat": "lat",
        "lng": "lng",
        "location": "%(location)s",
        "location_accuracy": "location_accuracy",
        "reported_ip": "''",
    }


_STAY = {
    "id": "stay_id",
    "employee_id": "employee_id",
    "clock_in": "clock_in",
    "clock_out": "clock_out",
    "created_at": "clock_in",
    "updated_at": "coalesce(clock_out, clock_in)",
    "timezone": "%(zone)s",
    "work_date": "work_date",
    "is_unfinished": "is_unfinished",
    "door": f"'{Door.NATIVE.value}'",
    "source": "source",
    "sync_status": "'synced'",
    "flags": "flags",
    "reason": "reason",
    "comment": "''",
    "shift_ref": "''",
    "in_punch_id": "in_id",
    "out_punch_id": "CASE WHEN out_at IS NOT NULL THEN out_id END",
}
_DAY_ROW = {
    "id": "day_id",
    "employee_id": "employee_id",
    "work_date": "work_date",
    "policy": f"'{PairingPolicy.STATE_MACHINE.value}'",
    "created_at": "%(at)s",
    "updated_at": "%(at)s",
    **{name: name for name in _DAY},
}
#: What is wrong with a day stands beside it. HR has looked at what is older than a week; managers will hear of the rest.
_EXCEPTIONS = f"""
    INSERT INTO attendance_dayexception
        (id, employee_id, work_date, kind, created_at, updated_at, resolved_at, resolved_by_id, note, notified_at)
    SELECT {demo_id_sql("'exception:' || employee_id || ':' || " + _DATED + " || kind", f"({_DATED})::timestamptz")},
        employee_id, work_date, kind, day_after, day_after,
        CASE WHEN is_old THEN day_after END, CASE WHEN is_old THEN %(hr)s::uuid END,
        CASE WHEN is_old THEN 'Talked about' ELSE '' END, CASE WHEN is_old THEN day_after END
    FROM demo_fact CROSS JOIN unnest(exceptions) AS kind
    CROSS JOIN LATERAL (
        SELECT least(work_date + interval '1 day', %(at)s::timestamptz) AS day_after,
            work_date < %(at)s::date - 7 AS is_old
    ) seen
"""  # noqa: S608 constants; values are bound
#: Positions are kept of the small demo's people only, as retention would have deleted most of a large one's.
_WRITES = (
    _insert("attendance_punch", _punch("in", "clock_in", id="in_id"), "clock_in IS NOT NULL"),
    _insert("attendance_punch", _punch("out", "out_at", id="out_id"), "out_at IS NOT NULL"),
    _insert("attendance_punchevidence", _evidence("in_id"), "clock_in IS NOT NULL AND has_position"),
    _insert("attendance_punchevidence", _evidence("out_id"), "out_at IS NOT NULL AND has_position"),
    _insert("attendance_attendance", _STAY, "clock_in IS NOT NULL"),
    _insert("attendance_daysummary", _DAY_ROW, "true"),
    _EXCEPTIONS,
)


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
        cursor.execute(_PATTERNS)
        cursor.execute("CREATE INDEX ON demo_pattern (schedule_id, work_date, pattern)")
        plans = {(plan.schedule_id, plan.on): plan for plan in _plans(cursor, (first, last), days)}
        judge = _judge(at)
        for start in range(first, last + 1, CHUNK):
            end = min(start + CHUNK - 1, last)
            bound: dict[str, Any] = {"first": employee_id(start), "last": employee_id(end), "seed": str(seed)}
            cursor.execute(_DEALT, {**bound, "first_on": days[0], "last_on": days[1]})
            _add_patterns(cursor, plans, patterns(seed), judge)
            _write_round(cursor, at)
            advance(end - start + 1)
        cursor.execute("DROP TABLE demo_pattern")


def _loading(first: int, last: int, bars: Bars) -> AbstractContextManager[None]:
    """Many people are written without the tables' indexes, unless most of the rows are there already."""
    added = last - first + 1
    return bare(_TABLES, bars) if added >= LARGE and added > first else nullcontext()


def _plans(cursor: Any, people: tuple[int, int], days: tuple[date, date]) -> Iterator[DayPlan]:
    """The days of every schedule, as hr's selector says them of one person who works it."""
    cursor.execute(_SAMPLES, {"first": employee_id(people[0]), "last": employee_id(people[1])})
    samples = [row[0] for row in cursor.fetchall()]
    for plan in schedules.each_plan(samples, *days):
        yield replace(plan, is_employed=True, leave_id=None, leave_code=None, leave_days=Decimal(0))


def _judge(at: datetime) -> Judge:
    site = WorkSite.objects.alive().get(name=timetable.HEAD_OFFICE)
    sites = (Site(Position(site.latitude, site.longitude), site.radius_metres, SitePolicy(site.policy), site.pk),)
    return Judge(organisation.ZONE, settled().day_policy, sites, at)


def _add_patterns(cursor: Any, plans: Mapping[Any, DayPlan], all_patterns: Sequence[Pattern], judge: Judge) -> None:
    """Judge the patterns that were dealt for the first time, and send them to the database."""
    cursor.execute(_UNKNOWN)
    unknown = cursor.fetchall()
    with cursor.copy(f"COPY demo_pattern ({', '.join(_COPIED)}) FROM STDIN") as copy:
        for schedule_id, on, number in unknown:
            copy.write_row(_row(judge.presence(plans[schedule_id, on], number, all_patterns[number])))
    if unknown:
        cursor.execute("ANALYZE demo_pattern")


def _write_round(cursor: Any, at: datetime) -> None:
    cursor.execute(_FACTS, {"core": employee_id(CORE)})
    cursor.execute("DROP TABLE demo_dealt")
    bound = {"zone": organisation.ZONE, "location": timetable.HEAD_OFFICE, "at": at, "hr": user_id("hr")}
    for statement in _WRITES:
        cursor.execute(statement, bound)
    cursor.execute("DROP TABLE demo_fact")


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
        *(Jsonb(shown[name]) if isinstance(shown[name], dict) else shown[name] for name in _DAY),
    )
