"""What must always hold about pay, for `manage.py doctor`."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from payroll.models import PayrollRun, RunStatus
from payroll.selectors import chain
from peoplesync.core import doctor
from peoplesync.core.doctor import Finding
from peoplesync.core.models import JobStatus

_DO_NOT_ADD_UP = """
    SELECT count(*) FROM payroll_payroll payroll
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'earning'), 0) AS earned,
            coalesce(sum(amount) FILTER (WHERE kind = 'deduction'), 0) AS deducted
        FROM payroll_payrollitem item WHERE item.payroll_id = payroll.id
    ) lines ON true
    WHERE payroll.status <> 'cancelled'
        AND (lines.earned <> payroll.gross_amount OR lines.deducted <> payroll.deduction_amount
            OR NOT EXISTS (SELECT FROM payroll_payrollsnapshot snapshot WHERE snapshot.payroll_id = payroll.id))
"""

_WRONG_NEWEST = """
    SELECT count(*) FROM hr_employee employee
    WHERE employee.deleted_at IS NULL AND employee.latest_payroll_id IS DISTINCT FROM (
        SELECT payroll.id FROM payroll_payroll payroll
        WHERE payroll.employee_id = employee.id AND payroll.status <> 'cancelled'
        ORDER BY payroll.period_year DESC, payroll.period_month DESC, payroll.generated_at DESC, payroll.id DESC LIMIT 1)
"""


def sums(at: datetime) -> list[Finding]:
    """Every payslip's lines come to its totals, and it has the facts it was computed from."""
    count = _count(_DO_NOT_ADD_UP)
    what = f"{count} payslips do not come to their totals, or have lost their facts"
    return [Finding(what, "Run verify_payroll; generate open months again.")] if count else []


def newest(at: datetime) -> list[Finding]:
    """Every record shows the newest payslip of its person."""
    count = _count(_WRONG_NEWEST)
    what = f"{count} employees do not show their newest payroll"
    return [Finding(what, "Generate their month again: it writes what the records show.")] if count else []


def sealed(at: datetime) -> list[Finding]:
    """Everything posted is as it was sealed."""
    found = chain.breaks()
    do = "Run verify_payroll for the list, and compare with a backup from before."
    return [Finding(f"{len(found)} posted records were changed: {found[0].what}", do)] if found else []


def running(at: datetime) -> list[Finding]:
    """A run that is being computed has a job that will end."""
    unfinished = [JobStatus.QUEUED, JobStatus.PROCESSING]
    stuck = PayrollRun.objects.filter(status=RunStatus.COMPUTING).exclude(job__status__in=unfinished).count()
    return (
        [Finding(f"{stuck} payroll runs wait for no job", "Cancel them and generate the month again.")] if stuck else []
    )


def register() -> None:
    """Tell the doctor; called once Django is ready."""
    for name, check in (
        ("payslip sums", sums),
        ("newest payrolls", newest),
        ("posted payrolls", sealed),
        ("payroll runs", running),
    ):
        doctor.register(name, check)


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
