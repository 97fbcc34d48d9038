"""The punches of one person that count, as every event of a re-paired day reads them: one prepared statement."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from attendance.models import Punch
from peoplesync.core import prepared


def punches_of(
    employee_id: UUID,
    *,
    days: tuple[date, date] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Punch]:
    """What `Punch.objects.counting()` finds of one person on these work dates, both inside, or from one instant to
    another (UTC), by instant.
    """
    bounds = days or (since, until)
    found = prepared.rows(_on_days() if days else _since(), [employee_id, *bounds])
    return [prepared.built(Punch, row)[0] for row in found]


@lru_cache(maxsize=1)
def _on_days() -> str:
    return _sql("p.work_date BETWEEN %s AND %s")


@lru_cache(maxsize=1)
def _since() -> str:
    return _sql("p.at BETWEEN %s AND %s")


def _sql(when: str) -> str:
    return f"""
        SELECT {prepared.columns(Punch, "p")} FROM attendance_punch p
        WHERE p.employee_id = %s AND {when} AND NOT p.is_void AND p.verdict <> 'reject'
            AND NOT EXISTS (SELECT FROM attendance_punch later WHERE later.supersedes_id = p.id)
        ORDER BY p.at
        """  # noqa: S608 column names are our models'; values are bound
