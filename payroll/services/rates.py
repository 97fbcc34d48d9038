"""Acts on pay rates: set a salary from a day on, cut what was in force before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from hr.models import Employee, Setting
from payroll.models import PayRate, RateSource
from peoplesync.core.services import activity
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import Forbidden, NotFound


@transaction.atomic
def set_from(
    *,
    employee_id: UUID,
    amount: Decimal,
    valid_from: date | None,
    source: str = RateSource.PAYROLL,
    by: Any,
    at: datetime,
) -> PayRate:
    """A monthly salary from a day on (None: since ever), until the next rate that was entered before for a later day.

    A rate in force that day ends the day before; one that began that same day is replaced. Posted payslips stay as
    they are. Raises Forbidden for one's own pay, NotFound for an unknown employee.
    """
    if by is not None and by.employee_id == employee_id:
        raise Forbidden("Nobody changes her own pay. Ask a colleague from payroll.", code="own_pay")
    # The row lock orders changes of one person's pay: two exclusion checks in the same moment would deadlock.
    if not Employee.objects.select_for_update(no_key=True).alive().filter(pk=employee_id).exists():
        raise NotFound("There is no such employee.", code="not_found")
    rates = list(PayRate.objects.in_force().filter(employee_id=employee_id).order_by("valid"))
    row = next((rate for rate in rates if rate.valid_from == valid_from), None)
    if row is None:
        row = _inserted(rates, employee_id, valid_from, at)
    row.amount, row.source, row.entered_by = amount, source, by
    row.save()
    _log(row, by, at)
    return row


def _inserted(rates: list[PayRate], employee_id: UUID, valid_from: date | None, at: datetime) -> PayRate:
    """A rate that begins on a day on which none begins; the one in force is cut before it, in the database too."""
    begins = valid_from or date.min
    later = [rate.valid_from for rate in rates if rate.valid_from is not None and rate.valid_from > begins]
    for rate in rates:
        is_in_force = (rate.valid_from or date.min) < begins and (rate.valid.upper is None or rate.valid.upper > begins)
        if is_in_force:
            rate.valid = DateRange(rate.valid_from, begins)
            rate.save(update_fields=["valid", "updated_at"])
    return PayRate(employee_id=employee_id, valid=DateRange(valid_from, min(later, default=None)), created_at=at)


def follow_salary(employee: Employee, before: Decimal | None, by: Any, at: datetime) -> None:
    """Registered with hr: a salary set on the employee's record counts from today.

    The first one counts from the first day of employment, since nothing else was ever agreed; otherwise somebody hired
    before today could never be paid for the days before. Who changed it was checked where it was changed.
    """
    if employee.current_salary is None:
        return
    has_rates = PayRate.objects.in_force().filter(employee=employee).exists()
    today = _today(employee, at)
    first_day = min(employee.hired_at, today) if employee.hired_at else None
    set_from(
        employee_id=employee.pk,
        amount=employee.current_salary,
        valid_from=today if has_rates else first_day,
        source=RateSource.EMPLOYEE,
        by=by,
        at=at,
    )


def open_many(*, salaries: dict[UUID, tuple[Decimal, date | None]], by: Any, at: datetime) -> int:
    """First rates of many people at once: `employee id -> (amount, first day or None)`. For imports; logged once.

    The constraint refuses whoever has a rate in these days already.
    """
    rows = [
        PayRate(
            employee_id=employee_id,
            amount=amount,
            valid=DateRange(first_day, None),
            source=RateSource.IMPORT,
            entered_by=by,
            created_at=at,
        )
        for employee_id, (amount, first_day) in salaries.items()
    ]
    with transaction.atomic():
        PayRate.objects.bulk_create(rows, batch_size=2000)
        meta = {"employee_count": len(rows)}
        activity.record(action="pay_rate.imported", resource_type="pay_rate", resource_id=None, by=by, at=at, meta=meta)
    return len(rows)


def _today(employee: Employee, at: datetime) -> date:
    zone = employee.timezone or Setting.objects.values_list("timezone", flat=True).first()
    return local_day(at, zone or Setting._meta.get_field("timezone").default)


def _log(row: PayRate, by: Any, at: datetime) -> None:
    meta = {
        "employee_id": str(row.employee_id),
        "amount": row.amount,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "source": row.source,
    }
    activity.record(action="pay_rate.set", resource_type="pay_rate", resource_id=row.pk, by=by, at=at, meta=meta)
