"""Erasure as staff order it: written into the activity log, carried out with the owner's login.

The web's own login cannot rewrite what is append-only, and must not learn to: who decides that a person is forgotten and
who can do it are two hands. An order may be withdrawn until it is carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.models import Employee
from hr.services import erasure as people
from peoplesync.core.doctor import Finding
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict
from peoplesync.privacy import erasure
from peoplesync.privacy.erasure import Erased

ORDERED = "privacy.erasure_ordered"
WITHDRAWN = "privacy.erasure_withdrawn"
_STEPS = (ORDERED, WITHDRAWN, erasure.DONE)


def waiting(employee_id: UUID) -> ActivityLog | None:
    """The order about a person that is neither withdrawn nor carried out."""
    steps = ActivityLog.objects.filter(resource_id=employee_id, action__in=_STEPS).select_related("user")
    newest = steps.order_by("-created_at", "-pk").first()
    return newest if newest is not None and newest.action == ORDERED else None


@transaction.atomic
def order(*, employee: Employee, reason: str, by: Any, at: datetime) -> None:
    """Order that a person who has left is forgotten. Raises Conflict where that is not possible, or ordered already."""
    erasure.ensure_possible(_locked(employee), at)
    if waiting(employee.pk):
        raise Conflict(f"The erasure of {employee.employee_number} is ordered already.", code="ordered_already")
    _record(ORDERED, employee, by, at, {"reason": reason})


@transaction.atomic
def withdraw(*, employee: Employee, by: Any, at: datetime) -> None:
    """Take an order back. Raises Conflict when none waits, or when it is being carried out."""
    is_begun = _locked(employee).first_name == people.NAME
    if not waiting(employee.pk):
        raise Conflict(f"No erasure of {employee.employee_number} waits to be carried out.", code="not_ordered")
    if is_begun:
        raise Conflict(f"The erasure of {employee.employee_number} has begun and is not undone.", code="begun")
    _record(WITHDRAWN, employee, by, at, None)


def all_waiting() -> Iterator[tuple[Employee, Any]]:
    """(the person, who ordered it) of every order that waits, the oldest first."""
    steps = ActivityLog.objects.filter(action__in=_STEPS).order_by("resource_id", "-created_at", "-pk")
    newest = {step.resource_id: step for step in reversed(steps.select_related("user"))}
    ordered = sorted((step for step in newest.values() if step.action == ORDERED), key=lambda step: step.created_at)
    found = Employee.objects.in_bulk([step.resource_id for step in ordered])
    return ((found[step.resource_id], step.user) for step in ordered if step.resource_id in found)


def carry_out(*, employee: Employee, by: Any, at: datetime, is_dry_run: bool = False) -> Erased | None:
    """Forget a person as ordered; None when the order was withdrawn in the meantime. Raises as `erasure.of_person`."""
    try:
        return erasure.of_person(
            employee=employee, at=at, is_dry_run=is_dry_run, by=by, ensure_ordered=lambda: _ensure_waits(employee)
        )
    except _Withdrawn:
        return None


class _Withdrawn(Exception):
    """The order stands no longer."""


def _ensure_waits(employee: Employee) -> None:
    if not waiting(employee.pk):
        raise _Withdrawn


def _locked(employee: Employee) -> Employee:
    """The person's row as it is now: whoever orders, withdraws and erases waits for one another."""
    return Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)


def check(at: datetime) -> list[Finding]:
    """For `manage.py doctor`: orders that wait for somebody with the owner's login."""
    numbers = [employee.employee_number for employee, _ in all_waiting()]
    if not numbers:
        return []
    what = f"erasure was ordered of {', '.join(numbers[:10])}" + (" and others" if len(numbers) > 10 else "")
    return [Finding(what, "Run manage.py erase_person --ordered with the owner's login.", is_problem=False)]


def _record(action: str, employee: Employee, by: Any, at: datetime, meta: dict[str, Any] | None) -> None:
    activity.record(action=action, resource_type="employee", resource_id=employee.pk, by=by, at=at, meta=meta)
