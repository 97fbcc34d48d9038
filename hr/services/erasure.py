"""Forgetting a person who has left: her record, her users, and what was written about her, their history included.

Dates of employment, leave days and balances stay under her number: pay that was posted refers to them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt
from django.apps import apps
from django.db import transaction
from django.db.models import F

from hr.models import ApprovalDecision, ApprovalRequest, Employee, Leave, LeaveLedgerEntry, User
from hr.selectors import employees
from hr.services import approvals
from peoplesync.kernel.errors import Conflict

NAME = "Erased"


def ensure_left(employee: Employee, at: datetime) -> None:
    """Raises Conflict for somebody who is still employed: her data is needed to employ her."""
    if employee.deleted_at is None and (
        employee.ended_on is None or employee.ended_on >= employees.today_of(employee, at)
    ):
        message = f"{employee.employee_number} is still employed. End the employment first; erase after the last day."
        raise Conflict(message, code="still_employed")


@transaction.atomic
def forget(*, employee: Employee, at: datetime) -> dict[str, int]:
    """Blank what says who she is and what she was like; how many rows, by kind. Again: nothing is left to blank."""
    user_ids = list(User.objects.filter(employee=employee).values_list("pk", flat=True))
    requests = ApprovalRequest.objects.filter(employee=employee)
    counts = {
        "sign-in attempts": _attempts(user_ids),
        "employee records": _record(employee, at),
        "users": _users(user_ids, at),
        "leave reasons": _blanked(Leave.objects.filter(employee=employee), reason=None),
        "leave notes": _blanked(LeaveLedgerEntry.objects.filter(employee=employee), note=""),
        "notes of decisions": _blanked(ApprovalDecision.objects.filter(request__in=requests), note=""),
    }
    # The triggers have written these changes down by now; what they wrote before them goes too.
    counts["rows of history"] = (
        _blanked(_history("EmployeeEvent").filter(pgh_obj_id=employee.pk), **_nobody())
        + _blanked(_history("LeaveEvent").filter(employee_id=employee.pk), reason=None)
        + sum(_blanked(_history("UserEvent").filter(pgh_obj_id=pk), email=_address(pk)) for pk in user_ids)
    )
    return counts


def subjects_of(employee: Employee) -> list[UUID]:
    """Whatever entries of the activity log may be about: she, her users, and what was asked for about her."""
    asked = ApprovalRequest.objects.filter(employee=employee).values_list("subject_id", flat=True)
    users = User.objects.filter(employee=employee).values_list("pk", flat=True)
    return [employee.pk, *users, *asked, *Leave.objects.filter(employee=employee).values_list("pk", flat=True)]


def topics_of(employee: Employee) -> list[str]:
    """What messages about her are known by: the approvals that were asked for about her."""
    return [
        approvals.topic(pk) for pk in ApprovalRequest.objects.filter(employee=employee).values_list("pk", flat=True)
    ]


def names_of(employee: Employee) -> list[str]:
    """Every name she went by here, as messages wrote it."""
    held = [(employee.first_name, employee.last_name)]
    held += _history("EmployeeEvent").filter(pgh_obj_id=employee.pk).values_list("first_name", "last_name")
    return sorted({f"{first} {last or ''}".strip() for first, last in held} - {NAME})


def _nobody() -> dict[str, Any]:
    return {"first_name": NAME, "last_name": None, "email": None, "phone": None, "end_reason": ""}


def _address(user_id: UUID) -> str:
    """Nobody's address, and nobody else's: `.invalid` is never a real domain."""
    return f"{user_id}@erased.invalid"


def _record(employee: Employee, at: datetime) -> int:
    return _blanked(Employee.objects.filter(pk=employee.pk), stamp={"updated_at": at}, **_nobody())


def _users(user_ids: Collection[UUID], at: datetime) -> int:
    """Nobody signs in as her again, and every session ends."""
    count = 0
    for user in User.objects.filter(pk__in=user_ids).exclude(email__endswith="@erased.invalid"):
        user.email, user.is_active, user.deleted_at = _address(user.pk), False, user.deleted_at or at
        user.token_version = F("token_version") + 1
        user.set_unusable_password()
        user.save(update_fields=["email", "is_active", "deleted_at", "token_version", "password", "updated_at"])
        count += 1
    return count


def _attempts(user_ids: Collection[UUID]) -> int:
    addresses = User.objects.filter(pk__in=user_ids).values_list("email", flat=True)
    return int(AccessAttempt.objects.filter(username__in=[address.lower() for address in addresses]).delete()[0])


def _history(name: str) -> Any:
    return apps.get_model("hr", name).objects.all()


def _blanked(rows: Any, *, stamp: dict[str, Any] | None = None, **values: Any) -> int:
    """Set the values where they are not set yet; `stamp` goes along."""
    are_set = {f"{name}__isnull" if value is None else name: value is None or value for name, value in values.items()}
    return int(rows.exclude(**are_set).update(**values, **(stamp or {})))
