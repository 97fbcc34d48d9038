"""Posted months that would be paid otherwise by now: pay was set, a correction allowed, or a last day moved, in days paid.

What is posted stays. Until somebody settles the difference it is named where the next run is approved and posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import F

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs, counters, from_json
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import Window, calendar_month
from payroll.models import PayrollRun, PayrollSnapshot, PayrollStatus
from payroll.selectors import counters as counted_days
from payroll.selectors import facts
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.money import ZERO

#: A change may reach back without end; months before these are not compared. Of more people than these only the last
#: month is: whole years of everybody would keep a clerk waiting, and who is named is looked at anyway.
MONTHS_BACK, MANY = 12, 500

# Only what was written since the last posted payslip was computed: what was written before stood in the way of that one.
# A last day that moved since the month before was posted concerns leavers, too, whom the run itself does not pay.
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
    UNION
    SELECT posted.employee_id
    FROM payroll_payroll posted
    JOIN hr_employee employee ON employee.id = posted.employee_id AND employee.deleted_at IS NULL
    JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = posted.id
    WHERE posted.status = 'posted' AND posted.kind = ANY(%(kinds)s)
        AND posted.period_year = %(year_before)s AND posted.period_month = %(month_before)s
        AND (%(department)s::uuid IS NULL OR employee.department_id = %(department)s)
        AND (%(named)s::uuid[] IS NULL OR employee.id = ANY(%(named)s))
        AND (employee.ended_on < make_date(%(year_before)s, %(month_before)s, 1) + interval '1 month'
            OR snapshot.inputs LIKE '%%"employed_to"%%')
        AND snapshot.inputs::jsonb ->> 'employed_to' IS DISTINCT FROM employee.ended_on::text
"""


@dataclass(frozen=True, slots=True)
class Restated:
    """A posted month of somebody. `difference`: net by now less net posted; None when it could not be paid by now."""

    employee_id: UUID
    year: int
    month: int
    difference: Decimal | None


def of_run(run: PayrollRun) -> list[Restated]:
    """Posted months of a run's people, and of leavers, that would be paid otherwise; a constant number of statements per
    five hundred of those whose terms were written since.

    What everybody shares (default amounts, policy, counted days) is that of the posted payslip: nothing of it is paid late.
    """
    if run.kind not in SALARY_KINDS:
        return []
    month = run.period_year * 12 + run.period_month
    before = calendar_month(run.period_year, run.period_month).starts_on - ONE_DAY
    bound = {
        "kinds": sorted(SALARY_KINDS), "month": month, "run": run.pk, "year_before": before.year,
        "month_before": before.month, "department": run.department_id, "named": run.employee_ids,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, bound)
        people = sorted(row[0] for row in cursor.fetchall())
    first = month - (1 if len(people) > MANY else MONTHS_BACK)
    parts = (people[start : start + MANY] for start in range(0, len(people), MANY))
    return [restated for part in parts for restated in _restated(part, first, month - 1)]


def _restated(people: Collection[UUID], first: int, last: int) -> list[Restated]:
    posted = _posted(people, first, last)
    if not posted:
        return []
    span = Window(posted[0][0].salary.starts_on - timedelta(days=31), posted[-1][0].salary.ends_on)
    rates, assignments = facts.agreed(people, span)
    counted = _counted(before for before, _, _ in posted)
    present = facts.payable_components()
    found = []
    for before, hired_at, ended_on in posted:
        person = UUID(before.employee_id)
        known = {component.id for component in before.components}
        later = [replace(one, default_amount=ZERO) for one in present if one.id not in known]
        now = replace(
            before,
            employed_from=hired_at or date.min,
            employed_to=ended_on,
            components=(*before.components, *later),
            rates=tuple(rates[person]),
            assignments=tuple(assignments[person]),
            counters=counters(counted[person, before.counted]),
        )
        found += _difference(before, now)
    return found


def _posted(people: Collection[UUID], first: int, last: int) -> list[tuple[Inputs, date | None, date | None]]:
    """What posted payslips of these people were computed from, the latest month last, with the first and last day of
    employment as they stand now. `first` and `last` are months counted from the year 0.
    """
    rows = PayrollSnapshot.objects.filter(
        employee_id__in=people, payroll__status=PayrollStatus.POSTED, payroll__kind__in=SALARY_KINDS
    )
    rows = rows.annotate(place=F("period_year") * 12 + F("period_month"))
    rows = rows.filter(place__range=(first, last)).order_by("place", "employee_id")
    columns = ("inputs", "employee__hired_at", "employee__ended_on")
    return [(from_json(text), *employed) for text, *employed in rows.values_list(*columns)]


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
