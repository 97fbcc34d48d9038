"""One writer at a time for the payslips of a period: computing, approving, posting and cancelling all wait here."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from uuid import UUID

from django.db import connection

from payroll.engine.scope import SALARY_KINDS
from payroll.models import Payroll, PayrollRun, PayrollStatus, RunStatus

#: First key of the advisory locks of periods; the second is the period itself.
_CLASS = 0x7A47


def kinds_with(kind: str) -> list[str]:
    """The kinds that share a period: those that pay the month's salary take payslips from each other."""
    return sorted(SALARY_KINDS) if kind in SALARY_KINDS else [kind]


def settled(employee_ids: Collection[UUID], *, year: int, month: int, kind: str) -> set[UUID]:
    """Of these people, those whose payslip of the period is posted and stays; a bonus or a correction is always another."""
    if kind not in SALARY_KINDS:
        return set()
    rows = Payroll.objects.filter(
        employee_id__in=employee_ids,
        period_year=year,
        period_month=month,
        kind__in=kinds_with(kind),
        status=PayrollStatus.POSTED,
    )
    return set(rows.values_list("employee_id", flat=True))


def lock(*, year: int, month: int, kind: str) -> None:
    """Hold the period until the caller's transaction ends. Taken before any row lock, so that nobody waits in a circle."""
    key = zlib.crc32(f"{year}-{month}-{kinds_with(kind)[0]}".encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, key])


_TOTALS = """
    UPDATE payroll_payrollrun run
    SET payroll_count = found.count, gross_total = found.gross, net_total = found.net, outlier_count = found.outliers
    FROM (
        SELECT held.id, count(payroll.id) AS count, coalesce(sum(payroll.gross_amount), 0) AS gross,
            coalesce(sum(payroll.net_amount), 0) AS net, count(*) FILTER (WHERE payroll.is_outlier) AS outliers
        FROM payroll_payrollrun held
        LEFT JOIN payroll_payroll payroll ON payroll.run_id = held.id AND payroll.status <> 'cancelled'
        WHERE held.period_year = %s AND held.period_month = %s AND held.kind = ANY(%s) AND held.status = ANY(%s)
        GROUP BY held.id
    ) found
    WHERE run.id = found.id
"""


def refresh_totals(*, year: int, month: int, kind: str) -> None:
    """Count what belongs to each open run of the period now: a later run takes payslips over. Under `lock`."""
    still_open = [RunStatus.COMPUTING.value, RunStatus.COMPUTED.value, RunStatus.APPROVED.value]
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [year, month, kinds_with(kind), still_open])


def locked(run: PayrollRun) -> PayrollRun:
    """The run's row under its period's lock, read again."""
    lock(year=run.period_year, month=run.period_month, kind=run.kind)
    return PayrollRun.objects.select_for_update().get(pk=run.pk)
