"""Plain builders of pay: the shortest way to valid rows, straight into the database, without services."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from hr.models import Employee
from hr.tests import builders
from payroll.models import PayRate, PayrollRun, SalaryAssignment, SalaryComponent
from payroll.services import posting, runs
from peoplesync.core.services import jobs

YEAR, MONTH = 2025, 11


def rate(employee: Employee, amount: int | str = 10_000_000, since: date | None = date(2020, 1, 15)) -> PayRate:
    return PayRate.objects.create(employee=employee, amount=Decimal(amount), valid=DateRange(since, None))


def paid(name: str = "Jane", amount: int | str = 10_000_000, **values: Any) -> Employee:
    """An employee with a salary since she was hired."""
    person = builders.employee(name, current_salary=Decimal(amount), **values)
    rate(person, amount, person.hired_at)
    return person


def component(name: str = "Transport", kind: str = "fixed", default: int | str = 0, **values: Any) -> SalaryComponent:
    return SalaryComponent.objects.create(name=name, type=kind, default_amount=Decimal(default), **values)


def basic() -> SalaryComponent:
    """The seeded component of the salary."""
    return SalaryComponent.objects.get(code="basic")


def assign(employee: Employee, to: SalaryComponent, amount: int | None = None, **values: Any) -> SalaryAssignment:
    values.setdefault("valid", DateRange(date(2020, 1, 1), None))
    return SalaryAssignment.objects.create(employee=employee, component=to, amount=amount, **values)


def computed(*, by: Any = None, year: int = YEAR, month: int = MONTH, **scope: Any) -> PayrollRun:
    """A run, computed here and now without a broker."""
    run, job = runs.generate(year=year, month=month, by=by, at=timezone.now(), **scope)
    jobs.run(job_id=job.pk)
    run.refresh_from_db()
    return run


def posted(run: PayrollRun, *, by: Any) -> PayrollRun:
    """The run, approved with all that is to be taken on, and posted."""
    at = timezone.now()
    runs.approve(run=run, acknowledgement="Agreed", by=by, at=at)
    return posting.post(run=run, by=by, at=at)
