"""What pay shows on the employees' records below: the newest payroll and the salary in force, pushed down as a set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from hr.selectors import organisation
from hr.services import employee_batches
from payroll.models import PayRate

CHUNK = 500
#: Rates that began this many days ago are looked at again: the system may have stood still.
DAYS_BACK = 14

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
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [organisation.today(at), list(employee_ids)])
        rows = cursor.fetchall()
    employee_batches.set_latest_payroll(
        employee_ids=[row[0] for row in rows],
        payroll_ids=[row[1] for row in rows],
        salaries=[row[2] for row in rows],
        at=at,
    )


def push_begun(*, at: datetime) -> int:
    """Show the salary of everybody whose rate began today or in the days before; how many there are.

    A raise is entered ahead of its day, and nobody acts on the day itself. Doing it again changes nothing.
    """
    today = organisation.today(at)
    begun = PayRate.objects.in_force().filter(
        valid__startswith__range=(today - timedelta(days=DAYS_BACK), today), employee__deleted_at=None
    )
    ids = list(begun.order_by("employee_id").values_list("employee_id", flat=True).distinct())
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            push(employee_ids=ids[start : start + CHUNK], at=at)
    return len(ids)
