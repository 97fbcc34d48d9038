"""Acts on salary components: define, change, take out of use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction

from payroll.engine.inputs import BASIC
from payroll.models import ComponentType, PayrollItem, SalaryAssignment, SalaryComponent
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict, Invalid
from peoplesync.kernel.money import ZERO

_LOGGED = ("name", "type", "default_amount", "code", "is_prorated")


class Changes(TypedDict, total=False):
    """What an update may set."""

    name: str
    type: str
    default_amount: Decimal
    code: str
    is_prorated: bool


@transaction.atomic
def create(
    *,
    name: str,
    type: str,  # noqa: A002 the contract's word
    default_amount: Decimal = ZERO,
    code: str = "",
    is_prorated: bool = False,
    by: Any,
    at: datetime,
) -> SalaryComponent:
    """A new component, paid from the next computation on."""
    row = SalaryComponent(
        name=name, type=type, default_amount=default_amount, code=code, is_prorated=is_prorated, created_at=at
    )
    row.full_clean()
    row.save(force_insert=True)
    _log("salary_component.created", row, by, at, {key: getattr(row, key) for key in _LOGGED})
    return row


@transaction.atomic
def update(*, component: SalaryComponent, changes: Changes, by: Any, at: datetime) -> SalaryComponent:
    """Change what is given. Payslips that are posted keep the name and amount they were computed with.

    Raises Invalid when the salary's own component would stop being a fixed earning.
    """
    row = SalaryComponent.objects.select_for_update().get(pk=component.pk)
    _check_basic(row, changes)
    before = {key: getattr(row, key) for key in _LOGGED}
    for field, value in changes.items():
        setattr(row, field, value)
    row.full_clean()
    difference = {key: [before[key], getattr(row, key)] for key in _LOGGED if before[key] != getattr(row, key)}
    if difference:
        row.save()
        _log("salary_component.updated", row, by, at, {"name": row.name, "changes": difference})
    return row


@transaction.atomic
def delete(*, component: SalaryComponent, by: Any, at: datetime) -> None:
    """Take a component that was never used out of every list. Raises Conflict when payslips or people use it."""
    row = SalaryComponent.objects.select_for_update().get(pk=component.pk)
    if row.is_basic:
        raise Conflict("Every salary is paid on this component. Rename it instead.", code="basic_component")
    is_used = (
        PayrollItem.objects.filter(component=row).exists() or SalaryAssignment.objects.filter(component=row).exists()
    )
    if is_used:
        message = (
            f'"{row.name}" is on payslips or assigned to people. Set its default amount to 0 and end those instead.'
        )
        raise Conflict(message, code="component_used")
    row.deleted_at = at
    row.save(update_fields=["deleted_at", "updated_at"])
    _log("salary_component.deleted", row, by, at, {"name": row.name})


def _check_basic(row: SalaryComponent, changes: Changes) -> None:
    if row.is_basic and changes.get("type", row.type) != ComponentType.FIXED:
        raise Invalid.field("type", "The salary's own component stays fixed. Create another component instead.")
    if row.is_basic and changes.get("code", BASIC) != BASIC:
        raise Invalid.field("code", "The salary's own component keeps its code.")


def _log(action: str, row: SalaryComponent, by: Any, at: datetime, meta: dict[str, Any]) -> None:
    activity.record(action=action, resource_type="salary_component", resource_id=row.pk, by=by, at=at, meta=meta)
