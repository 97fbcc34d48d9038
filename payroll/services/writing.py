"""Write a computed chunk: payslips, lines, snapshots and findings, as sets, in the caller's transaction.

A payslip that exists for the period and is not posted is computed again in place and keeps its id. A posted one stays; so
does one that a later run has computed in the meantime. Who cannot be paid any more loses her unposted payslip. The salary
of a month is paid by one payslip: a final one takes the place of an open regular one, and is never replaced by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from payroll.engine import canonical
from payroll.engine.result import Finding, Result
from payroll.engine.scope import SALARY_KINDS, employed
from payroll.models import (
    FindingLevel,
    Payroll,
    PayrollItem,
    PayrollKind,
    PayrollRun,
    PayrollSnapshot,
    PayrollStatus,
    RunFinding,
)
from payroll.services import period
from payroll.services.computing import Outcome
from peoplesync.core import copying
from peoplesync.core.models import new_id

_PAYROLL = (
    "id", "created_at", "employee", "period_year", "period_month", "kind", "sequence", "run", "status", "gross_amount",
    "deduction_amount", "net_amount", "employer_amount", "generated_at", "is_outlier", "warnings",
)  # fmt: skip
#: What computing again changes.
_COMPUTED = _PAYROLL[_PAYROLL.index("run") :]
_ITEM = ("id", "payroll", "position", "component", "component_name", "kind", "amount", "note", "reason")
_SNAPSHOT = (
    "id", "payroll", "employee", "period_year", "period_month", "gross_amount", "net_amount", "inputs",
    "inputs_fingerprint", "result_hash", "rule_version", "pack", "pack_version", "created_at",
)  # fmt: skip


@dataclass(slots=True)
class Sorted:
    """A chunk's people by what happens to them."""

    written: list[tuple[Payroll, Outcome, Result]] = field(default_factory=list)
    #: Of these, the payslips that exist and are computed again.
    replaced: set[UUID] = field(default_factory=set)
    dropped: list[UUID] = field(default_factory=list)
    findings: list[RunFinding] = field(default_factory=list)


def write(*, run: PayrollRun, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Write one chunk of a run under its period's lock; a constant number of statements."""
    ids = [outcome.employee_id for outcome in outcomes]
    sorted_ = _sort(run, outcomes, _existing(run, ids), _sequences(run, ids), at)
    replaced = [payroll for payroll, _, _ in sorted_.written if payroll.pk in sorted_.replaced]
    Payroll.objects.filter(pk__in=sorted_.dropped).update(status=PayrollStatus.CANCELLED)
    PayrollItem.objects.filter(payroll_id__in=sorted_.replaced).delete()
    PayrollSnapshot.objects.filter(payroll_id__in=sorted_.replaced).delete()
    Payroll.objects.bulk_create(replaced, update_conflicts=True, unique_fields=["id"], update_fields=_COMPUTED)
    new = (payroll for payroll, _, _ in sorted_.written if payroll.pk not in sorted_.replaced)
    copying.rows(Payroll, _PAYROLL, map(_payroll_row, new))
    copying.rows(PayrollItem, _ITEM, _item_rows(sorted_.written))
    copying.rows(PayrollSnapshot, _SNAPSHOT, (_snapshot_row(*written, at) for written in sorted_.written))
    RunFinding.objects.filter(run=run, employee_id__in=ids).delete()
    RunFinding.objects.bulk_create(sorted_.findings)


def refused(run: PayrollRun, employee_id: UUID, finding: Finding, at: datetime) -> RunFinding:
    """An error line of a run, unsaved."""
    return _finding(run, employee_id, FindingLevel.REFUSED, finding, at)


def drop_deleted(run: PayrollRun) -> None:
    """Take back open payslips of the run's period whose people were deleted: rows made by mistake are paid nothing."""
    mine = Payroll.objects.live().filter(period_year=run.period_year, period_month=run.period_month, kind=run.kind)
    mine.filter(employee__deleted_at__isnull=False).exclude(status=PayrollStatus.POSTED).update(
        status=PayrollStatus.CANCELLED
    )


def _existing(run: PayrollRun, ids: list[UUID]) -> dict[UUID, Payroll]:
    """The payslip each one has of this period, locked until the chunk is written; the salary's may be of the other kind."""
    rows = Payroll.objects.live().filter(
        employee_id__in=ids,
        period_year=run.period_year,
        period_month=run.period_month,
        kind__in=period.kinds_with(run.kind),
    )
    if run.kind not in SALARY_KINDS:
        # Another bonus or correction of the month is a payslip of its own, unless the last one is still open.
        rows = rows.exclude(status=PayrollStatus.POSTED)
    locked = rows.select_related("run").select_for_update(of=("self",)).order_by("employee_id")
    return {row.employee_id: row for row in locked}


def _sequences(run: PayrollRun, ids: list[UUID]) -> dict[UUID, int]:
    """The highest number used by each one's payslips of this kind and month, where they are numbered."""
    if run.kind in SALARY_KINDS:
        return {}
    rows = Payroll.objects.filter(
        employee_id__in=ids, period_year=run.period_year, period_month=run.period_month, kind=run.kind
    )
    return dict(rows.order_by().values_list("employee_id").annotate(highest=Max("sequence")))


def _sort(
    run: PayrollRun,
    outcomes: Iterable[Outcome],
    existing: dict[UUID, Payroll],
    sequences: dict[UUID, int],
    at: datetime,
) -> Sorted:
    found = Sorted()
    for outcome in outcomes:
        employee_id, old = outcome.employee_id, existing.get(outcome.employee_id)
        stays = _why_it_stays(run, old) if old else None
        if stays is not None:
            found.findings.append(_finding(run, employee_id, *stays, at))
        elif outcome.is_payable and outcome.result is not None:
            if old and old.kind != run.kind:
                found.dropped.append(old.pk)
                old = None
            number = old.sequence if old else sequences.get(employee_id, 0) + 1
            payroll = _payroll(run, outcome, outcome.result, old.pk if old else new_id(), number, at)
            found.written.append((payroll, outcome, outcome.result))
            found.replaced |= {old.pk} if old else set()
        else:
            found.dropped += [old.pk] if old and old.kind == run.kind else []
            found.findings += _why_not(run, outcome, at)
    return found


def _why_it_stays(run: PayrollRun, old: Payroll) -> tuple[FindingLevel, Finding] | None:
    if old.status == PayrollStatus.POSTED:
        message = "The payroll of this month is posted and stays as it is. Correct it with the next payroll."
        return FindingLevel.POSTED, Finding(code="posted_before", message=message, subject=str(old.pk))
    if old.kind != run.kind:
        message = "The salary of this month is on a final payroll. Cancel that one first if this person does not leave."
        is_final = old.kind == PayrollKind.FINAL
        return (
            (FindingLevel.SKIPPED, Finding(code="final_pay", message=message, subject=str(old.pk)))
            if is_final
            else None
        )
    if (old.run.created_at, old.run_id) > (run.created_at, run.pk):
        message = "A run that was started later has computed this payroll. Look there."
        return FindingLevel.OVERTAKEN, Finding(code="overtaken", message=message, subject=str(old.run_id))
    return None


def _why_not(run: PayrollRun, outcome: Outcome, at: datetime) -> list[RunFinding]:
    if run.employee_ids is None and run.kind in SALARY_KINDS and employed(outcome.inputs) is None:
        # Nobody asked for her: she only lost a payslip that was open. Nothing is to be put right.
        message = f"Not employed in {run.period_year}-{run.period_month:02}, so there is no payslip."
        finding = Finding(code="not_employed", message=message)
        return [_finding(run, outcome.employee_id, FindingLevel.SKIPPED, finding, at)]
    if outcome.errors:
        return [_finding(run, outcome.employee_id, FindingLevel.REFUSED, error, at) for error in outcome.errors]
    warnings = outcome.result.warnings if outcome.result else ()
    return [_finding(run, outcome.employee_id, FindingLevel.SKIPPED, warning, at) for warning in warnings]


def _finding(run: PayrollRun, employee_id: UUID, level: FindingLevel, finding: Finding, at: datetime) -> RunFinding:
    return RunFinding(
        run=run,
        employee_id=employee_id,
        level=level,
        code=finding.code,
        message=finding.message,
        subject=finding.subject[:60],
        created_at=at,
    )


def _payroll(run: PayrollRun, outcome: Outcome, result: Result, pk: UUID, sequence: int, at: datetime) -> Payroll:
    return Payroll(
        id=pk,
        employee_id=outcome.employee_id,
        run=run,
        period_year=run.period_year,
        period_month=run.period_month,
        kind=run.kind,
        sequence=sequence,
        status=PayrollStatus.COMPUTED,
        gross_amount=result.gross,
        deduction_amount=result.deductions,
        net_amount=result.net,
        employer_amount=result.employer_cost,
        generated_at=at,
        created_at=at,
        is_outlier=outcome.is_outlier,
        warnings=[asdict(warning) for warning in result.warnings],
    )


def _payroll_row(payroll: Payroll) -> list[Any]:
    """The values of `_PAYROLL`."""
    values = [getattr(payroll, f"{name}_id" if name in ("employee", "run") else name) for name in _PAYROLL]
    values[_PAYROLL.index("warnings")] = json.dumps(payroll.warnings)
    return values


def _item_rows(written: Iterable[tuple[Payroll, Outcome, Result]]) -> Iterator[tuple[Any, ...]]:
    """The values of `_ITEM`. Reasons are the engine's canonical text: decimals are strings in it, never floats."""
    for payroll, _, result in written:
        for position, line in enumerate(result.lines, start=1):
            yield (
                new_id(), payroll.pk, position, UUID(line.component_id), line.name, line.kind.value, line.amount,
                line.note or None, canonical.text(line.reason),
            )  # fmt: skip


def _snapshot_row(payroll: Payroll, outcome: Outcome, result: Result, at: datetime) -> tuple[Any, ...]:
    """The values of `_SNAPSHOT`. It has its payslip's id, so that computing again does not change it."""
    return (
        payroll.pk, payroll.pk, outcome.employee_id, payroll.period_year, payroll.period_month, result.gross, result.net,
        outcome.inputs.to_json(), result.inputs_fingerprint, result.fingerprint(), result.rule_version, result.pack,
        result.pack_version, at,
    )  # fmt: skip
