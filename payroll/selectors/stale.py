"""Whose payslip of an open run would come out differently now: something was decided, entered or ended since."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs
from payroll.engine.window import Window
from payroll.models import Payroll, PayrollItem, PayrollRun, RunStatus
from payroll.selectors import facts
from payroll.selectors.facts import Terms

logger = logging.getLogger(__name__)

CHUNK = 500
#: A payslip's lines: component, kind and amount, in their order. None: nothing can be paid.
_Lines = list[tuple[str, str, object]] | None


def employee_ids(run: PayrollRun) -> list[UUID]:
    """Those people in the order of their ids; a constant number of statements per five hundred.

    Facts that are other than those a payslip was computed from do not make it stale by themselves: days go by and are
    counted without anybody's pay following from it. Only who would be paid other lines is named.
    """
    if run.status not in {RunStatus.COMPUTED, RunStatus.APPROVED}:
        return []
    terms = facts.terms(
        year=run.period_year,
        month=run.period_month,
        kind=run.kind,
        counted=Window(run.counted_first_on, run.counted_last_on),
    )
    payslips = Payroll.objects.live().filter(run=run).order_by("employee_id")
    known = list(payslips.values_list("employee_id", "pk", "snapshot__inputs_fingerprint"))
    found: list[UUID] = []
    for start in range(0, len(known), CHUNK):
        part = known[start : start + CHUNK]
        found += _of_chunk(terms, {employee_id: (pk, fingerprint) for employee_id, pk, fingerprint in part})
    return found


def _of_chunk(terms: Terms, known: Mapping[UUID, tuple[UUID, str]]) -> list[UUID]:
    gathered = facts.gather(terms, known)
    others = {pk: inputs for pk, inputs in gathered.items() if inputs.fingerprint() != known[pk][1]}
    if not others:
        return []
    lines = _written([known[pk][0] for pk in others])
    return sorted(pk for pk, inputs in others.items() if _now(inputs) != lines[known[pk][0]])


def _now(inputs: Inputs) -> _Lines:
    try:
        result = compute(inputs)
    except Exception:  # as in a run: what breaks is this person's, and she is named
        logger.exception("computing the pay of employee %s again failed", inputs.employee_id)
        return None
    if not result.is_payable:
        return None
    return [(line.component_id, line.kind.value, line.amount) for line in result.lines]


def _written(payroll_ids: list[UUID]) -> Mapping[UUID, _Lines]:
    found: dict[UUID, list[tuple[str, str, object]]] = defaultdict(list)
    rows = PayrollItem.objects.filter(payroll_id__in=payroll_ids).order_by("payroll_id", "position")
    for payroll_id, component_id, kind, amount in rows.values_list("payroll_id", "component_id", "kind", "amount"):
        found[payroll_id].append((str(component_id), kind, amount))
    return found
