"""What becomes of salaries that were written in bulk: dated pay rates, a few statements for thousands of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from hr.selectors import organisation
from hr.services.employee_import import SalarySet
from payroll.models import PayRate, RateSource
from payroll.selectors import posted_months
from payroll.services import rates, telling
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity

# The people are locked in the order of their ids, as everywhere: two imports of the same people wait and never deadlock.
_HOLD = "SELECT id FROM hr_employee WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
#: A rate in force ends the day before; one that begins today already takes the new amount.
_CUT = """
    UPDATE payroll_payrate SET valid = daterange(lower(valid), %(today)s), updated_at = %(at)s
    WHERE employee_id = ANY(%(ids)s) AND is_confirmed AND valid @> %(today)s::date
        AND (lower(valid) IS NULL OR lower(valid) < %(today)s::date)
"""
_REPLACE = """
    UPDATE payroll_payrate rate SET amount = given.amount, source = %(source)s, entered_by_id = %(by)s, updated_at = %(at)s
    FROM unnest(%(ids)s::uuid[], %(amounts)s::numeric[]) AS given (employee_id, amount)
    WHERE rate.employee_id = given.employee_id AND rate.is_confirmed AND lower(rate.valid) = %(today)s::date
    RETURNING rate.employee_id
"""
_NEXT = """
    SELECT employee_id, min(lower(valid)) FROM payroll_payrate
    WHERE employee_id = ANY(%(ids)s) AND is_confirmed AND lower(valid) > %(today)s::date GROUP BY employee_id
"""


@transaction.atomic
def follow(changes: Sequence[SalarySet], by: Any, at: datetime) -> None:
    """Registered with hr: a first salary counts from the first day of employment, a changed one from today on."""
    rates.open_missing(employee_ids=[change.employee_id for change in changes], at=at)
    changed = {change.employee_id: change.amount for change in changes if change.before is not None}
    if changed:
        _change(changed, by, at)


def _change(changed: dict[UUID, Decimal], by: Any, at: datetime) -> None:
    today = organisation.today(at)
    bound: dict[str, Any] = {
        "ids": list(changed),
        "amounts": list(changed.values()),
        "today": today,
        "source": RateSource.IMPORT.value,
        "by": getattr(by, "pk", by),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, bound)
        cursor.execute(_CUT, bound)
        cursor.execute(_REPLACE, bound)
        replaced = {row[0] for row in cursor.fetchall()}
        cursor.execute(_NEXT, bound)
        ends = dict(cursor.fetchall())
    rows = [
        PayRate(
            employee_id=employee_id,
            amount=amount,
            valid=DateRange(today, ends.get(employee_id)),
            source=RateSource.IMPORT,
            entered_by_id=bound["by"],
            created_at=at,
        )
        for employee_id, amount in changed.items()
        if employee_id not in replaced
    ]
    PayRate.objects.bulk_create(rows, batch_size=2000)
    activity.record_many(_entry(employee_id, amount, today, by, at) for employee_id, amount in changed.items())
    telling.retro_many(count=posted_months.people_of(changed, today), by=by, at=at)


def _entry(employee_id: UUID, amount: Decimal, today: date, by: Any, at: datetime) -> ActivityLog:
    meta = {"employee_id": employee_id, "amount": amount, "valid_from": today, "source": RateSource.IMPORT}
    return activity.entry(
        action="pay_rate.set", resource_type="employee", resource_id=employee_id, by=by, at=at, meta=meta
    )
