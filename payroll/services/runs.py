"""Acts on payroll runs: start one, approve it, take it back. Posting and paying have files of their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.selectors import organisation
from payroll.models import Payroll, PayrollKind, PayrollRun, PayrollStatus, RunStatus
from payroll.selectors import facts, overtaking, scope
from payroll.services import clearing, latest, period, telling
from peoplesync.core.models import Job
from peoplesync.core.services import activity, jobs
from peoplesync.kernel.dates import EARLIEST_DAY, LATEST_DAY
from peoplesync.kernel.errors import Conflict, Forbidden, Invalid

JOB_KIND = "payroll_generate"
EARLIEST_YEAR, LATEST_YEAR = EARLIEST_DAY.year, LATEST_DAY.year
#: What may be done with a run in each state, for whom another act was refused.
_NEXT = {
    RunStatus.COMPUTING: "Wait until its job has ended.",
    RunStatus.FAILED: "Generate the month again.",
    RunStatus.COMPUTED: "Approve it first.",
    RunStatus.APPROVED: "Next: post it, or cancel it.",
    RunStatus.POSTED: "Its payslips are final. Next: record it as paid.",
    RunStatus.PAID: "Nothing is left to do with it; a later run settles what changed.",
    RunStatus.CANCELLED: "Generate the month again.",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@transaction.atomic
def generate(
    *,
    year: int,
    month: int,
    kind: str = PayrollKind.REGULAR,
    department_id: UUID | None = None,
    employee_ids: Collection[UUID] | None = None,
    by: Any,
    at: datetime,
) -> tuple[PayrollRun, Job]:
    """Start the computation of a month for everybody or for a part; the run and the job that computes it.

    The job's id is `job_payroll_nov2025`, with an ending when that is taken. Raises Invalid for a month that cannot be,
    and for a department or employee that does not exist.
    """
    check_period(year, month, at)
    scope.check(department_id=department_id, named=employee_ids)
    window = facts.terms(year=year, month=month, kind=kind).counted
    run = PayrollRun.objects.create(
        period_year=year,
        period_month=month,
        kind=kind,
        department_id=department_id,
        employee_ids=sorted(set(employee_ids)) if employee_ids is not None else None,
        counted_first_on=window.starts_on,
        counted_last_on=window.ends_on,
        created_by=by,
        created_at=at,
    )
    wanted = f"job_payroll_{_MONTHS[month - 1]}{year}"
    job = jobs.enqueue(kind=JOB_KIND, job_id=wanted, payload={"run_id": str(run.pk)}, by=by, total=0, at=at)
    PayrollRun.objects.filter(pk=run.pk).update(job=job)
    run.job = job
    log("payroll_run.started", run, by, at, job_id=job.pk)
    return run, job


def check_period(year: int, month: int, at: datetime) -> None:
    """Raises Invalid naming the field for a year or month no payroll is made for, two years after `at` included."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        sentence = f"Give a year from {EARLIEST_YEAR} to {LATEST_YEAR}."
        raise Invalid.field("period_year", sentence, code="out_of_range")
    if not 1 <= month <= 12:
        raise Invalid.field("period_month", "Give a month from 1 to 12.", code="out_of_range")
    if (year, month) > (at.year + 2, at.month):
        sentence = f"{year}-{month:02} lies more than two years ahead. Check the year."
        raise Invalid.field("period_year", sentence, code="too_far_ahead")


@transaction.atomic
def approve(*, run: PayrollRun, acknowledgement: str = "", by: Any, at: datetime) -> PayrollRun:
    """Approve every payslip of a computed run: employees see theirs from now on, and are told.

    Raises Forbidden for whoever started the run, where a second person is needed; Conflict in another state, when
    nothing is left to approve, or when something stands in the way (see `clearing`) and no `acknowledgement` says why not.
    """
    row = period.locked(run)
    require(row, RunStatus.COMPUTED, "approved")
    has_second = check_second_person(row, by)
    period.refresh_totals(year=row.period_year, month=row.period_month, kind=row.kind)
    row.refresh_from_db()
    if not row.payroll_count:
        raise Conflict(f"This run holds no payslips. {overtaking.advice(row)}", code="empty")
    clearing.clear(run=row, acknowledgement=acknowledgement, act="approved", at=at)
    row.status, row.approved_by, row.approved_at = RunStatus.APPROVED, by, at
    row.save(update_fields=["status", "approved_by", "approved_at", "acknowledgement", "acknowledged", "updated_at"])
    Payroll.objects.filter(run=row, status=PayrollStatus.COMPUTED).update(status=PayrollStatus.APPROVED)
    telling.approved(row, at)
    log("payroll_run.approved", row, by, at, second_person=has_second, acknowledgement=row.acknowledgement)
    return row


@transaction.atomic
def cancel(*, run: PayrollRun, by: Any, at: datetime) -> PayrollRun:
    """Take a run back before it is posted: its payslips leave every list. Raises Conflict once it is posted."""
    row = period.locked(run)
    if row.status in {RunStatus.POSTED, RunStatus.PAID, RunStatus.CANCELLED}:
        raise _wrong_state(row, "cancelled")
    mine = Payroll.objects.live().filter(run=row)
    employee_ids = list(mine.order_by("employee_id").values_list("employee_id", flat=True))
    mine.update(status=PayrollStatus.CANCELLED)
    row.status = RunStatus.CANCELLED
    row.save(update_fields=["status", "updated_at"])
    latest.push(employee_ids=employee_ids, at=at)
    log("payroll_run.cancelled", row, by, at, payroll_count=len(employee_ids))
    return row


def mark_failed(job: Job) -> None:
    """Registered with core: a job that gave up leaves its run stopped, so that a new one can be started."""
    if job.kind == JOB_KIND:
        PayrollRun.objects.filter(job=job, status=RunStatus.COMPUTING).update(status=RunStatus.FAILED)


def require(run: PayrollRun, status: RunStatus, act: str) -> None:
    """Raises Conflict unless the run is in the state an act starts from."""
    if run.status != status:
        raise _wrong_state(run, act)


def check_second_person(run: PayrollRun, by: Any) -> bool:
    """Whether somebody other than who started the run acts, and not on her own pay alone.

    Raises Forbidden when she does not, unless the organisation has a single person for payroll.
    """
    is_second = run.created_by_id is None or run.created_by_id != getattr(by, "pk", by)
    setting = organisation.settings()
    if not setting.payroll_needs_second_person:
        return is_second
    paid = set(Payroll.objects.live().filter(run=run).order_by().values_list("employee_id", flat=True)[:2])
    if paid and paid == {getattr(by, "employee_id", None)}:
        raise Forbidden("This run pays only yourself, so a colleague must approve and post it.", code="own_pay")
    if not is_second:
        raise Forbidden(
            "You started this run, so another person must approve and post it. Ask a colleague with the payroll role.",
            code="second_person",
        )
    return is_second


def log(action: str, run: PayrollRun, by: Any, at: datetime, **meta: Any) -> None:
    """The entry of an act on a run."""
    named = {"period": f"{run.period_year}-{run.period_month:02}", "kind": run.kind, **meta}
    activity.record(action=action, resource_type="payroll_run", resource_id=run.pk, by=by, at=at, meta=named)


def _wrong_state(run: PayrollRun, act: str) -> Conflict:
    is_now = RunStatus(run.status).label.lower()
    advice = _NEXT[RunStatus(run.status)]
    if overtaking.is_left_empty(run):
        advice = f"It holds no payslips. {overtaking.advice(run)}"
    return Conflict(f"This run is {is_now}, so it cannot be {act}. {advice}", code="wrong_state")
