"""Posted months that would be paid otherwise by now: pay was set, a correction allowed, or a first or last day moved.

What is posted stays. Until somebody settles the difference it is named where the next run is approved and posted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, TextField
from django.db.models import Value as V
from django.db.models.functions import Cast, Concat

from payroll.engine.canonical import plain_number
from payroll.engine.compute import compute
from payroll.engine.inputs import RULE_VERSION, Inputs, counters, from_json
from payroll.engine.scope import SALARY_KINDS
from payroll.engine.window import Window, calendar_month
from payroll.models import PayrollItem, PayrollRun, PayrollSnapshot, PayrollStatus
from payroll.packs.registry import PACKS
from payroll.selectors import counters as counted_days
from payroll.selectors import facts
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.money import ZERO

#: A change may reach back without end; months before these are not compared. Of more people than these only the months
#: that a change reaches are: whole years of everybody would keep a clerk waiting.
MONTHS_BACK, MANY = 12, 500

# Who, and the first day that may be paid otherwise. Only what was written since the last posted payslip was computed: what
# was written before stood in the way of that one. What that payslip paid and still stands reaches back to where it ends,
# then or now: a raise from a coming month on cuts what was in force, and changes nothing that is posted.
# Who left before the month has no later payslip to ask about hers: the runs that were posted since were in the way of what
# was written before they began, each for those it was for.
# A first or last day that moved since the month before was posted concerns whoever it paid; a first day reaches back to
# every month that is compared, and further than a month without a payslip.
_CANDIDATES = """
    WITH given AS (
        SELECT employee_id FROM payroll_payroll WHERE run_id = %(run)s AND status <> 'cancelled'
    ), asked AS (
        SELECT employee_id, false AS has_left, NULL::uuid AS department_id FROM given
        UNION ALL
        SELECT id, true, department_id FROM hr_employee
        WHERE deleted_at IS NULL AND ended_on >= %(oldest)s AND ended_on < %(starts_on)s
            AND (%(department)s::uuid IS NULL OR department_id = %(department)s)
            AND (%(named)s::uuid[] IS NULL OR id = ANY(%(named)s))
            AND id NOT IN (SELECT employee_id FROM given)
    ), before AS (
        SELECT asked.employee_id, asked.has_left, last.payroll_id, last.next_month,
            greatest(last.generated_at, posted.began_at) AS settled_at
        FROM asked
        CROSS JOIN LATERAL (
            SELECT id AS payroll_id, generated_at,
                (make_date(period_year, period_month, 1) + interval '1 month')::date AS next_month
            FROM payroll_payroll
            WHERE employee_id = asked.employee_id AND status = 'posted' AND kind = ANY(%(kinds)s)
                AND period_year * 12 + period_month < %(month)s
            ORDER BY period_year DESC, period_month DESC LIMIT 1
        ) last
        LEFT JOIN LATERAL (
            SELECT max(run.created_at) AS began_at
            FROM payroll_payrollrun run
            WHERE asked.has_left AND run.id <> %(run)s AND run.status IN ('posted', 'paid') AND run.kind = ANY(%(kinds)s)
                AND run.period_year >= %(oldest_year)s AND make_date(run.period_year, run.period_month, 1) >= last.next_month
                AND (run.department_id IS NULL OR run.department_id = asked.department_id)
                AND (run.employee_ids IS NULL OR asked.employee_id = ANY(run.employee_ids))
        ) posted ON true
    ), term AS (
        SELECT before.*, 'rates' AS facts, rate.id, rate.valid, rate.amount, '' AS formula
        FROM before JOIN payroll_payrate rate ON rate.employee_id = before.employee_id
        WHERE rate.is_confirmed AND rate.updated_at > before.settled_at
            AND coalesce(lower(rate.valid), '-infinity') < before.next_month
        UNION ALL
        SELECT before.*, 'assignments', given.id, given.valid, given.amount, given.formula
        FROM before JOIN payroll_salaryassignment given ON given.employee_id = before.employee_id
        WHERE given.updated_at > before.settled_at AND lower(given.valid) < before.next_month
    ), changed AS (
        SELECT term.employee_id, term.next_month, CASE
            WHEN paid.fact IS NULL THEN coalesce(lower(term.valid), '0001-01-01')
            ELSE least(coalesce(upper(term.valid), 'infinity'), coalesce((paid.fact ->> 'valid_to')::date + 1, 'infinity'))
        END AS since
        FROM term
        LEFT JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = term.payroll_id
        LEFT JOIN LATERAL jsonb_array_elements(snapshot.inputs::jsonb -> term.facts) paid (fact)
            ON paid.fact ->> 'id' = term.id::text
            AND (paid.fact ->> 'amount')::numeric IS NOT DISTINCT FROM term.amount
            AND coalesce(paid.fact ->> 'formula', '') = term.formula
            AND (paid.fact ->> 'valid_from')::date = coalesce(lower(term.valid), '0001-01-01')
        UNION ALL
        SELECT before.employee_id, before.next_month, correction.work_date
        FROM before JOIN attendance_correction correction ON correction.employee_id = before.employee_id
        WHERE correction.is_retro AND correction.status = 'approved' AND correction.decided_at > before.settled_at
    ), every AS (
        SELECT employee_id, since FROM changed WHERE since < next_month
        UNION ALL
        SELECT posted.employee_id, '0001-01-01'
        FROM payroll_payroll posted
        JOIN hr_employee employee ON employee.id = posted.employee_id AND employee.deleted_at IS NULL
        JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = posted.id
        WHERE posted.status = 'posted' AND posted.kind = ANY(%(kinds)s)
            AND posted.period_year = %(year_before)s AND posted.period_month = %(month_before)s
            AND (%(department)s::uuid IS NULL OR employee.department_id = %(department)s)
            AND (%(named)s::uuid[] IS NULL OR employee.id = ANY(%(named)s))
            AND (employee.ended_on < %(starts_on)s
                OR snapshot.inputs LIKE '%%"employed_to"%%'
                OR strpos(snapshot.inputs, '"employed_from":"' || coalesce(employee.hired_at, '0001-01-01') || '"') = 0)
            AND (snapshot.inputs::jsonb ->> 'employed_to' IS DISTINCT FROM employee.ended_on::text
                OR snapshot.inputs::jsonb ->> 'employed_from' <> coalesce(employee.hired_at, '0001-01-01')::text)
        UNION ALL
        SELECT before.employee_id, '0001-01-01'
        FROM before
        JOIN hr_employee employee ON employee.id = before.employee_id
        JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = before.payroll_id
        WHERE before.next_month < %(starts_on)s AND CASE
            WHEN before.has_left AND employee.updated_at <= before.settled_at THEN false
            ELSE snapshot.inputs::jsonb ->> 'employed_from' <> coalesce(employee.hired_at, '0001-01-01')::text
                OR (before.has_left AND snapshot.inputs::jsonb ->> 'employed_to' IS DISTINCT FROM employee.ended_on::text)
        END
    )
    SELECT employee_id, min(since) FROM every GROUP BY employee_id
"""


@dataclass(frozen=True, slots=True)
class Restated:
    """A posted month of somebody. `difference`: net by now less net posted; None when it could not be paid by now, or is
    not known because other rules computed what is posted: then `facts` tells its facts of now from others.
    """

    employee_id: UUID
    year: int
    month: int
    difference: Decimal | None
    facts: str = ""

    @property
    def is_unknown(self) -> bool:
        return bool(self.facts)


class _Posted(NamedTuple):
    """A posted payslip: what it was computed from and what it paid, with the first and last day of employment as they stand
    now. `lines`: component, kind and amount of each, as the database writes them.
    """

    before: Inputs
    hired_at: date | None
    ended_on: date | None
    lines: list[str]
    net: Decimal
    pack_version: str


def of_run(run: PayrollRun) -> list[Restated]:
    """Posted months of a run's people, and of leavers, that would be paid otherwise; a constant number of statements per
    five hundred of those whose terms were written since.

    What everybody shares (default amounts, policy, counted days) is that of the posted payslip: nothing of it is paid late.
    """
    if run.kind not in SALARY_KINDS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, _bound(run))
        since = dict(cursor.fetchall())
    month = _place(run.period_year, run.period_month)
    oldest = month - MONTHS_BACK
    firsts = dict.fromkeys(since, oldest)
    if len(since) > MANY:
        firsts = {person: max(oldest, _place(day.year, day.month)) for person, day in since.items()}
    people = sorted(firsts, key=lambda person: (firsts[person], person))
    parts = (people[start : start + MANY] for start in range(0, len(people), MANY))
    return [
        restated
        for part in parts
        for restated in _restated(part, firsts[part[0]], month - 1)
        if _place(restated.year, restated.month) >= _first_named(restated, firsts, since)
    ]


def _first_named(restated: Restated, firsts: Mapping[UUID, int], since: Mapping[UUID, date]) -> int:
    """Facts that differ change no pay by themselves: where it is not known whether they do, months before the change are
    left alone.
    """
    day = since[restated.employee_id]
    return max(firsts[restated.employee_id], _place(day.year, day.month) if restated.is_unknown else 0)


def _bound(run: PayrollRun) -> dict[str, Any]:
    starts_on = calendar_month(run.period_year, run.period_month).starts_on
    before = starts_on - ONE_DAY
    oldest_year, oldest_month = divmod(_place(run.period_year, run.period_month) - MONTHS_BACK - 1, 12)
    return {
        "kinds": sorted(SALARY_KINDS), "month": _place(run.period_year, run.period_month), "run": run.pk,
        "starts_on": starts_on, "year_before": before.year, "month_before": before.month,
        "oldest": date(oldest_year, oldest_month + 1, 1), "oldest_year": oldest_year,
        "department": run.department_id, "named": run.employee_ids,
    }  # fmt: skip


def _place(year: int, month: int) -> int:
    """A month counted from the year 0."""
    return year * 12 + month


def _restated(people: Collection[UUID], first: int, last: int) -> list[Restated]:
    """The posted months of these people, from `first` to `last`, that would be paid otherwise."""
    posted = _posted(people, first, last)
    if not posted:
        return []
    span = Window(
        facts.with_arrears(posted[0].before.salary).starts_on,
        posted[-1].before.salary.ends_on,
    )
    rates, assignments = facts.agreed(people, span)
    counted = _counted(one.before for one in posted)
    present = facts.payable_components()
    found = []
    for one in posted:
        person = UUID(one.before.employee_id)
        known = {component.id for component in one.before.components}
        later = [replace(other, default_amount=ZERO) for other in present if other.id not in known]
        days = facts.with_arrears(one.before.salary)
        now = replace(
            one.before,
            employed_from=one.hired_at or date.min,
            employed_to=one.ended_on,
            components=(*one.before.components, *later),
            rates=tuple(rate for rate in rates[person] if days.overlap(rate.valid_from, rate.valid_to)),
            assignments=tuple(row for row in assignments[person] if days.overlap(row.valid_from, row.valid_to)),
            counters=counters(counted[person, one.before.counted]),
        )
        found += _difference(one, now)
    return found


def _posted(people: Collection[UUID], first: int, last: int) -> list[_Posted]:
    """Posted payslips of these people, the latest month last. `first` and `last` are months counted from the year 0."""
    rows = PayrollSnapshot.objects.filter(
        employee_id__in=people, payroll__status=PayrollStatus.POSTED, payroll__kind__in=SALARY_KINDS
    )
    text = TextField()
    line = Concat(Cast("component_id", text), V(" "), "kind", V(" "), Cast("amount", text), output_field=text)
    items = PayrollItem.objects.filter(payroll=OuterRef("payroll_id")).order_by("position").annotate(line=line)
    rows = rows.annotate(place=F("period_year") * 12 + F("period_month"), lines=ArraySubquery(items.values("line")))
    rows = rows.filter(place__range=(first, last)).order_by("place", "employee_id")
    columns = ("inputs", "employee__hired_at", "employee__ended_on", "lines", "net_amount", "pack_version")
    return [_Posted(from_json(frozen), *others) for frozen, *others in rows.values_list(*columns)]


def _counted(posted: Iterable[Inputs]) -> dict[tuple[UUID, Window], Mapping[str, Decimal]]:
    alike: dict[Window, list[UUID]] = defaultdict(list)
    for before in posted:
        alike[before.counted].append(UUID(before.employee_id))
    return {
        (person, window): figures
        for window, people in alike.items()
        for person, figures in counted_days.of_window(people, window).items()
    }


def _difference(posted: _Posted, now: Inputs) -> list[Restated]:
    """What is posted is as computing it again gives it: that is proved elsewhere, and not worth half the time here."""
    before = posted.before
    if now == before:
        return []
    which = UUID(before.employee_id), before.year, before.month
    if _is_by_other_rules(posted):
        has_changed = replace(now, components=before.components) != before
        return [Restated(*which, None, now.fingerprint()[:12])] if has_changed else []
    owed = compute(now)
    if [f"{component} {kind} {amount:.2f}" for component, kind, amount in owed.lines_paid() or ()] == posted.lines:
        return []
    difference = Decimal(plain_number(owed.net - posted.net)) if owed.is_payable else None
    return [Restated(*which, difference)]


def _is_by_other_rules(posted: _Posted) -> bool:
    """Whether the same facts may be paid otherwise by now, so that a difference would not be that of the change alone."""
    pack = PACKS.get(posted.before.pack)
    return posted.before.rule_version != RULE_VERSION or pack is None or posted.pack_version != pack.version
