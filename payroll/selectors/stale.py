"""Who would be paid otherwise if the month were generated now: something was decided, entered or ended since.

Asked twice when a run is posted: once at leisure, and, with changes held back, only of those touched in between.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs
from payroll.engine.result import Result
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import Window
from payroll.models import FindingLevel, Payroll, PayrollItem, PayrollRun, PayrollStatus, RunFinding, RunStatus
from payroll.selectors import facts, scope, touched
from payroll.selectors.facts import Terms
from peoplesync.core import changes

logger = logging.getLogger(__name__)

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Outdated:
    """People whom a run no longer pays as it should. `since`: what was written later may not be in this answer."""

    since: int
    #: Their payslips would have other lines, or cannot be paid any more; with a digest of what they would be paid.
    changed: Mapping[UUID, str] = field(default_factory=dict)
    #: In the run's scope without having been looked at, or payable by now; without a payslip of the month. With a digest.
    missing: Mapping[UUID, str] = field(default_factory=dict)
    #: With a payslip of the run, and out of its scope: deleted, not employed in the month, of another department.
    gone: frozenset[UUID] = frozenset()


def look(run: PayrollRun) -> Outdated:
    """Everybody of a run who is outdated; a constant number of statements per five hundred people.

    Facts that are other than those a payslip was computed from do not make it outdated by themselves: days go by and are
    counted without anybody's pay following from it. Only who would be paid other lines is named.
    """
    since = changes.oldest_running()
    if run.status not in {RunStatus.COMPUTED, RunStatus.APPROVED}:
        return Outdated(since)
    return _look(run, since, None)


def look_again(run: PayrollRun, before: Outdated) -> Outdated:
    """The same as of now, looking only at people whose facts were written since the look before."""
    now = changes.oldest_running()
    among = touched.employee_ids(run, before.since)
    if among is None:
        return _look(run, now, None)
    found = _look(run, now, among)
    return Outdated(
        since=now,
        changed=_without(before.changed, among) | found.changed,
        missing=_without(before.missing, among) | found.missing,
        gone=before.gone - among | found.gone,
    )


def _without(people: Mapping[UUID, str], among: set[UUID]) -> dict[UUID, str]:
    return {pk: digest for pk, digest in people.items() if pk not in among}


def _look(run: PayrollRun, since: int, among: Collection[UUID] | None) -> Outdated:
    """Who is outdated among these people (None: everybody)."""
    terms = facts.terms(
        year=run.period_year,
        month=run.period_month,
        kind=run.kind,
        counted=Window(run.counted_first_on, run.counted_last_on),
    )
    payslips = Payroll.objects.live().filter(run=run)
    known = dict(_of(payslips, among).values_list("employee_id", "snapshot__inputs_fingerprint"))
    in_scope = set(
        scope.employee_ids(
            year=run.period_year,
            month=run.period_month,
            kind=run.kind,
            department_id=run.department_id,
            named=run.employee_ids,
        )
    )
    asked = in_scope if among is None else in_scope.intersection(among)
    without = asked - known.keys()
    without -= _paid_elsewhere(run, without)
    changed, missing = _of_people(run, terms, known, (known.keys() & in_scope) | without)
    return Outdated(since, changed, missing, gone=frozenset(known.keys() - in_scope))


def _of(rows: Any, among: Collection[UUID] | None) -> Any:
    return rows if among is None else rows.filter(employee_id__in=among)


def _of_people(
    run: PayrollRun, terms: Terms, known: Mapping[UUID, str], people: set[UUID]
) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Who would have other lines than written; and, of those without a payslip, who would have one or was not looked at."""
    refused = set(RunFinding.objects.filter(run=run, level=FindingLevel.REFUSED).values_list("employee_id", flat=True))
    changed: dict[UUID, str] = {}
    missing: dict[UUID, str] = {}
    ordered = sorted(people)
    for start in range(0, len(ordered), CHUNK):
        gathered = facts.gather(terms, ordered[start : start + CHUNK])
        others = {pk: inputs for pk, inputs in gathered.items() if inputs.fingerprint() != known.get(pk)}
        written = _written(run, others)
        for pk, inputs in others.items():
            result = _computed(inputs)
            if pk in known:
                if result is None or result.lines_paid() != tuple(written[pk]):
                    changed[pk] = _digest(result)
            elif not (_is_skipped(result) or (_is_refused(result) and pk in refused)):
                missing[pk] = _digest(result)
    return changed, missing


def _digest(result: Result | None) -> str:
    """Tells one outcome from another: who took on a difference took on that one."""
    lines = result.lines_paid() if result else None
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:12]


def _is_skipped(result: Result | None) -> bool:
    return result is not None and result.is_skipped


def _is_refused(result: Result | None) -> bool:
    return result is None or result.is_refused


def _paid_elsewhere(run: PayrollRun, people: set[UUID]) -> set[UUID]:
    """Who has the month's payslip from another run. Bonuses and corrections may be paid again once they are posted."""
    if not people:
        return set()
    is_salary = run.kind in SALARY_KINDS
    others = Payroll.objects.live().filter(
        period_year=run.period_year,
        period_month=run.period_month,
        kind__in=SALARY_KINDS if is_salary else [run.kind],
        employee_id__in=people,
    )
    others = others if is_salary else others.exclude(status=PayrollStatus.POSTED)
    return set(others.exclude(run=run).values_list("employee_id", flat=True))


def _computed(inputs: Inputs) -> Result | None:
    try:
        return compute(inputs)
    except Exception:  # as in a run: what breaks is this person's, and she is named
        logger.exception("computing the pay of employee %s again failed", inputs.employee_id)
        return None


def _written(run: PayrollRun, people: Collection[UUID]) -> Mapping[UUID, list[tuple[str, str, Decimal]]]:
    found: dict[UUID, list[tuple[str, str, Decimal]]] = defaultdict(list)
    if not people:
        return found
    rows = PayrollItem.objects.filter(payroll__in=Payroll.objects.live().filter(run=run, employee_id__in=list(people)))
    rows = rows.order_by("payroll_id", "position")
    for employee_id, *line in rows.values_list("payroll__employee_id", "component_id", "kind", "amount"):
        found[employee_id].append((str(line[0]), line[1], line[2]))
    return found
