"""The log of who read which salaries on people's records: one entry a request, and none for one's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hr.models import Employee, User
from hr.selectors.employees import may_read_pay
from peoplesync.core.services import activity


def salaries(*, people: Iterable[Employee], by: User, at: datetime) -> None:
    """Log that these people's records were shown to `by`, as far as they showed her a salary that is not hers."""
    read = [
        person.pk
        for person in people
        if person.current_salary is not None and person.pk != by.employee_id and may_read_pay(by, person.pk)
    ]
    if read:
        activity.record(
            action="salary.read",
            resource_type="salary",
            resource_id=None,
            by=by,
            meta={"employee_ids": read},
            at=at,
        )
