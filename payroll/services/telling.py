"""What people are told of a payroll: who started it that it is computed, who is paid by it that her payslip can be read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hr.models import User
from payroll.models import PayrollRun
from peoplesync.core.services import notifications
from peoplesync.core.services.notifications import Note

TITLE = "Payroll Finished"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def computed(run: PayrollRun, user_id: UUID | None, at: datetime) -> None:
    """To who started the run, once per run."""
    notes = [Note(user_id, TITLE, _processed(run), f"payroll_finished:{run.pk}")] if user_id else []
    notifications.send_all(notes=notes, at=at)


def approved(run: PayrollRun, at: datetime) -> None:
    """To everybody with a payslip of the run and a user, once per payslip: from its approval on she may read it."""
    people = User.objects.alive().filter(is_active=True, employee__payrolls__in=run.payrolls.live())
    message = f"{_processed(run)} Your payslip is ready to read."
    rows = people.order_by("pk").values_list("pk", "employee__payrolls__pk")
    notes = (Note(user_id, TITLE, message, f"payroll_finished:{payroll_id}") for user_id, payroll_id in rows)
    notifications.send_all(notes=notes, at=at)


def _processed(run: PayrollRun) -> str:
    return f"Payroll for {_MONTHS[run.period_month - 1]} {run.period_year} has been processed."
