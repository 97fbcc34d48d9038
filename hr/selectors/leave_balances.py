"""How many days of leave a person has: the ledger's sum on a date, and what she may still ask for until its year ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, Sum, When
from django.db.models.functions import Coalesce

from hr.models import Leave, LeaveLedgerEntry, LeaveStatus, LeaveType
from hr.selectors import leave_days

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Days of one type on a date. `pending` and `available` look to the end of its year: what is asked for but not decided,
    and what may still be asked for, days taken later that year already off it.
    """

    leave_type: str
    balance: Decimal = NOTHING
    pending: Decimal = NOTHING
    available: Decimal = NOTHING


def balances(employee_ids: Collection[UUID], on: date) -> dict[UUID, list[Balance]]:
    """Per person her balances on `on`, one per type that keeps one: every movement effective by then.

    Three statements, and a fourth when anybody waits for leave over that New Year.
    """
    codes = list(LeaveType.objects.filter(uses_balance=True).order_by("code").values_list("code", flat=True))
    last = date(on.year, 12, 31)
    ledger = LeaveLedgerEntry.objects.filter(employee_id__in=employee_ids, effective_on__lte=last)
    by_then = Coalesce(Sum("days", filter=Q(effective_on__lte=on)), NOTHING)
    moved = {
        (who, code): sums for who, code, *sums in _sums(ledger, "leave_type__code", by_then=by_then, sum=Sum("days"))
    }
    asked = _asked(employee_ids, codes, last)

    def of(who: UUID, code: str) -> Balance:
        balance, by_new_year = moved.get((who, code), (NOTHING, NOTHING))
        pending = asked.get((who, code), NOTHING)
        return Balance(code, balance, pending, by_new_year - pending)

    return {who: [of(who, code) for code in codes] for who in employee_ids}


def _asked(employee_ids: Collection[UUID], codes: Collection[str], last: date) -> dict[tuple[UUID, str], Decimal]:
    """Days asked for until the last one of a year and not decided. Of leave over New Year only its days until then count."""
    waiting = Leave.objects.alive().filter(
        employee_id__in=employee_ids, leave_type__in=codes, status=LeaveStatus.PENDING, start_date__lte=last
    )
    # Leave over New Year stays a row of its own, because its days are split; all other is one sum.
    over_new_year = {
        "begins": Case(When(end_date__gt=last, then="start_date")),
        "ends": Case(When(end_date__gt=last, then="end_date")),
    }
    rows = list(_sums(waiting.annotate(**over_new_year), "leave_type_id", *over_new_year, sum=Sum("days")))
    over = [row for row in rows if row[2]]
    asked = {(who, code): days for who, code, begins, _, days in rows if not begins}
    parts = leave_days.splits([(who, begins, ends, days) for who, _, begins, ends, days in over])
    for (who, code, *_), years in zip(over, parts, strict=True):
        until_then = sum((days for year, days in years.items() if year <= last.year), NOTHING)
        asked[who, code] = asked.get((who, code), NOTHING) + until_then
    return asked


def _sums(rows: Any, *by: str, **sums: Any) -> Any:
    return rows.order_by().values_list("employee_id", *by).annotate(**sums)


def balance(employee_id: UUID, leave_type: str, on: date) -> Balance:
    """One balance on a date; nothing at all for a type that keeps none."""
    found = balances([employee_id], on)[employee_id]
    return next((one for one in found if one.leave_type == leave_type), Balance(leave_type))


def available_until(employee_id: UUID, leave_type: str, year: int) -> Decimal:
    """Days that may still be taken until the end of a year."""
    return balance(employee_id, leave_type, date(year, 12, 31)).available
