"""The demo's pay: a few components, and one month that was computed, approved and posted by the people entitled to.

Salaries became pay rates when the people were written. A large demo leaves its own payroll to be run by whoever tries it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hr.models import User
from payroll.models import ComponentType
from payroll.services import components, posting, runs
from peoplesync.core.services import jobs
from peoplesync.demo.people import CORE, employee_id, user_id
from peoplesync.kernel.dates import ONE_DAY

_COMPONENTS = (
    ("Transport allowance", "transport", ComponentType.FIXED, Decimal(600_000)),
    ("Meal allowance", "meal", ComponentType.VARIABLE, Decimal(880_000)),
    ("Employee cooperative", "cooperative", ComponentType.DEDUCTION, Decimal(100_000)),
)


def define_components(at: datetime) -> None:
    """What everybody is paid or held back beside the salary."""
    for name, code, kind, amount in _COMPONENTS:
        components.create(name=name, code=code, type=kind, default_amount=amount, by=None, at=at)


def post_last_month(*, size: int, today: date, at: datetime) -> None:
    """The month before today's: started by payroll, approved and posted by the superadmin."""
    last = today.replace(day=1) - ONE_DAY
    payroll = User.objects.get(pk=user_id("payroll"))
    second = User.objects.get(pk=user_id("superadmin"))
    paid = None if size <= CORE else [employee_id(number) for number in range(1, CORE + 1)]
    run, job = runs.generate(year=last.year, month=last.month, employee_ids=paid, by=payroll, at=at)
    jobs.run(job_id=job.pk)
    runs.approve(run=run, acknowledgement="The demo's first month", by=second, at=at)
    posting.post(run=run, by=second, at=at)
