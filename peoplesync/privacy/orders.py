"""Erasure as staff order it: written into the activity log, carried out with the owner's login.

The web's own login cannot rewrite what is append-only, and must not learn to: who decides that a person is forgotten and
who can do it are two hands. An order may be withdrawn until it is carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from hr.models import Employee
from peoplesync.core.doctor import Finding
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict
from peoplesync.privacy import erasure

ORDERED = "privacy.erasure_ordered"
WITHDRAWN = "privacy.erasure_withdrawn"
_STEPS = (ORDERED, WITHDRAWN, erasure.DONE)


def waiting(employee_id: UUID) -> ActivityLog | None:
    """The order about a person that is neither withdrawn nor carried out."""
    steps = ActivityLog.objects.filter(resource_id=employee_id, action__in=_STEPS).select_related("user")
    newest = steps.order_by("-created_at", "-pk").first()
    return newest if newest is not None and newest.action == ORDERED else None


def order(*, employee: Employee, reason: str, by: Any, at: datetime) -> None:
    """Order that a person who has left is forgotten. Raises Conflict where that is not possible, or ordered already."""
    erasure.ensure_possible(employee, at)
    if waiting(employee.pk):
        raise Conflict(f"The erasure of {employee.employee_number} is ordered already.", code="ordered_already")
    _record(ORDERED, employee, by, at, {"reason": reason})


def withdraw(*, employee: Employee, by: Any, at: datetime) -> None:
    """Take an order back. Raises Conflict when none waits."""
    if not waiting(employee.pk):
        raise Conflict(f"No erasure of {employee.employee_number} waits to be carried out.", code="not_ordered")
    _record(WITHDRAWN, employee, by, at, None)


def all_waiting() -> Iterator[tuple[str, Any]]:
    """(employee number, who ordered it) of every order that waits, the oldest first."""
    steps = ActivityLog.objects.filter(action__in=_STEPS).order_by("resource_id", "-created_at", "-pk")
    newest = {step.resource_id: step for step in reversed(steps.select_related("user"))}
    ordered = sorted((step for step in newest.values() if step.action == ORDERED), key=lambda step: step.created_at)
    numbers = dict(
        Employee.objects.filter(pk__in=[step.resource_id for step in ordered]).values_list("pk", "employee_number")
    )
    return ((numbers[step.resource_id], step.user) for step in ordered if step.resource_id in numbers)


def check(at: datetime) -> list[Finding]:
    """For `manage.py doctor`: orders that wait for somebody with the owner's login."""
    numbers = [number for number, _ in all_waiting()]
    if not numbers:
        return []
    what = f"erasure was ordered of {', '.join(numbers[:10])}" + (" and others" if len(numbers) > 10 else "")
    return [Finding(what, "Run manage.py erase_person --ordered with the owner's login.", is_problem=False)]


def _record(action: str, employee: Employee, by: Any, at: datetime, meta: dict[str, Any] | None) -> None:
    activity.record(action=action, resource_type="employee", resource_id=employee.pk, by=by, at=at, meta=meta)
