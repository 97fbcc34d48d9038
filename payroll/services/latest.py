"""What pay shows on the employees' records below: the newest payroll and the salary in force, pushed down as a set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from hr.models import Setting
from hr.services import employee_batches
from peoplesync.kernel.dates import local_day

_NEWEST = """
    SELECT given.id,
        (SELECT payroll.id FROM payroll_payroll payroll
         WHERE payroll.employee_id = given.id AND payroll.status <> 'cancelled'
         ORDER BY payroll.period_year DESC, payroll.period_month DESC, payroll.generated_at DESC, payroll.id DESC
         LIMIT 1),
        (SELECT rate.amount FROM payroll_payrate rate
         WHERE rate.employee_id = given.id AND rate.is_confirmed AND rate.valid @> %s::date)
    FROM unnest(%s::uuid[]) AS given (id)
"""


def push(*, employee_ids: Sequence[UUID], at: datetime) -> None:
    """Show each one's newest live payroll, and today's salary, in the caller's transaction; two statements and a date."""
    if not employee_ids:
        return
    zone = Setting.objects.values_list("timezone", flat=True).first() or Setting._meta.get_field("timezone").default
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [local_day(at, zone), list(employee_ids)])
        rows = cursor.fetchall()
    employee_batches.set_latest_payroll(
        employee_ids=[row[0] for row in rows],
        payroll_ids=[row[1] for row in rows],
        salaries=[row[2] for row in rows],
        at=at,
    )
