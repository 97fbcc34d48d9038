"""Write a computed chunk: payslips, lines, snapshots and findings, as sets, in the caller's transaction.

A payslip that exists for the period and is not posted is computed again in place and keeps its id. A posted one stays; so
does one that a later run has computed in the meantime. Who cannot be paid any more loses her unposted payslip.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from payroll.engine import canonical
from payroll.engine.result import Finding, Result
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
from payroll.services.computing import Outcome
from peoplesync.core.models import new_id

_PAYROLL_COLUMNS = [
    "run", "status", "gross_amount", "deduction_amount", "net_amount", "employer_amount", "generated_at", "is_outlier",
    "warnings",
]  # fmt: skip
_SNAPSHOT_COLUMNS = [
    "gross_amount", "net_amount", "inputs", "inputs_fingerprint", "result_hash", "rule_version", "pack", "pack_version",
    "created_at",
]  # fmt: skip


@dataclass(slots=True)
class Sorted:
    """A chunk's people by what happens to them."""

    written: list[tuple[Payroll, Outcome, Result]] = field(default_factory=list)
    dropped: list[UUID] = field(default_factory=list)
    findings: list[RunFinding] = field(default_factory=list)


def write(*, run: PayrollRun, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Write one chunk of a run under its period's lock; a constant number of statements."""
    ids = [outcome.employee_id for outcome in outcomes]
    sorted_ = _sort(run, outcomes, _existing(run, ids), _sequences(run, ids), at)
    payrolls = [payroll for payroll, _, _ in sorted_.written]
    Payroll.objects.filter(pk__in=sorted_.dropped).update(status=PayrollStatus.CANCELLED)
    PayrollItem.objects.filter(payroll_id__in=[payroll.pk for payroll in payrolls]).delete()
    Payroll.objects.bulk_create(payrolls, update_conflicts=True, unique_fields=["id"], update_fields=_PAYROLL_COLUMNS)
    PayrollItem.objects.bulk_create(_items(sorted_.written))
    PayrollSnapshot.objects.bulk_create(
        [_snapshot(payroll, outcome, result, at) for payroll, outcome, result in sorted_.written],
        update_conflicts=True,
        unique_fields=["payroll"],
        update_fields=_SNAPSHOT_COLUMNS,
    )
    RunFinding.objects.filter(run=run, employee_id__in=ids).delete()
    RunFinding.objects.bulk_create(sorted_.findings)


def refused(run: PayrollRun, employee_id: UUID, finding: Finding, at: datetime) -> RunFinding:
    """An error line of a run, unsaved."""
    return _finding(run, employee_id, FindingLevel.REFUSED, finding, at)


def _existing(run: PayrollRun, ids: list[UUID]) -> dict[UUID, Payroll]:
    """The payslip each one has of this period, posted ones first to be seen, locked until the chunk is written."""
    rows = Payroll.objects.live().filter(
        employee_id__in=ids, period_year=run.period_year, period_month=run.period_month, kind=run.kind
    )
    if run.kind != PayrollKind.REGULAR:
        # Another bonus or correction of the month is a payslip of its own, unless the last one is still open.
        rows = rows.exclude(status=PayrollStatus.POSTED)
    locked = rows.select_related("run").select_for_update(of=("self",)).order_by("employee_id")
    return {row.employee_id: row for row in locked}


def _sequences(run: PayrollRun, ids: list[UUID]) -> dict[UUID, int]:
    """The highest number used by each one's payslips of this kind and month, where they are numbered."""
    if run.kind == PayrollKind.REGULAR:
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
            number = old.sequence if old else sequences.get(employee_id, 0) + 1
            payroll = _payroll(run, outcome, outcome.result, old.pk if old else new_id(), number, at)
            found.written.append((payroll, outcome, outcome.result))
        else:
            found.dropped += [old.pk] if old else []
            found.findings += _why_not(run, outcome, at)
    return found


def _why_it_stays(run: PayrollRun, old: Payroll) -> tuple[FindingLevel, Finding] | None:
    if old.status == PayrollStatus.POSTED:
        message = "The payroll of this month is posted and stays as it is. Correct it with the next payroll."
        return FindingLevel.POSTED, Finding(code="posted_before", message=message, subject=str(old.pk))
    if (old.run.created_at, old.run_id) > (run.created_at, run.pk):
        message = "A run that was started later has computed this payroll. Look there."
        return FindingLevel.OVERTAKEN, Finding(code="overtaken", message=message, subject=str(old.run_id))
    return None


def _why_not(run: PayrollRun, outcome: Outcome, at: datetime) -> list[RunFinding]:
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


def _items(written: Iterable[tuple[Payroll, Outcome, Result]]) -> list[PayrollItem]:
    return [
        PayrollItem(
            id=new_id(),
            payroll=payroll,
            position=position,
            component_id=UUID(line.component_id),
            component_name=line.name,
            kind=line.kind.value,
            amount=line.amount,
            note=line.note or None,
            reason=_json(line.reason),
        )
        for payroll, _, result in written
        for position, line in enumerate(result.lines, start=1)
    ]


def _json(value: object) -> Any:
    """The engine's canonical form as JSON values: decimals and dates are text in it, so nothing becomes a float."""
    return json.loads(canonical.text(value))


def _snapshot(payroll: Payroll, outcome: Outcome, result: Result, at: datetime) -> PayrollSnapshot:
    return PayrollSnapshot(
        payroll=payroll,
        employee_id=outcome.employee_id,
        period_year=payroll.period_year,
        period_month=payroll.period_month,
        gross_amount=result.gross,
        net_amount=result.net,
        inputs=outcome.inputs.to_json(),
        inputs_fingerprint=result.inputs_fingerprint,
        result_hash=result.fingerprint(),
        rule_version=result.rule_version,
        pack=result.pack,
        pack_version=result.pack_version,
        created_at=at,
    )
