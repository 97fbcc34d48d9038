"""PURE. Sentences a person reads to understand a payslip line. Says what `result` holds and works nothing out."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.policy import Proration
from payroll.engine.result import Line, Part, Reason, Result

_UNITS = {Proration.CALENDAR_DAYS: "calendar days", Proration.WORKING_DAYS: "working days"}


def grouped(amount: Decimal) -> str:
    """A figure with thousands separators and at least the decimals it has.

    >>> grouped(Decimal("1234567.50")), grouped(Decimal("1E+6"))
    ('1,234,567.5', '1,000,000')
    """
    digits = f"{amount:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def sentences(result: Result) -> tuple[str, ...]:
    """One sentence per line, then the sum."""
    totals = (
        f"Gross {grouped(result.gross)} less deductions {grouped(result.deductions)} is a net of {grouped(result.net)}."
    )
    return (*(sentence(line) for line in result.lines), totals)


def sentence(line: Line) -> str:
    """Why a line has its amount, with the values that went into it."""
    return f"{line.name}, {line.kind}: {_how(line.reason)} = {grouped(line.amount)}{_rounded(line)}."


def _how(reason: Reason) -> str:
    if reason.parts:
        return " + ".join(_part(part) for part in reason.parts) + _less_unpaid(reason)
    if reason.rule == "default_amount":
        return "the component's default amount"
    if reason.rule == "assignment":
        return "the amount assigned"
    return f"{reason.formula} = {reason.with_values}"


def _part(part: Part) -> str:
    monthly = grouped(part.monthly_amount)
    days = part.window.spoken()
    if part.is_whole:
        return f"{monthly} for {days}"
    return f"{monthly} x {part.units} of {part.of_units} {_UNITS[part.measured_in]} ({days})"


def _less_unpaid(reason: Reason) -> str:
    values = {parameter.name: parameter.value for parameter in reason.parameters}
    if UNPAID_DAYS not in values:
        return ""
    return f", less {grouped(values[UNPAID_DAYS])} unpaid of {grouped(values['days'])} days"


def _rounded(line: Line) -> str:
    is_exact = line.reason.rule == "formula" and line.reason.basis == line.amount
    return "" if is_exact or line.reason.rule in ("default_amount", "assignment") else f" ({line.reason.rounding})"
