"""Builders for engine tests: one employee on 10,000,000 a month in November 2026, cut-off on the 25th."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from payroll.engine.inputs import Assignment, Component, ComponentType, Inputs, PayRate
from payroll.engine.policy import Policy
from payroll.engine.result import Result
from payroll.engine.window import Window
from peoplesync.kernel.dates import counted_window, days_between, month_bounds

BASIC = Component(
    id="basic-id", name="Basic Salary", type=ComponentType.FIXED, code="basic", default_amount=Decimal(5_000_000)
)


def money(amount: str | int) -> Decimal:
    return Decimal(str(amount).replace(",", ""))


def rate(
    amount: str | int = "10,000,000", since: date = date(2020, 1, 1), until: date | None = None, key: str = ""
) -> PayRate:
    return PayRate(id=key or f"rate-{since}", amount=money(amount), valid_from=since, valid_to=until)


def component(
    name: str, kind: str = "fixed", default: str | int = 0, code: str = "", prorated: bool = False
) -> Component:
    return Component(
        id=f"{name}-id",
        name=name,
        type=ComponentType(kind),
        default_amount=money(default),
        code=code,
        is_prorated=prorated,
    )


def assign(to: Component, value: str | int, since: date = date(2020, 1, 1), **more: Any) -> Assignment:
    """An assignment of an amount (a number) or of a formula (any other text)."""
    key = more.pop("key", f"{to.name}-{since}")
    is_amount = isinstance(value, int) or value.replace(",", "").replace(".", "").isdigit()
    what: dict[str, Any] = {"amount": money(value)} if is_amount else {"formula": value}
    return Assignment(id=key, component_id=to.id, valid_from=since, **what, **more)


def facts(year: int = 2026, month: int = 11, cutoff: int = 25, **changes: Any) -> Inputs:
    given: dict[str, Any] = {
        "employee_id": "employee-1",
        "year": year,
        "month": month,
        "counted": Window(*counted_window(year, month, cutoff)),
        "employed_from": date(2020, 1, 1),
        "rates": (rate(),),
        "components": (BASIC,),
        "policy": Policy(rounding_unit=Decimal(1)),
    }
    return Inputs(**(given | changes))


def weekdays(year: int, month: int) -> tuple[date, ...]:
    return tuple(day for day in days_between(*month_bounds(year, month)) if day.weekday() < 5)


def amounts(result: Result) -> dict[str, int | Decimal]:
    """Line name to amount, for short comparisons."""
    return {line.name: line.amount for line in result.lines}


def codes(findings: Any) -> list[str]:
    return [finding.code for finding in findings]
