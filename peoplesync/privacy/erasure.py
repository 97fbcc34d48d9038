"""Forgetting a person who has left: everything that says who she was goes, history included; posted pay stays.

What is kept is kept under her number: payslips and their lines, the days and times they were computed from, leave in days.
Pay is kept because the law asks for it; a name is not needed for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from attendance.services import erasure as presence
from hr.models import Employee, User
from hr.services import erasure as people
from payroll.models import Payroll, PayrollStatus
from peoplesync.core.selectors import files
from peoplesync.core.services import activity, idempotency, notifications, uploads
from peoplesync.kernel.errors import Conflict, NotFound

DONE = "privacy.person_erased"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each kind said something about the person."""

    employee_id: UUID
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def of_person(
    *,
    employee: Employee,
    at: datetime,
    is_dry_run: bool = False,
    by: Any = None,
    ensure_ordered: Callable[[], None] | None = None,
) -> Erased:
    """Forget this employee; a dry run counts and changes nothing. Again: nothing is left, nothing is logged.

    `by` is who ordered it; an order that found nothing left is logged as carried out all the same. `ensure_ordered` raises
    where the order stands no longer; it is asked with her row locked, as whoever withdraws it locks hers.
    Raises Conflict while she is employed, or while a payslip of hers is not posted.
    """
    with transaction.atomic():
        employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        if ensure_ordered:
            ensure_ordered()
        ensure_possible(employee, at)
        user_ids = list(User.objects.filter(employee=employee).values_list("pk", flat=True))
        counts = _forget(employee, user_ids, at)
        transaction.set_rollback(is_dry_run)
    # Bytes cannot be rolled back: they go last, and what a run cut short leaves the next one finds by its row.
    counts["files"] = files.owned_by(user_ids).count() if is_dry_run else uploads.forget_of(user_ids=user_ids)
    erased = Erased(employee.pk, {kind: count for kind, count in counts.items() if count})
    if (erased.total or ensure_ordered) and not is_dry_run:
        activity.record(action=DONE, resource_type="employee", resource_id=employee.pk, by=by, at=at, meta=None)
    return erased


def ensure_possible(employee: Employee, at: datetime) -> None:
    """Raises Conflict while the person is employed, or while a payslip of hers is not posted."""
    people.ensure_left(employee, at)
    _ensure_settled(employee)


def numbered(number: str) -> Employee:
    """The employee with a number; of rows that were deleted the newest, when none is left. Raises NotFound."""
    rows = Employee.objects.filter(employee_number=number).order_by("-created_at")
    employee = rows.alive().first() or rows.first()
    if employee is None:
        raise NotFound(f"There is no employee with the number {number}.", code="not_found")
    return employee


def _ensure_settled(employee: Employee) -> None:
    unsettled = Payroll.objects.live().filter(employee=employee).exclude(status=PayrollStatus.POSTED)
    months = [f"{row.period_year}-{row.period_month:02}" for row in unsettled[:5]]
    if months:
        message = f"Payslips of {', '.join(months)} are not posted. Post or cancel them first; erase then."
        raise Conflict(message, code="unsettled")


def _forget(employee: Employee, user_ids: list[UUID], at: datetime) -> dict[str, int]:
    names, about = people.names_of(employee), people.subjects_of(employee)
    return {
        "notifications": notifications.forget(
            user_ids=user_ids,
            names=names,
            about=people.topics_of(employee),
            among=presence.topics_of(employee.pk),
            replacement=people.NAME,
        ),
        "stored answers": idempotency.forget(user_ids=user_ids),
        **presence.forget(employee_id=employee.pk, user_ids=user_ids, at=at),
        **people.forget(employee=employee, at=at),
        "entries of the activity log": activity.forget(employee_id=employee.pk, about=about),
    }
