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
from uuid import UUID

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs
from payroll.engine.result import Result
from payroll.engine.window import Window
from payroll.models import FindingLevel, Payroll, PayrollItem, PayrollRun, RunFinding, RunStatus
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
    """Everybody of a run who is outdated. A constant number of statements, and of them per five hundred people who are
    worth computing again: facts were written since theirs were read (see `touched`).

    Facts that are other than those a payslip was computed from do not make it outdated by themselves: days go by and are
    counted without anybody's pay following from it. Only who would be paid other lines is named.
    """
    since = changes.oldest_running()
    if run.status not in {RunStatus.COMPUTED, RunStatus.APPROVED}:
        return Outdated(since)
    return _asked(run, since, touched.since_computed(run))


def look_again(run: PayrollRun, before: Outdated) -> Outdated:
    """The same as of now, looking only at people whose facts were written since the look before."""
    now = changes.oldest_running()
    among = touched.employee_ids(run, before.since)
    found = _asked(run, now, among)
    if among is None:
        return found
    return Outdated(
        since=now,
        changed=_without(before.changed, among) | found.changed,
        missing=_without(before.missing, among) | found.missing,
        gone=before.gone - among | found.gone,
    )


def _without(people: Mapping[UUID, str], among: set[UUID]) -> dict[UUID, str]:
    return {pk: digest for pk, digest in people.items() if pk not in among}


def _asked(run: PayrollRun, since: int, among: Collection[UUID] | None) -> Outdated:
    """Who is outdated among these people (None: everybody)."""
    terms = facts.terms(
        year=run.period_year,
        month=run.period_month,
        kind=run.kind,
        counted=Window(run.counted_first_on, run.counted_last_on),
    )
    changed: dict[UUID, str] = {}
    missing: dict[UUID, str] = {}
    gone: set[UUID] = set()
    people = _in_order(run, among)
    for start in range(0, len(people), CHUNK):
        _ask(run, terms, people[start : start + CHUNK], changed, missing, gone)
    return Outdated(since, changed, missing, frozenset(gone))


def _in_order(run: PayrollRun, among: Collection[UUID] | None) -> list[UUID]:
    if among is not None and len(among) <= CHUNK:
        return sorted(among)
    payslips = Payroll.objects.live().filter(run=run).order_by()
    everybody = scope.of_run(run).order_by().values_list("pk").union(payslips.values_list("employee_id"))
    return sorted(pk for (pk,) in everybody if among is None or pk in among)


def _ask(
    run: PayrollRun,
    terms: Terms,
    people: Collection[UUID],
    changed: dict[UUID, str],
    missing: dict[UUID, str],
    gone: set[UUID],
) -> None:
    """Sort a chunk: who would have other lines than written, who without a payslip would have one or was not looked at."""
    payslips = Payroll.objects.live().filter(run=run, employee_id__in=people)
    known = dict(payslips.values_list("employee_id", "snapshot__inputs_fingerprint"))
    in_scope = set(scope.of_run(run).filter(pk__in=people).values_list("pk", flat=True))
    gone |= known.keys() - in_scope
    without = in_scope - known.keys()
    if without:
        without -= set(touched.elsewhere(run).filter(employee_id__in=without).values_list("employee_id", flat=True))
    gathered = facts.gather(terms, (known.keys() & in_scope) | without)
    others = {pk: inputs for pk, inputs in gathered.items() if inputs.fingerprint() != known.get(pk)}
    written, refused = _written(run, others), _refused(run, without)
    for pk, inputs in others.items():
        result = _computed(inputs)
        if pk in known:
            if result is None or result.lines_paid() != tuple(written[pk]):
                changed[pk] = _digest(result)
        elif not (_is_skipped(result) or (_is_refused(result) and pk in refused)):
            missing[pk] = _digest(result)


def _refused(run: PayrollRun, people: Collection[UUID]) -> set[UUID]:
    if not people:
        return set()
    found = RunFinding.objects.filter(run=run, level=FindingLevel.REFUSED, employee_id__in=people)
    return set(found.values_list("employee_id", flat=True))


def _digest(result: Result | None) -> str:
    """Tells one outcome from another: who took on a difference took on that one."""
    lines = result.lines_paid() if result else None
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:12]


def _is_skipped(result: Result | None) -> bool:
    return result is not None and result.is_skipped


def _is_refused(result: Result | None) -> bool:
    return result is None or result.is_refused


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
