"""The job that computes a run: chunk by chunk, resumable, one transaction each.

A worker that dies leaves whole chunks behind; the next one goes on with the people who are missing. One person's error is
a line on the run. A chunk the database refuses is halved until the one row that cannot be written stands alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, InternalError, transaction
from django.utils import timezone

from payroll.engine.result import Finding
from payroll.engine.window import Window
from payroll.models import FindingLevel, Payroll, PayrollKind, PayrollRun, PayrollStatus, RunFinding, RunStatus
from payroll.selectors import facts, scope, touched
from payroll.selectors.facts import Terms
from payroll.services import computing, latest, period, rates, runs, telling, writing
from payroll.services.computing import Outcome
from peoplesync.core.services.jobs import Ticket
from peoplesync.kernel.errors import Conflict

logger = logging.getLogger(__name__)

#: People per transaction: large enough that statements cost little, small enough that a waiter waits a moment.
CHUNK = 500
#: More ids than this make a job's answer too large to ask for again and again; the run lists them.
SHOWN_IDS = 10_000
SHOWN_FINDINGS = 100


def handle(ticket: Ticket) -> Any:
    """Compute the run named in the job; what the job answers. Raises Conflict when it was taken back meanwhile."""
    run = PayrollRun.objects.get(pk=ticket.payload["run_id"])
    if run.status == RunStatus.COMPUTED and run.job_id == ticket.job_id:
        return _answer(run)
    if run.status != RunStatus.COMPUTING:
        raise Conflict("This run was taken back before it was computed.", code="wrong_state")
    _keep_moment(run)
    terms, left, done = _plan(run)
    total = done + len(left)
    ticket.advance(processed=done, total=total)
    for start in range(0, len(left), CHUNK):
        people = left[start : start + CHUNK]
        outcomes = computing.chunk(terms=terms, employee_ids=people, at=timezone.now())
        done += len(people)
        _write(run, outcomes, ticket, done)
    return _finish(run, ticket)


def _keep_moment(run: PayrollRun) -> None:
    """Say before any fact is read from when on facts may be others; an earlier attempt's word stands.

    Rates that are missing are opened before, so that nobody's pay looks written since for that.
    """
    if run.facts_as_of is not None:
        return
    people = list(scope.of_run(run).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(people), CHUNK):
        rates.open_missing(employee_ids=people[start : start + CHUNK], at=timezone.now())
    run.facts_as_of = touched.moment()
    run.save(update_fields=["facts_as_of"])


def _plan(run: PayrollRun) -> tuple[Terms, list[UUID], int]:
    """The terms of the run, who is still to be computed, and how many are done: whom an earlier attempt reached."""
    with facts.one_moment():
        terms = facts.terms(
            year=run.period_year,
            month=run.period_month,
            kind=run.kind,
            counted=Window(run.counted_first_on, run.counted_last_on),
        )
        ids = sorted({*scope.of_run(run).values_list("pk", flat=True), *_open_before(run)})
        reached = set(Payroll.objects.filter(run=run).values_list("employee_id", flat=True))
        reached.update(RunFinding.objects.filter(run=run).values_list("employee_id", flat=True))
    left = [employee_id for employee_id in ids if employee_id not in reached]
    return terms, left, len(ids) - len(left)


def _open_before(run: PayrollRun) -> set[UUID]:
    """Who still has an open payslip of the month that this run computes for everybody: whoever is not employed in it
    after all, and so is not in its scope, loses it.
    """
    if run.kind != PayrollKind.REGULAR or run.department_id or run.employee_ids is not None:
        return set()
    mine = Payroll.objects.live().filter(period_year=run.period_year, period_month=run.period_month, kind=run.kind)
    still_open = mine.exclude(status=PayrollStatus.POSTED).filter(employee__deleted_at=None)
    return set(still_open.values_list("employee_id", flat=True))


def _write(run: PayrollRun, outcomes: Sequence[Outcome], ticket: Ticket, done: int) -> None:
    """Write a chunk, or its halves when the database refuses it."""
    try:
        with transaction.atomic():
            _write_now(run, outcomes, timezone.now())
            ticket.advance(processed=done)
    except (DataError, IntegrityError, InternalError):
        logger.exception("writing %s payslips of run %s was refused", len(outcomes), run.pk)
        if len(outcomes) > 1:
            middle = len(outcomes) // 2
            _write(run, outcomes[:middle], ticket, done - len(outcomes) + middle)
            _write(run, outcomes[middle:], ticket, done)
            return
        _refuse(run, outcomes[0].employee_id, ticket, done)


def _write_now(run: PayrollRun, outcomes: Sequence[Outcome], at: datetime) -> None:
    period.lock(year=run.period_year, month=run.period_month, kind=run.kind)
    if not PayrollRun.objects.filter(pk=run.pk, status=RunStatus.COMPUTING).exists():
        raise Conflict("This run was taken back while it was computed.", code="wrong_state")
    writing.write(run=run, outcomes=outcomes, at=at)
    latest.push(employee_ids=[outcome.employee_id for outcome in outcomes], at=at)


def _refuse(run: PayrollRun, employee_id: UUID, ticket: Ticket, done: int) -> None:
    message = "The database refused this payslip. Give the time to your administrator; the reason is in the log."
    with transaction.atomic():
        row = writing.refused(run, employee_id, Finding(code="not_written", message=message), timezone.now())
        row.save(force_insert=True)
        ticket.advance(processed=done)


@transaction.atomic
def _finish(run: PayrollRun, ticket: Ticket) -> Any:
    """Run and job end together: a worker that dies leaves both to the next one, or neither."""
    at = timezone.now()
    period.lock(year=run.period_year, month=run.period_month, kind=run.kind)
    findings = RunFinding.objects.filter(run=run)
    counts = {
        "refused_count": _people(findings, FindingLevel.REFUSED),
        "skipped_count": _people(findings, FindingLevel.SKIPPED),
    }
    changed = PayrollRun.objects.filter(pk=run.pk, status=RunStatus.COMPUTING)
    if not changed.update(status=RunStatus.COMPUTED, computed_at=at, updated_at=at, **counts):
        raise Conflict("This run was taken back while it was computed.", code="wrong_state")
    writing.drop_deleted(run)
    period.refresh_totals(year=run.period_year, month=run.period_month, kind=run.kind)
    run.refresh_from_db()
    telling.computed(run, ticket.user_id, at)
    runs.log("payroll_run.computed", run, ticket.user_id, at, payroll_count=run.payroll_count, **counts)
    answer = _answer(run)
    ticket.complete(answer)
    return answer


def _people(findings: Any, level: FindingLevel) -> int:
    return int(findings.filter(level=level).values("employee_id").distinct().count())


def _answer(run: PayrollRun) -> Any:
    """What the job says: the payslips' ids and who has none and why; a sentence when they are too many to list."""
    if run.payroll_count > SHOWN_IDS:
        return (
            f"Computed {run.payroll_count} payrolls, {run.refused_count} refused, {run.skipped_count} skipped. "
            f"See /api/v1/payroll_runs/{run.pk} and /api/v1/payrolls."
        )
    ids = Payroll.objects.live().filter(run=run).order_by("employee_id").values_list("pk", flat=True)
    findings = RunFinding.objects.filter(run=run).order_by("id")[:SHOWN_FINDINGS]
    answer: dict[str, Any] = {"payroll_ids": [str(pk) for pk in ids], "run_id": str(run.pk)}
    for row in findings:
        shown = {"employee_id": str(row.employee_id), "code": row.code, "message": row.message}
        if row.level in {FindingLevel.POSTED, FindingLevel.OVERTAKEN}:
            shown["subject"] = row.subject
        answer.setdefault(row.level, []).append(shown)
    return answer
