"""PURE. Sentences a person reads to understand a payslip line. Says what `result` holds and works nothing out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.policy import Proration
from payroll.engine.result import Line, LineKind, Part, Reason, Result
from payroll.engine.window import Window

#: Numbers that stand alone, not the digits of a name.
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?")
_UNITS = {Proration.CALENDAR_DAYS: "calendar days", Proration.WORKING_DAYS: "working days"}


def grouped(amount: Decimal) -> str:
    """A figure with thousands separators and at least the decimals it has.

    >>> grouped(Decimal("1234567.50")), grouped(Decimal("1E+6"))
    ('1,234,567.5', '1,000,000')
    """
    digits = f"{amount:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@dataclass(frozen=True, slots=True)
class Counted:
    """Where counts came from: their names, and the days they were counted over."""

    names: frozenset[str]
    days: Window


def sentences(result: Result) -> tuple[str, ...]:
    """One sentence per line, then the sum."""
    totals = (
        f"Gross {grouped(result.gross)} less deductions {grouped(result.deductions)} is a net of {grouped(result.net)}."
    )
    return (*(sentence(line) for line in result.lines), totals)


def sentence(line: Line, counted: Counted | None = None) -> str:
    """Why a line has its amount, with the values that went into it, and (where known) over which days they were counted."""
    how = f"{_how(line)}{_over(line.reason, counted)}{_rounded(line)}"
    return f"{line.name}, {line.kind} of {grouped(line.amount)}: {how}."


def _over(reason: Reason, counted: Counted | None) -> str:
    is_counted = counted is not None and any(parameter.name in counted.names for parameter in reason.parameters)
    return f", counted over {counted.days.spoken()}" if counted and is_counted else ""


def _how(line: Line) -> str:
    reason = line.reason
    if reason.parts:
        return ", plus ".join(_part(part) for part in reason.parts) + _less_unpaid(reason)
    if reason.rule == "default_amount":
        is_taken = line.kind is LineKind.DEDUCTION
        return f"the usual amount, {'taken from' if is_taken else 'paid to'} everybody who has none of her own"
    if reason.rule == "assignment":
        return "the amount agreed for this person"
    if reason.formula == reason.with_values:
        return _spoken(reason.formula)
    return f"{_spoken(reason.formula)}, which is {_spoken(reason.with_values)}"


def _part(part: Part) -> str:
    monthly = f"{grouped(part.monthly_amount)} a month"
    days = part.window.spoken()
    if part.is_whole:
        return f"{monthly}, for {days}"
    return f"{monthly} for {part.units} of {part.of_units} {_UNITS[part.measured_in]} ({days})"


def _less_unpaid(reason: Reason) -> str:
    values = {parameter.name: parameter.value for parameter in reason.parameters}
    if UNPAID_DAYS not in values:
        return ""
    return f", less the {grouped(values[UNPAID_DAYS])} of these {grouped(values['days'])} days that are not paid"


def _spoken(formula: str) -> str:
    """A formula as a person reads it: words instead of names with underscores, thousands apart.

    >>> _spoken("salary / 173 * overtime_minutes / 60"), _spoken("10000000 / 173 * 1234.50 / 60")
    ('salary / 173 * overtime minutes / 60', '10,000,000 / 173 * 1,234.5 / 60')
    """
    return _NUMBER.sub(lambda found: grouped(Decimal(found.group())), formula).replace("_", " ")


def _rounded(line: Line) -> str:
    """That something was rounded, where it was."""
    reason = line.reason
    if reason.parts:
        is_exact = all(part.is_whole for part in reason.parts) and reason.basis == line.amount
    else:
        is_exact = reason.basis == line.amount
    return "" if is_exact else f"; rounded {reason.rounding}"
