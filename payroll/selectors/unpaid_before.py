"""Who was forgotten: employed in the month before a run, whose pay is posted for others and not for her."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q

from hr.models import Employee
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import calendar_month
from payroll.models import PayRate, Payroll, PayrollKind, PayrollRun, PayrollStatus, RunStatus
from peoplesync.kernel.dates import ONE_DAY


def employee_ids(run: PayrollRun) -> list[UUID]:
    """People whose salary a run pays, and those who had left by then, without a posted salary of the month before, where
    others have one; three statements.

    Whoever was hired or entered late, or could not be paid then. Who joined after that month's cut-off is paid with this
    one (see `engine.scope`), and is not among them, unless she left in the same month: then no later one pays her.
    """
    if run.kind not in SALARY_KINDS:
        return []
    month_before = calendar_month(run.period_year, run.period_month).starts_on - ONE_DAY
    counted_to = _posted_to(month_before)
    if counted_to is None:
        return []
    settled = Payroll.objects.filter(
        period_year=month_before.year,
        period_month=month_before.month,
        kind__in=SALARY_KINDS,
        status=PayrollStatus.POSTED,
    )
    joined = Q(employee__hired_at=None) | Q(employee__hired_at__lte=counted_to)
    people = Payroll.objects.live().filter(joined, run=run)
    people = people.exclude(employee_id__in=settled.values("employee_id"))
    left = _left(run, month_before).exclude(pk__in=settled.values("employee_id"))
    return sorted({*people.values_list("employee_id", flat=True), *left.values_list("pk", flat=True)})


def _left(run: PayrollRun, month: date) -> Any:
    """Who with a salary left in the month that ends on `month`, of the people the run is for."""
    has_rate = Exists(PayRate.objects.in_force().filter(employee_id=OuterRef("pk")))
    found = Employee.objects.employed_between(month.replace(day=1), month).filter(has_rate, ended_on__lte=month)
    if run.department_id is not None:
        found = found.filter(department_id=run.department_id)
    return found if run.employee_ids is None else found.filter(pk__in=run.employee_ids)


def _posted_to(month: date) -> date | None:
    """The last day that the posted payroll of a month counted, None while it is not posted."""
    posted = PayrollRun.objects.filter(
        period_year=month.year,
        period_month=month.month,
        kind=PayrollKind.REGULAR,
        status__in=[RunStatus.POSTED, RunStatus.PAID],
    )
    found: date | None = posted.aggregate(last=Max("counted_last_on"))["last"]
    return found
