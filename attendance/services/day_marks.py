"""The mark of a closed day, moved where it differs from the locks: one statement, rows held in one order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import connection

#: Rows are locked in the order in which computed days are written, so that neither waits for the other in a circle.
_SQL = """
    WITH moved AS (
        SELECT day.id FROM attendance_daysummary day
        WHERE day.work_date BETWEEN %(first)s AND %(last)s
            AND (%(ids)s::uuid[] IS NULL OR day.employee_id = ANY(%(ids)s::uuid[]))
            AND day.is_locked <> EXISTS (
                SELECT FROM hr_periodlock l
                WHERE (l.employee_id IS NULL OR l.employee_id = day.employee_id) AND l.released_at IS NULL
                    AND l.first_on <= day.work_date AND l.last_on >= day.work_date)
        ORDER BY day.employee_id, day.work_date
        FOR NO KEY UPDATE OF day
    )
    UPDATE attendance_daysummary day SET is_locked = NOT day.is_locked, updated_at = %(at)s
    FROM moved WHERE day.id = moved.id
"""


def move(*, employee_ids: Collection[UUID] | None, first: date, last: date, at: datetime) -> int:
    """Mark the days from `first` to `last` of these people (None: of everybody) as their locks say; the rows changed."""
    if last < first:
        return 0
    ids = None if employee_ids is None else list(employee_ids)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"ids": ids, "first": first, "last": last, "at": at})
        return int(cursor.rowcount)
