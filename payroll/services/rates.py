"""Acts on pay rates: set a salary from a day on, cut what was in force before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q

from hr.models import Employee
from hr.selectors import employees, locks
from payroll.engine.scope import SALARY_KINDS
from payroll.models import PayRate, Payroll, PayrollStatus, RateSource
from payroll.selectors import posted_months
from payroll.services import latest, telling
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import Forbidden, Invalid


@transaction.atomic
def set_from(
    *,
    employee_id: UUID,
    amount: Decimal,
    valid_from: date | None,
    allow_retro: bool = False,
    source: str = RateSource.PAYROLL,
    by: Any,
    at: datetime,
) -> PayRate:
    """A monthly salary from a day on (None: since ever), until the next rate that was entered before for a later day.

    A rate in force that day ends the day before; one that began that same day is replaced. Posted payslips stay as
    they are. Raises Forbidden for one's own pay, Invalid for an unknown employee, Conflict when the first day is closed
    or its days are on a posted payslip, and `allow_retro` does not say that it is meant.
    """
    if by is not None and by.employee_id == employee_id:
        raise Forbidden("Nobody changes her own pay. Ask a colleague from payroll.", code="own_pay")
    if not allow_retro:
        locks.pass_gate()
        locks.ensure_open(employee_id, [valid_from] if valid_from else [], "This pay rate")
    # The row lock orders changes of one person's pay: two exclusion checks in the same moment would deadlock.
    if not Employee.objects.select_for_update(no_key=True).alive().filter(pk=employee_id).exists():
        raise Invalid.field("employee_id", "There is no such employee.", code="unknown")
    rates = list(PayRate.objects.in_force().filter(employee_id=employee_id).order_by("valid"))
    first, last = valid_from or date.min, _last_day(rates, valid_from)
    if not allow_retro:
        posted_months.ensure_open(
            employee_id=employee_id, kinds=SALARY_KINDS, first=first, last=last, field="valid_from", what="rate"
        )
    row = next((rate for rate in rates if rate.valid_from == valid_from), None)
    if row is None:
        row = _inserted(rates, employee_id, valid_from, at)
    row.amount, row.source, row.entered_by = amount, source, by
    row.save()
    _log(row, by, at)
    if allow_retro:
        telling.retro(
            employee_id=employee_id, kinds=SALARY_KINDS, first=first, last=last, what="the salary", by=by, at=at
        )
    if source != RateSource.EMPLOYEE:
        latest.push(employee_ids=[employee_id], at=at)
    return row


def _last_day(rates: list[PayRate], valid_from: date | None) -> date | None:
    """The last day of a rate that begins on a day: the one before the next begins; None: until further notice."""
    begins = valid_from or date.min
    later = [rate.valid_from for rate in rates if rate.valid_from and rate.valid_from > begins]
    return min(later) - ONE_DAY if later else None


def _inserted(rates: list[PayRate], employee_id: UUID, valid_from: date | None, at: datetime) -> PayRate:
    """A rate that begins on a day on which none begins; the one in force is cut before it, in the database too."""
    begins, last = valid_from or date.min, _last_day(rates, valid_from)
    for rate in rates:
        is_in_force = (rate.valid_from or date.min) < begins and (rate.valid.upper is None or rate.valid.upper > begins)
        if is_in_force:
            rate.valid = DateRange(rate.valid_from, begins)
            rate.save(update_fields=["valid", "updated_at"])
    return PayRate(
        employee_id=employee_id, valid=DateRange(valid_from, last + ONE_DAY if last else None), created_at=at
    )


def follow_salary(employee: Employee, before: Decimal | None, by: Any, at: datetime) -> None:
    """Registered with hr: a salary set on the employee's record counts from today.

    The first one counts from the first day of employment, since nothing else was ever agreed; otherwise somebody hired
    before today could never be paid for the days before. Until a payslip that pays it was approved, the next one puts it
    right from the same day, and who entered it is told; what stood there is in the row's history. Who changed it was
    checked where it was changed.
    """
    if employee.current_salary is None:
        return
    # The same lock as `set_from` takes first: what is decided about here does not change meanwhile.
    Employee.objects.select_for_update(no_key=True).filter(pk=employee.pk).first()
    rates = list(PayRate.objects.in_force().filter(employee=employee)[:2])
    today = employees.today_of(employee, at)
    first_day = min(employee.hired_at, today) if employee.hired_at else None
    is_put_right = _is_unused_entry(rates)
    row = set_from(
        employee_id=employee.pk,
        amount=employee.current_salary,
        valid_from=rates[0].valid_from if is_put_right else today if rates else first_day,
        allow_retro=True,
        source=RateSource.EMPLOYEE,
        by=by,
        at=at,
    )
    if is_put_right and row.valid_from != today:
        telling.put_right(employee=employee, first_day=row.valid_from, by=by, at=at)


def _is_unused_entry(rates: list[PayRate]) -> bool:
    """Whether all a person ever had is one salary typed into her record, and no payslip that pays it was approved.

    One that is only computed is computed again: until then the run names her.
    """
    if len(rates) != 1 or rates[0].source != RateSource.EMPLOYEE:
        return False
    first = rates[0].valid_from or date.min
    is_reached = Q(period_year__gt=first.year) | Q(period_year=first.year, period_month__gte=first.month)
    settled = Payroll.objects.filter(
        is_reached,
        employee_id=rates[0].employee_id,
        kind__in=SALARY_KINDS,
        status__in=[PayrollStatus.APPROVED, PayrollStatus.POSTED],
    )
    return not settled.exists()


def open_missing(*, employee_ids: Collection[UUID], at: datetime) -> int:
    """First rates of those who have a salary on their record and no rate at all; the number opened.

    Imports write records in bulk and do not come through `follow_salary`; what they wrote counts the same way. One
    statement where nothing is missing.
    """
    people = Employee.objects.alive().filter(pk__in=list(employee_ids), current_salary__isnull=False)
    people = people.exclude(Exists(PayRate.objects.in_force().filter(employee=OuterRef("pk"))))
    rows = [
        PayRate(
            employee_id=pk,
            amount=salary,
            valid=DateRange(hired_at, None),
            source=RateSource.IMPORT,
            created_at=at,
        )
        for pk, salary, hired_at in people.values_list("pk", "current_salary", "hired_at")
    ]
    if rows:
        with transaction.atomic():
            PayRate.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
            activity.record_many(_entry(row, None, at) for row in rows)
    return len(rows)


def _log(row: PayRate, by: Any, at: datetime) -> None:
    activity.record_many([_entry(row, by, at)])


def _entry(row: PayRate, by: Any, at: datetime) -> ActivityLog:
    meta = {
        "employee_id": row.employee_id,
        "amount": row.amount,
        "valid_from": row.valid_from,
        "source": row.source,
    }
    return activity.entry(action="pay_rate.set", resource_type="pay_rate", resource_id=row.pk, by=by, at=at, meta=meta)
