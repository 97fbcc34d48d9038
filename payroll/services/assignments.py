"""Acts on salary assignments: give one employee an amount or a formula of her own, and end it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from hr.models import Employee
from hr.selectors import locks
from payroll.engine import formula as formulas
from payroll.engine.formula import FormulaError
from payroll.engine.scope import SALARY_KINDS
from payroll.models import PayrollKind, SalaryAssignment, SalaryComponent
from payroll.selectors import posted_months
from payroll.services import telling
from peoplesync.core.services import activity
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Forbidden, Invalid


@transaction.atomic
def assign(
    *,
    employee_id: UUID,
    component_id: UUID,
    amount: Decimal | None = None,
    formula: str = "",
    kind: str = PayrollKind.REGULAR,
    valid_from: date,
    valid_to: date | None = None,
    allow_retro: bool = False,
    by: Any,
    at: datetime,
) -> SalaryAssignment:
    """Pay a component by an amount or a formula from `valid_from` to `valid_to`, both inside (None: until ended).

    Raises Invalid for an unknown employee or component, a formula that cannot be read, days in the wrong order or days
    on which the component is assigned already; Forbidden for one's own pay; Conflict when its days are closed or on a posted
    payslip, and `allow_retro` does not say that it is meant.
    """
    days = _days(valid_from, valid_to)
    if not allow_retro:
        locks.ensure_open(employee_id, [valid_from], "This assignment")
    _check_person(employee_id, by)
    _check_component(component_id)
    _check_value(amount, formula)
    _check_posted(employee_id, kind, valid_from, valid_to, "valid_from", allow_retro=allow_retro, by=by, at=at)
    row = SalaryAssignment(
        employee_id=employee_id,
        component_id=component_id,
        amount=amount,
        formula=formula,
        kind=kind,
        valid=days,
        created_at=at,
    )
    row.full_clean(exclude=["employee", "component"])
    row.save(force_insert=True)
    _log("salary_assignment.created", row, by, at)
    return row


@transaction.atomic
def end(
    *, assignment: SalaryAssignment, last_day: date, allow_retro: bool = False, by: Any, at: datetime
) -> SalaryAssignment:
    """Stop paying after `last_day`, sooner or later than before.

    Raises Invalid when that is before the first day, Forbidden for one's own pay; Conflict when the days between the old and
    the new end are on a posted payslip, and `allow_retro` does not say that it is meant.
    """
    if not allow_retro:
        locks.pass_gate()
    _check_person(assignment.employee_id, by)
    row = SalaryAssignment.objects.select_for_update().get(pk=assignment.pk)
    before, row.valid = row.valid_to, _days(row.valid_from, last_day)
    if before != last_day:
        first = min(last_day, before or last_day) + ONE_DAY
        last = max(last_day, before) if before else None
        _check_posted(row.employee_id, row.kind, first, last, "valid_to", allow_retro=allow_retro, by=by, at=at)
    row.full_clean(exclude=["employee", "component"])
    row.save(update_fields=["valid", "updated_at"])
    _log("salary_assignment.ended", row, by, at)
    return row


def _check_person(employee_id: UUID, by: Any) -> None:
    if by is not None and by.employee_id == employee_id:
        raise Forbidden("Nobody changes her own pay. Ask a colleague from payroll.", code="own_pay")
    if not Employee.objects.select_for_update(no_key=True).alive().filter(pk=employee_id).exists():
        raise Invalid.field("employee_id", "There is no such employee.", code="unknown")


def _check_component(component_id: UUID) -> None:
    component = SalaryComponent.objects.alive().filter(pk=component_id).first()
    if component is None:
        raise Invalid.field("component_id", "There is no such salary component.", code="unknown")
    if component.is_basic:
        sentence = "The salary is paid from pay rates. Set a pay rate instead."
        raise Invalid.field("component_id", sentence, code="basic_assigned")


def _check_value(amount: Decimal | None, formula: str) -> None:
    if (amount is None) == (not formula):
        raise Invalid.field("amount", "Give either an amount or a formula.", code="amount_or_formula")
    if formula:
        try:
            formulas.parse(formula)
        except FormulaError as unreadable:
            raise Invalid.field("formula", unreadable.message, code=unreadable.code) from None


def _check_posted(
    employee_id: UUID,
    kind: str,
    first: date,
    last: date | None,
    field: str,
    *,
    allow_retro: bool,
    by: Any,
    at: datetime,
) -> None:
    """Raises Conflict when a posted payslip that pays this kind of assignment paid a month of these days; where that is
    meant, tells `by` that it stays.
    """
    kinds = SALARY_KINDS if kind == PayrollKind.REGULAR else [kind]
    if allow_retro:
        telling.retro(employee_id=employee_id, kinds=kinds, first=first, last=last, what="a component", by=by, at=at)
    else:
        posted_months.ensure_open(
            employee_id=employee_id, kinds=kinds, first=first, last=last, field=field, what="assignment"
        )


def _days(first: date, last: date | None) -> DateRange:
    if last is not None and last < first:
        raise Invalid.field("valid_to", "The last day is before the first day.", code="invalid")
    return DateRange(first, last + ONE_DAY if last else None)


def _log(action: str, row: SalaryAssignment, by: Any, at: datetime) -> None:
    meta = {
        "employee_id": str(row.employee_id),
        "component_id": str(row.component_id),
        "amount": row.amount,
        "formula": row.formula,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }
    activity.record(action=action, resource_type="salary_assignment", resource_id=row.pk, by=by, at=at, meta=meta)
