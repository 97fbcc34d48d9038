"""From rows to the engine's frozen inputs, for many people with a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef

from hr.models import Employee
from hr.selectors import organisation
from payroll.engine.inputs import Assignment, Component, ComponentType, Inputs, Kind, PayRate, counters
from payroll.engine.policy import Policy
from payroll.engine.window import Window, calendar_month
from payroll.models import BASIC_NAME, SalaryAssignment, SalaryComponent
from payroll.models import PayRate as PayRateRow
from payroll.selectors import counters as counted_days
from peoplesync.kernel.dates import ONE_DAY


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for everybody in one payroll. `counted`: the days whose overtime, meals and unpaid days count.

    Leavers have days of their own (see `counters.windows`).
    """

    year: int
    month: int
    kind: Kind
    counted: Window
    components: tuple[Component, ...]
    policy: Policy
    pack: str


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything inside as it was at one moment. Inside a caller's transaction, hers is the moment."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def terms(*, year: int, month: int, kind: str, counted: Window | None = None) -> Terms:
    """Components, policy and pack as they stand now; `counted` when the window was fixed before."""
    setting = organisation.settings()
    return Terms(
        year=year,
        month=month,
        kind=Kind(kind),
        counted=counted or counted_days.window(year, month, setting.payroll_cutoff_day),
        components=payable_components(),
        policy=Policy(rounding_unit=Decimal(setting.money_unit)),
        pack=setting.payroll_pack,
    )


def payable_components() -> tuple[Component, ...]:
    """Active components as the engine takes them.

    Another component with the salary's name is left out: clients create "Basic Salary" as the published example does,
    and nobody's salary is to be paid twice.
    """
    rows = list(SalaryComponent.objects.alive())
    taken = {BASIC_NAME.casefold()} | {row.name.strip().casefold() for row in rows if row.is_basic}
    return tuple(
        Component(
            id=str(row.pk),
            name=row.name,
            type=ComponentType(row.type),
            default_amount=row.default_amount,
            code=row.code,
            is_prorated=row.is_prorated and not row.is_basic,
            bases=tuple(row.bases),
        )
        for row in rows
        if row.is_basic or row.name.strip().casefold() not in taken
    )


def gather(terms: Terms, employee_ids: Collection[UUID]) -> dict[UUID, Inputs]:
    """Everybody's inputs of one payroll. Whoever has been deleted in the meantime is left out.

    A salary on the record of somebody without any rate, in whatever days, counts from her first day: the computation
    writes that rate before it comes here, a preview may not.
    """
    ids = list(employee_ids)
    known = Employee.objects.alive().filter(pk__in=ids)
    has_rate = Exists(PayRateRow.objects.in_force().filter(employee_id=OuterRef("pk")))
    people = list(known.values_list("pk", "hired_at", "ended_on", "current_salary", has_rate))
    month = calendar_month(terms.year, terms.month)
    rates, assigned = agreed(ids, with_arrears(month))
    last_days = {pk: ended_on for pk, _, ended_on, *_ in people}
    days = counted_days.windows(terms.counted, month, last_days)
    figures = counted_days.of_windows(days)
    return {
        pk: Inputs(
            employee_id=str(pk),
            year=terms.year,
            month=terms.month,
            kind=terms.kind,
            counted=days[pk],
            employed_from=hired_at or date.min,
            employed_to=ended_on,
            rates=tuple(rates[pk] if is_agreed else _from_record(pk, salary, hired_at)),
            components=terms.components,
            assignments=tuple(assigned[pk]),
            counters=counters(figures[pk]),
            policy=terms.policy,
            pack=terms.pack,
        )
        for pk, hired_at, ended_on, salary, is_agreed in people
    }


def _from_record(employee_id: UUID, salary: Decimal | None, hired_at: date | None) -> list[PayRate]:
    if salary is None:
        return []
    return [PayRate(id=f"record-of-{employee_id}", amount=salary, valid_from=hired_at or date.min)]


def with_arrears(month: Window) -> Window:
    """The days a month's payslip may pay the salary of: its own, and before them those of somebody who joined late."""
    return Window((month.starts_on - ONE_DAY).replace(day=1), month.ends_on)


def agreed(
    employee_ids: Collection[UUID], days: Window
) -> tuple[dict[UUID, list[PayRate]], dict[UUID, list[Assignment]]]:
    """What is in force with each person on any of these days, pay rates and assignments; two statements."""
    span = DateRange(days.starts_on, days.ends_on, "[]")
    return _rates(employee_ids, span), _assignments(employee_ids, span)


def _rates(ids: Collection[UUID], span: DateRange) -> dict[UUID, list[PayRate]]:
    found: dict[UUID, list[PayRate]] = defaultdict(list)
    rows = PayRateRow.objects.in_force().filter(employee_id__in=list(ids), valid__overlap=span)
    for pk, employee_id, amount, valid in rows.values_list("pk", "employee_id", "amount", "valid"):
        last = valid.upper - ONE_DAY if valid.upper else None
        rate = PayRate(id=str(pk), amount=amount, valid_from=valid.lower or date.min, valid_to=last)
        found[employee_id].append(rate)
    return found


def _assignments(ids: Collection[UUID], span: DateRange) -> dict[UUID, list[Assignment]]:
    found: dict[UUID, list[Assignment]] = defaultdict(list)
    rows = SalaryAssignment.objects.filter(employee_id__in=list(ids), valid__overlap=span)
    columns = ("pk", "employee_id", "component_id", "amount", "formula", "kind", "valid")
    for pk, employee_id, component_id, amount, formula, kind, valid in rows.values_list(*columns):
        found[employee_id].append(
            Assignment(
                id=str(pk),
                component_id=str(component_id),
                valid_from=valid.lower,
                valid_to=valid.upper - ONE_DAY if valid.upper else None,
                amount=amount,
                formula=formula,
                kind=Kind(kind),
            )
        )
    return found
