"""Who was forgotten: employed in the month before a run, whose pay is posted for others and not for her."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Max, Q

from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import calendar_month
from payroll.models import Payroll, PayrollKind, PayrollRun, PayrollStatus, RunStatus
from peoplesync.kernel.dates import ONE_DAY


def employee_ids(run: PayrollRun) -> list[UUID]:
    """People whose salary a run pays and who have no posted salary of the month before, where others have one; two statements.

    Whoever was hired or entered late, or could not be paid then. Who joined after that month's cut-off is paid with this
    one (see `engine.scope`), and is not among them.
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
    return list(people.order_by("employee_id").values_list("employee_id", flat=True))


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
