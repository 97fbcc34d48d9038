"""Posted months that would be paid otherwise by now: pay was set, or a correction allowed, in days that were paid.

What is posted stays. Until somebody settles the difference it is named where the next run is approved and posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import F

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs, counters, from_json
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import Window
from payroll.models import PayrollRun, PayrollSnapshot, PayrollStatus
from payroll.selectors import counters as counted_days
from payroll.selectors import facts
from peoplesync.kernel.money import ZERO

#: A change may reach back without end; months before these are not compared.
MONTHS_BACK = 12

# Only what was written since the last posted payslip was computed: what was written before stood in the way of that one.
_CANDIDATES = """
    SELECT given.employee_id
    FROM payroll_payroll given
    CROSS JOIN LATERAL (
        SELECT generated_at, (make_date(period_year, period_month, 1) + interval '1 month')::date AS next_month
        FROM payroll_payroll
        WHERE employee_id = given.employee_id AND status = 'posted' AND kind = ANY(%(kinds)s)
            AND period_year * 12 + period_month < %(month)s
        ORDER BY period_year DESC, period_month DESC LIMIT 1
    ) before
    WHERE given.run_id = %(run)s AND given.status <> 'cancelled' AND (
        EXISTS (SELECT FROM payroll_payrate term WHERE term.employee_id = given.employee_id AND term.is_confirmed
            AND term.updated_at > before.generated_at AND coalesce(lower(term.valid), '-infinity') < before.next_month)
        OR EXISTS (SELECT FROM payroll_salaryassignment term WHERE term.employee_id = given.employee_id
            AND term.updated_at > before.generated_at AND lower(term.valid) < before.next_month)
        OR EXISTS (SELECT FROM attendance_correction term WHERE term.employee_id = given.employee_id AND term.is_retro
            AND term.status = 'approved' AND term.decided_at > before.generated_at))
"""


@dataclass(frozen=True, slots=True)
class Restated:
    """A posted month of somebody. `difference`: net by now less net posted; None when it could not be paid by now."""

    employee_id: UUID
    year: int
    month: int
    difference: Decimal | None


def of_run(run: PayrollRun) -> list[Restated]:
    """Posted months of a run's people that pay set or corrections allowed since change; a constant number of statements.

    What everybody shares (default amounts, policy, counted days) is that of the posted payslip: nothing of it is paid late.
    """
    if run.kind not in SALARY_KINDS:
        return []
    month = run.period_year * 12 + run.period_month
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"kinds": sorted(SALARY_KINDS), "month": month, "run": run.pk})
        people = [row[0] for row in cursor.fetchall()]
    return _restated(people, month) if people else []


def _restated(people: Collection[UUID], month: int) -> list[Restated]:
    posted = _posted(people, month)
    if not posted:
        return []
    span = Window(min(before.salary.starts_on for before in posted) - timedelta(days=31), posted[-1].salary.ends_on)
    rates, assignments = facts.agreed(people, span)
    counted = _counted(posted)
    present = facts.payable_components()
    found = []
    for before in posted:
        person = UUID(before.employee_id)
        known = {component.id for component in before.components}
        later = [replace(one, default_amount=ZERO) for one in present if one.id not in known]
        now = replace(
            before,
            components=(*before.components, *later),
            rates=tuple(rates[person]),
            assignments=tuple(assignments[person]),
            counters=counters(counted[person, before.counted]),
        )
        found += _difference(before, now)
    return found


def _posted(people: Collection[UUID], month: int) -> list[Inputs]:
    """What the last posted payslips of these people were computed from, the latest month last."""
    rows = PayrollSnapshot.objects.filter(
        employee_id__in=people, payroll__status=PayrollStatus.POSTED, payroll__kind__in=SALARY_KINDS
    )
    rows = rows.annotate(place=F("period_year") * 12 + F("period_month"))
    rows = rows.filter(place__range=(month - MONTHS_BACK, month - 1)).order_by("place", "employee_id")
    return [from_json(text) for text in rows.values_list("inputs", flat=True)]


def _counted(posted: Iterable[Inputs]) -> dict[tuple[UUID, Window], Mapping[str, Decimal]]:
    alike: dict[Window, list[UUID]] = defaultdict(list)
    for before in posted:
        alike[before.counted].append(UUID(before.employee_id))
    return {
        (person, window): figures
        for window, people in alike.items()
        for person, figures in counted_days.of_window(people, window).items()
    }


def _difference(before: Inputs, now: Inputs) -> list[Restated]:
    paid, owed = compute(before), compute(now)
    if not paid.is_payable or paid.lines_paid() == owed.lines_paid():
        return []
    difference = owed.net - paid.net if owed.is_payable else None
    return [Restated(UUID(before.employee_id), before.year, before.month, difference)]
