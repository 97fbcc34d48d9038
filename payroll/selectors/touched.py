"""Whose facts were written since a moment, whatever their pay comes to now: the few that are worth computing again.

A moment is a transaction's number (see `core.changes`): a slow transaction that began before it and ended after is not
missed, as it would be by times. Facts are added and changed, and never deleted: a deleted row would leave no trace here.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from attendance.models import DaySummary
from hr.models import Employee, Leave, LeaveType, LockSource, PeriodLock, Setting
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import calendar_month
from payroll.models import (
    FindingLevel,
    Manifest,
    PayRate,
    Payroll,
    PayrollRun,
    PayrollStatus,
    RunFinding,
    RunStatus,
    SalaryAssignment,
    SalaryComponent,
)
from payroll.selectors import scope
from peoplesync.core import changes
from peoplesync.core.changes import WrittenSince

#: So few people are computed again as quickly as it is found out who needs it.
FEW = 1000

#: Where it is written what days and pay come to.
RULES = (
    "payroll/engine",
    "payroll/packs",
    "payroll/selectors",
    "attendance/rules",
    "attendance/selectors",
    "hr/selectors",
)

#: Why somebody has no payslip although her facts may allow one: nothing needs to be written for that to change.
_PASSING = ("final_pay", "engine_failed", "not_written")

# Payslips whose first or last day of employment is another one by now, and those of people without any rate, whom the
# salary on their record pays. Employees are written for much else, so the days are compared with the frozen facts, as these
# are written (see `engine.canonical`); what stood there in the moment of reading decides, not who wrote the row last.
_EMPLOYED_OTHERWISE = """
    SELECT employee.id
    FROM payroll_payroll payroll
    JOIN hr_employee employee ON employee.id = payroll.employee_id
    JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = payroll.id
    WHERE payroll.run_id = %(run)s AND payroll.status <> 'cancelled' AND (
        strpos(snapshot.inputs, format('"employed_from":"%%s"', coalesce(employee.hired_at, '0001-01-01'))) = 0
        OR CASE WHEN employee.ended_on IS NULL THEN strpos(snapshot.inputs, '"employed_to":') > 0
            ELSE strpos(snapshot.inputs, format('"employed_to":"%%s"', employee.ended_on)) = 0 END
        OR NOT EXISTS (SELECT FROM payroll_payrate rate WHERE rate.employee_id = employee.id AND rate.is_confirmed))
"""


def moment() -> dict[str, Any]:
    """Kept with a run before its facts are read, with the rules they are read by."""
    return changes.moment() | {"rules": _rules()}


@cache
def _rules() -> str:
    """A digest of the code that reads facts and computes pay: another release may pay the same facts otherwise."""
    digest = sha256()
    for place in RULES:
        for file in sorted((settings.BASE_DIR / place).rglob("*.py")):
            if "tests" not in file.parts:
                digest.update(file.read_bytes())
    return digest.hexdigest()


def employee_ids(run: PayrollRun, since: int) -> set[UUID] | None:
    """Whose facts of the run's month were written by transaction `since` or a later one; None: it concerns everybody."""
    found = _of_facts(run, since)
    if found is None:
        return None
    return found.union(Employee.objects.filter(WrittenSince(since)).values_list("pk", flat=True))


def since_computed(run: PayrollRun) -> set[UUID] | None:
    """Who may be paid otherwise than a run has computed, gone from its scope or come into it; None: everybody may.

    A constant number of statements; nothing is computed.
    """
    kept = run.facts_as_of
    if run.payroll_count + run.refused_count + run.skipped_count <= FEW or not kept or kept["rules"] != _rules():
        return None
    since = changes.number_of(kept)
    if since is None:
        return None
    found = _of_facts(run, since)
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_EMPLOYED_OTHERWISE, {"run": run.pk})
        found.update(employee_id for (employee_id,) in cursor.fetchall())
    found.update(_gone(run), _not_looked_at(run, since))
    return found


def elsewhere(run: PayrollRun) -> Any:
    """Payslips of the month from other runs that are gone on with. Bonuses and corrections may be paid again once posted.

    Nobody approves a run whose job gave up: what it holds pays nobody.
    """
    is_salary = run.kind in SALARY_KINDS
    others = Payroll.objects.live().filter(
        period_year=run.period_year,
        period_month=run.period_month,
        kind__in=SALARY_KINDS if is_salary else [run.kind],
    )
    others = others if is_salary else others.exclude(status=PayrollStatus.POSTED)
    return others.exclude(run=run).exclude(run__status=RunStatus.FAILED)


def _of_facts(run: PayrollRun, since: int) -> set[UUID] | None:
    """Whose pay, leave or days were written; None: what everybody shares was."""
    written = WrittenSince(since)
    if any(model.objects.filter(written).exists() for model in (SalaryComponent, Setting, LeaveType)):
        return None
    first, last = run.counted_first_on, run.counted_last_on
    month_end = calendar_month(run.period_year, run.period_month).ends_on
    # Posting another month settles days of hers that this run counts, too.
    posted = Manifest.objects.filter(written).exclude(run=run).values_list("run_id", flat=True)
    settled = PeriodLock.objects.filter(
        source=LockSource.PAYROLL, source_id__in=list(posted), released_at=None, last_on__gte=first
    )
    found: set[UUID] = set()
    for rows in (
        PayRate.objects.filter(written),
        SalaryAssignment.objects.filter(written),
        Leave.objects.filter(written, start_date__lte=max(last, month_end), end_date__gte=first),
        DaySummary.objects.filter(written, work_date__range=(_first_read(first), max(last, month_end))),
        settled,
    ):
        found.update(rows.order_by().values_list("employee_id", flat=True).distinct())
    return found


def _first_read(first: date) -> date:
    """The first day that a window from `first` on reads: overtime of weeks, where it is counted, begins on Mondays."""
    has_weeks = Setting.objects.filter(weekly_overtime_after_minutes__isnull=False).exists()
    return first - timedelta(days=first.weekday()) if has_weeks else first


def _gone(run: PayrollRun) -> Any:
    payslips = Payroll.objects.live().filter(~Exists(scope.of_run(run).filter(pk=OuterRef("employee_id"))), run=run)
    return payslips.values_list("employee_id", flat=True)


def _not_looked_at(run: PayrollRun, since: int) -> Any:
    """Whom the run pays nothing, nor another run, and did not refuse or leave out for what her facts still say."""
    hers = {"employee_id": OuterRef("pk")}
    settled = RunFinding.objects.filter(**hers, run=run, level__in=[FindingLevel.REFUSED, FindingLevel.SKIPPED])
    people = scope.of_run(run).filter(
        ~Exists(Payroll.objects.live().filter(**hers, run=run)),
        ~Exists(elsewhere(run).filter(**hers)),
        Q(WrittenSince(since)) | ~Exists(settled.exclude(code__in=_PASSING)),
    )
    return people.values_list("pk", flat=True)
