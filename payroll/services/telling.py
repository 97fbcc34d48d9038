"""What people are told of a payroll: who started it that it is computed, who is paid by it that her payslip can be read,

and who changed pay of posted months that these stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hr.models import Employee, User
from payroll.models import PayrollRun
from payroll.selectors import posted_months
from payroll.selectors.retro import MONTHS_BACK
from peoplesync.core.services import notifications
from peoplesync.core.services.notifications import Note

TITLE = "Payroll Finished"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def computed(run: PayrollRun, user_id: UUID | None, at: datetime) -> None:
    """To who started the run, once per run."""
    notes = [Note(user_id, TITLE, _outcome(run), f"payroll_finished:{run.pk}")] if user_id else []
    notifications.send_all(notes=notes, at=at)


def approved(run: PayrollRun, at: datetime) -> None:
    """To everybody with a payslip of the run and a user, once per payslip: from its approval on she may read it."""
    people = User.objects.alive().filter(is_active=True, employee__payrolls__in=run.payrolls.live())
    message = f"{_processed(run)} Your payslip is ready to read."
    rows = people.order_by("pk").values_list("pk", "employee__payrolls__pk")
    notes = (Note(user_id, TITLE, message, f"payroll_finished:{payroll_id}") for user_id, payroll_id in rows)
    notifications.send_all(notes=notes, at=at)


def retro(
    *, employee_id: UUID, kinds: Collection[str], first: date, last: date | None, what: str, by: Any, at: datetime
) -> None:
    """To who changed pay on days (`last` inside; None: no end) of posted months: these stay, and the next run asks."""
    months = posted_months.reached(employee_id=employee_id, kinds=kinds, first=first, last=last) if by else []
    if months:
        named = ", ".join(f"{_MONTHS[month - 1]} {year}" for year, month, _, _ in months)
        number = Employee.objects.values_list("employee_number", flat=True).get(pk=employee_id)
        _tell_of_posted(f"You changed {what} of {number} in {named}.", by, at)


def retro_many(*, count: int, by: Any, at: datetime) -> None:
    """To who imported salaries that begin in a month which is posted for `count` people."""
    if count and by:
        _tell_of_posted(f"Imported salaries of {count:,} people begin in a month that is posted.", by, at)


def put_right(*, employee: Employee, first_day: date | None, by: Any, at: datetime) -> None:
    """To who entered a salary in the place of one that was never used: from which day it counts, and what a raise takes."""
    if by is None:
        return
    since = first_day or "the first day of employment"
    message = (
        f"The salary you entered for {employee.employee_number} counts from {since}, because no payslip with "
        "the one before was approved. If it is a raise from a later day, ask payroll to enter both as pay rates with their "
        "first days."
    )
    notifications.send(user_ids=[by.pk], title="Salary put right from its first day", message=message, at=at)


def _tell_of_posted(what: str, by: Any, at: datetime) -> None:
    message = (
        f"{what} What is posted stays as it is, and the difference is not paid by itself: the next payroll run names it, "
        f"for the {MONTHS_BACK} months before that run, and waits until it is settled."
    )
    notifications.send(user_ids=[getattr(by, "pk", by)], title="Pay changed in a posted month", message=message, at=at)


def _month(run: PayrollRun) -> str:
    return f"{_MONTHS[run.period_month - 1]} {run.period_year}"


def _processed(run: PayrollRun) -> str:
    return f"Payroll for {_month(run)} has been processed."


def _outcome(run: PayrollRun) -> str:
    """What a computation came to: that it is done is said alone only where everybody in its scope has a payslip."""
    refused = f"Refused: {run.refused_count:,}. The run's findings say whom and what to put right."
    if run.payroll_count:
        return f"{_processed(run)} {refused}" if run.refused_count else _processed(run)
    nothing = f"Payroll for {_month(run)} made no payslips."
    if run.refused_count:
        return f"{nothing} {refused}"
    if run.findings.exists():
        return f"{nothing} The run's findings say why."
    return f"{nothing} Nobody is in its scope. Check the month, the department and the people it was asked for."
