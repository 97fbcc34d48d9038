"""The statements that deal patterns out to people: who works when, by which luck, and the rows that follow.

`%(first)s` and `%(last)s` are the ids of a round's first and last person. Patterns wait in `demo_pattern`, a round's days
in `demo_dealt`, both temporary; every row of presence is one join of the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from attendance.rules.pairing import PairingPolicy
from attendance.rules.punches import Door
from peoplesync.demo.ids import demo_id_sql, drawn_id_sql
from peoplesync.demo.patterns import COUNT

#: Columns of a computed day, as the service names them, without what belongs to one person.
DAY = (
    "day_type", "status", "is_locked", "scheduled_start_at", "scheduled_end_at", "scheduled_seconds", "first_in_at",
    "last_out_at", "worked_seconds", "break_seconds", "late_seconds", "early_leave_seconds", "early_arrival_seconds",
    "short_seconds", "auto_closed_seconds", "overtime", "counted_overtime", "approved_overtime_seconds", "counters",
    "exceptions",
)  # fmt: skip
_DATED = "work_date::text"

PATTERNS = f"""
    CREATE TEMP TABLE demo_pattern AS
    SELECT a.clock_in, a.clock_out, a.is_unfinished, a.flags, a.reason, NULL::timestamptz AS out_at,
        p.verdict, p.signals, p.site_id, p.distance_metres, v.lat, v.lng, v.location_accuracy,
        NULL::uuid AS schedule_id, d.work_date, 0 AS pattern, '' AS day_head, '' AS in_head, '' AS out_head,
        {", ".join(f"d.{name}" for name in DAY)}
    FROM attendance_attendance a, attendance_punch p, attendance_punchevidence v, attendance_daysummary d LIMIT 0
"""  # noqa: S608 constants
COPIED = (
    "clock_in", "clock_out", "is_unfinished", "flags", "reason", "out_at", "verdict", "signals", "site_id",
    "distance_metres", "lat", "lng", "location_accuracy", "schedule_id", "work_date", "pattern", "day_head", "in_head",
    "out_head", *DAY,
)  # fmt: skip

#: The people of a round and the schedule each works: found once a person, not once a day.
WORKERS = """
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
SAMPLES = f"SELECT DISTINCT ON (schedule_id) employee_id FROM ({WORKERS}) worker ORDER BY schedule_id, number"  # noqa: S608
#: A person's luck of a day picks the pattern; nobody is dealt days outside her employment or of her approved leave.
DEALT = f"""
    CREATE TEMP TABLE demo_dealt AS
    WITH worker AS MATERIALIZED ({WORKERS})
    SELECT employee_id, user_id, schedule_id, work_date, digits,
        ('x' || substr(digits, 1, 7))::bit(28)::int %% {COUNT} AS pattern
    FROM (
        SELECT worker.*, dated::date AS work_date, md5(%(seed)s || ':' || number || ':' || dated::date) AS digits
        FROM worker
        CROSS JOIN generate_series(%(first_on)s::date::timestamp, %(last_on)s::date::timestamp, interval '1 day') dated
        WHERE dated::date BETWEEN coalesce(worker.hired_at, '-infinity') AND coalesce(worker.ended_on, 'infinity')
            AND NOT EXISTS (
                SELECT FROM hr_leave away WHERE away.employee_id = worker.employee_id AND away.status = 'approved'
                AND away.deleted_at IS NULL AND dated::date BETWEEN away.start_date AND away.end_date)
        OFFSET 0
    ) drawn
"""  # noqa: S608 constants; values are bound
UNKNOWN = """
    SELECT schedule_id, work_date, pattern FROM demo_dealt
    EXCEPT SELECT schedule_id, work_date, pattern FROM demo_pattern
    ORDER BY schedule_id, work_date, pattern
"""
_FACTS = "demo_dealt JOIN demo_pattern USING (schedule_id, work_date, pattern)"
_STAY_ID, _DAY_ID = drawn_id_sql("in_head", "a"), drawn_id_sql("day_head", "d")
_IN_ID, _OUT_ID = drawn_id_sql("in_head", "1"), drawn_id_sql("out_head", "0")
#: Both punches of a day, where they were made.
_PUNCHED = f"""{_FACTS} CROSS JOIN LATERAL (
    SELECT 'in' AS kind, clock_in AS at, {_IN_ID} AS id WHERE clock_in IS NOT NULL
    UNION ALL SELECT 'out', out_at, {_OUT_ID} WHERE out_at IS NOT NULL
) punched"""
_SOURCE = "CASE WHEN pattern %% 3 = 0 THEN 'web' ELSE 'mobile' END"


def _insert(table: str, columns: Mapping[str, str], facts: str) -> str:
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {facts}"  # noqa: S608 constants


_PUNCH = {
    "id": "id",
    "kind": "kind",
    "at": "at",
    "created_at": "at",
    "received_at": "at",
    "employee_id": "employee_id",
    "timezone": "%(zone)s",
    "work_date": "work_date",
    "door": f"'{Door.NATIVE.value}'",
    "source": _SOURCE,
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
}
_EVIDENCE = {
    "punch_id": "id",
    "lat": "lat",
    "lng": "lng",
    "location": "%(location)s",
    "location_accuracy": "location_accuracy",
    "reported_ip": "''",
}
_STAY = {
    "id": _STAY_ID,
    "employee_id": "employee_id",
    "clock_in": "clock_in",
    "clock_out": "clock_out",
    "created_at": "clock_in",
    "updated_at": "coalesce(clock_out, clock_in)",
    "timezone": "%(zone)s",
    "work_date": "work_date",
    "is_unfinished": "is_unfinished",
    "door": f"'{Door.NATIVE.value}'",
    "source": _SOURCE,
    "sync_status": "'synced'",
    "flags": "flags",
    "reason": "reason",
    "comment": "''",
    "shift_ref": "''",
    "in_punch_id": _IN_ID,
    "out_punch_id": f"CASE WHEN out_at IS NOT NULL THEN {_OUT_ID} END",
}
_DAY_ROW = {
    "id": _DAY_ID,
    "employee_id": "employee_id",
    "work_date": "work_date",
    "policy": f"'{PairingPolicy.STATE_MACHINE.value}'",
    "created_at": "%(at)s",
    "updated_at": "%(at)s",
    **{name: name for name in DAY},
}
#: What is wrong with a day stands beside it. HR has looked at what is older than a week; managers will hear of the rest.
_EXCEPTIONS = f"""
    INSERT INTO attendance_dayexception
        (id, employee_id, work_date, kind, created_at, updated_at, resolved_at, resolved_by_id, note, notified_at)
    SELECT {demo_id_sql("'exception:' || employee_id || ':' || " + _DATED + " || kind", f"({_DATED})::timestamptz")},
        employee_id, work_date, kind, day_after, day_after,
        CASE WHEN is_old THEN day_after END, CASE WHEN is_old THEN %(hr)s::uuid END,
        CASE WHEN is_old THEN 'Talked about' ELSE '' END, CASE WHEN is_old THEN day_after END
    FROM {_FACTS} CROSS JOIN unnest(exceptions) AS kind
    CROSS JOIN LATERAL (
        SELECT least(work_date + interval '1 day', %(at)s::timestamptz) AS day_after,
            work_date < %(at)s::date - 7 AS is_old
    ) seen
    WHERE exceptions <> '{{}}'
"""  # noqa: S608 constants; values are bound
#: Positions are kept of the small demo's people only, as retention would have deleted most of a large one's.
WRITES = (
    _insert("attendance_punch", _PUNCH, _PUNCHED),
    _insert("attendance_punchevidence", _EVIDENCE, f"{_PUNCHED} WHERE employee_id <= %(core)s"),
    _insert("attendance_attendance", _STAY, f"{_FACTS} WHERE clock_in IS NOT NULL"),
    _insert("attendance_daysummary", _DAY_ROW, _FACTS),
    _EXCEPTIONS,
)
