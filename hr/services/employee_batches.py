"""Acts on many employees at once, one statement each: what payroll pushes down, and what the calendar brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from hr.models import Employee, EmployeeStatus
from peoplesync.core.services import activity

# The rows are locked in the order of their ids, so two runs over the same people wait and never deadlock; a row that
# already says this is left alone, so that its history does not grow.
_PUSH = """
    WITH given AS (
        SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::numeric[]) AS row (id, payroll_id, salary)
    ), held AS (
        SELECT employee.id FROM hr_employee employee JOIN given ON given.id = employee.id
        ORDER BY employee.id FOR NO KEY UPDATE OF employee
    )
    UPDATE hr_employee employee
    SET latest_payroll_id = given.payroll_id,
        current_salary = COALESCE(given.salary, employee.current_salary),
        updated_at = %s
    FROM given JOIN held ON held.id = given.id
    WHERE employee.id = given.id
      AND (employee.latest_payroll_id IS DISTINCT FROM given.payroll_id
           OR employee.current_salary IS DISTINCT FROM COALESCE(given.salary, employee.current_salary))
"""


def set_latest_payroll(
    *,
    employee_ids: Sequence[UUID],
    payroll_ids: Sequence[UUID | None],
    salaries: Sequence[Decimal | None],
    at: datetime,
) -> int:
    """Show each employee's newest payroll and salary, in the caller's transaction; the number of rows that changed.

    The three sequences go together by position; a salary of None leaves what is shown. The payroll run logs the act.
    Raises ValueError when their lengths differ.
    """
    if not len(employee_ids) == len(payroll_ids) == len(salaries):
        raise ValueError("employee_ids, payroll_ids and salaries must have the same length")
    with connection.cursor() as cursor:
        cursor.execute(_PUSH, [list(employee_ids), list(payroll_ids), list(salaries), at])
        return int(cursor.rowcount)


def mark_ended(*, before: date, at: datetime) -> int:
    """Give everybody whose last day lies before `before` the status of a leaver; their number."""
    with transaction.atomic():
        due = Employee.objects.alive().filter(ended_on__lt=before).exclude(status=EmployeeStatus.TERMINATED)
        rows = list(due.select_for_update(no_key=True).order_by("id").only("id", "ended_on"))
        Employee.objects.filter(pk__in=[row.pk for row in rows]).update(status=EmployeeStatus.TERMINATED, updated_at=at)
        activity.record_many(
            activity.entry(
                action="employee.left",
                resource_type="employee",
                resource_id=row.pk,
                by=None,
                meta={"last_day": str(row.ended_on)},
                at=at,
            )
            for row in rows
        )
    return len(rows)
