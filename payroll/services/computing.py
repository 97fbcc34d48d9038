"""Compute a chunk of people: read their facts as of one moment, ask the engine, compare with the month before.

Nothing here writes; an error in one person's facts is hers alone.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs
from payroll.engine.result import Finding, Result
from payroll.engine.variance import compare
from payroll.selectors import facts, previous
from payroll.selectors.facts import Terms
from payroll.selectors.previous import PastItem
from payroll.services import rates

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was computed for one person. `result` is None when the engine itself broke; `errors` says so then."""

    employee_id: UUID
    inputs: Inputs
    result: Result | None
    is_outlier: bool
    errors: tuple[Finding, ...]

    @property
    def is_payable(self) -> bool:
        return self.result is not None and self.result.is_payable and not self.errors


def chunk(*, terms: Terms, employee_ids: Collection[UUID], at: datetime) -> list[Outcome]:
    """Compute these people; salaries on records without a rate are given one first."""
    rates.open_missing(employee_ids=employee_ids, at=at)
    return preview(terms=terms, employee_ids=employee_ids)


def preview(*, terms: Terms, employee_ids: Collection[UUID]) -> list[Outcome]:
    """Compute these people and write nothing at all."""
    with facts.one_moment():
        gathered = facts.gather(terms, employee_ids)
        before = previous.items(employee_ids, year=terms.year, month=terms.month, kind=terms.kind)
    return [_outcome(employee_id, inputs, before.get(employee_id)) for employee_id, inputs in gathered.items()]


def _outcome(employee_id: UUID, inputs: Inputs, before: list[PastItem] | None) -> Outcome:
    try:
        result = compute(inputs)
        is_outlier = result.is_payable and compare(before, result.lines, previous.RULE).is_outlier
    except Exception:  # whatever breaks is one person's error line, and everybody else is paid
        logger.exception("computing the pay of employee %s failed", employee_id)
        message = "The computation broke. Nothing was written for this employee; give the time to your administrator."
        return Outcome(employee_id, inputs, None, False, (Finding(code="engine_failed", message=message),))
    return Outcome(employee_id, inputs, result, is_outlier, result.errors)
