"""People whose day has no row yet, or whose row was written before the day was over and says less than it should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection

from hr.models import Employee
from hr.models.organisation import DEFAULT_ZONE
from hr.selectors import organisation
from peoplesync.kernel.dates import ONE_DAY, at_local, local_day

#: People of one page.
PAGE = 2000

#: A row that says less than the demanded time was worked may still change when the demanded time ends (absent, short), and
#: with flexible hours when the day does. Whoever was entered into the system after the day was nobody's absence.
_SQL = """
    SELECT person.id FROM hr_employee person
    LEFT JOIN attendance_daysummary day ON day.employee_id = person.id AND day.work_date = %(day)s
    WHERE person.id > %(after)s AND person.deleted_at IS NULL AND person.timezone = ANY(%(zones)s::text[])
        AND (person.hired_at IS NULL OR person.hired_at <= %(day)s)
        AND (person.ended_on IS NULL OR person.ended_on >= %(day)s)
        AND ((day.id IS NULL AND person.created_at < %(over_at)s) OR (day.worked_seconds < day.scheduled_seconds AND (
            (day.scheduled_end_at <= %(at)s AND day.updated_at < day.scheduled_end_at)
            OR (%(over_at)s <= %(at)s AND day.updated_at < %(over_at)s))))
    ORDER BY person.id LIMIT %(page)s
"""
_EARLIEST = """
    SELECT min((%(at)s::timestamptz AT TIME ZONE known.zone)::date) FROM (
        SELECT DISTINCT coalesce(nullif(e.timezone, ''), s.timezone, %(default)s) AS zone
        FROM hr_employee e LEFT JOIN hr_setting s ON s.only_row WHERE e.deleted_at IS NULL) known
"""
_FIRST_PUNCH = "SELECT min(work_date) FROM attendance_punch"


def zones() -> dict[str, list[str]]:
    """The zones people work in -> how employees' rows name them: empty is the organisation's."""
    own = organisation.zone()
    found: dict[str, list[str]] = defaultdict(list)
    for name in Employee.objects.alive().order_by().values_list("timezone", flat=True).distinct():
        found[name or own].append(name)
    return dict(found)


def earliest_today(at: datetime) -> date:
    """The earliest local day on which somebody may be working at `at`."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIEST, {"default": DEFAULT_ZONE, "at": at})
        found: date | None = cursor.fetchone()[0]
    return found or local_day(at, DEFAULT_ZONE)


def first_kept_day() -> date | None:
    """The day of the first punch ever: before it presence was not kept here, so nobody was absent. None: no punch yet."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_PUNCH)
        row = cursor.fetchone()
    return row[0] if row else None


def pages(day: date, zone: str, names: list[str], at: datetime) -> Iterator[list[UUID]]:
    """The people to settle on a local day of a zone as of `at`, a page at a time by their ids."""
    bound: dict[str, Any] = {
        "day": day,
        "zones": names,
        "at": at,
        "over_at": at_local(day + ONE_DAY, time(0), zone),
        "page": PAGE,
        "after": UUID(int=0),
    }
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SQL, bound)
            found = [row[0] for row in cursor.fetchall()]
        if found:
            yield found
        if len(found) < PAGE:
            return
        bound["after"] = found[-1]
