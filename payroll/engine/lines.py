"""PURE. One payslip line with its reason: from parts of months, from a flat amount, from a formula, for unpaid days.

Each function answers None when the amount rounds to zero or less: a line always has an amount above zero.
Which components get a line belongs to `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from payroll.engine.canonical import brief, plain_number
from payroll.engine.formula import Formula, FormulaError
from payroll.engine.inputs import UNPAID_DAYS, Component, ComponentType
from payroll.engine.result import Line, LineKind, Parameter, Part, Reason
from peoplesync.kernel.money import ZERO, round_half_up

# A division has no last digit; the reason shows ten decimals of it, the line's own rounding looks at all.
_SHOWN = Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Unpaid days among the employed days, in the policy's units. `days` is never more than `of_days`."""

    days: Decimal
    of_days: int

    def share(self, amount: Decimal, unit: Decimal) -> Decimal:
        """The part of an amount that falls on the unpaid days, rounded half up to `unit`."""
        return round_half_up(amount * self.days / self.of_days, unit) if self.days else ZERO


def rounding(unit: Decimal) -> str:
    """The name of the engine's rounding, as reasons give it."""
    return f"half up to {plain_number(unit)}"


def kind_of(component: Component) -> LineKind:
    """The total a component counts in."""
    return LineKind.DEDUCTION if component.type is ComponentType.DEDUCTION else LineKind.EARNING


def from_parts(component: Component, parts: Sequence[Part], unpaid: Unpaid, unit: Decimal) -> Line | None:
    """A line paid for parts of months, less the share of the unpaid days."""
    earned = sum((part.amount for part in parts), ZERO)
    less = unpaid.share(earned, unit)
    shown = " + ".join(_part_formula(part) for part in parts)
    formula = "monthly amount * days / days of the month"
    parameters: tuple[Parameter, ...] = (Parameter("earned", earned),)
    if less:
        formula = f"({formula}) * (1 - {UNPAID_DAYS} / days)"
        shown = f"({shown}) * (1 - {plain_number(unpaid.days)} / {unpaid.of_days})"
        parameters += (Parameter(UNPAID_DAYS, unpaid.days), Parameter("days", Decimal(unpaid.of_days)))
    reason = Reason(
        rule="proration",
        basis=earned,
        formula=formula,
        with_values=shown,
        parameters=parameters,
        parts=tuple(parts),
        sources=tuple(dict.fromkeys(part.source for part in parts)) + ((f"counter:{UNPAID_DAYS}",) if less else ()),
        rounding=rounding(unit),
    )
    return _line(component, earned - less, _parts_note(component, parts, less), reason)


def flat(component: Component, amount: Decimal, rule: str, source: str, unit: Decimal) -> Line | None:
    """A line of an agreed amount, whatever the days."""
    note = "Default amount" if rule == "default_amount" else "Assigned amount"
    reason = Reason(
        rule=rule,
        basis=amount,
        formula="amount",
        with_values=plain_number(amount),
        sources=(source,),
        rounding=rounding(unit),
    )
    return _line(component, round_half_up(amount, unit), note, reason)


def from_formula(
    component: Component, formula: Formula, values: Mapping[str, Decimal], source: str, unit: Decimal
) -> Line | None:
    """A line worked out from a formula. Raises FormulaError when it cannot be, or comes out below zero."""
    value = formula.evaluate(values)
    if value < 0:
        raise FormulaError(
            formula.text, f"it comes out at {brief(value)}. Amounts are zero or more: guard it with max(0, ...)."
        )
    needed = tuple(Parameter(name, values[name]) for name in sorted(formula.names))
    reason = Reason(
        rule="formula",
        basis=round_half_up(value, _SHOWN),
        formula=formula.text,
        with_values=formula.with_values(values),
        parameters=needed,
        sources=(source,),
        rounding=rounding(unit),
    )
    return _line(component, round_half_up(value, unit), formula.text, reason)


def for_unpaid_days(component: Component, earned: Decimal, unpaid: Unpaid, unit: Decimal) -> Line | None:
    """The deduction for unpaid days from what the prorated components earned."""
    reason = Reason(
        rule="unpaid_days",
        basis=earned,
        formula=f"earned * {UNPAID_DAYS} / days",
        with_values=f"{plain_number(earned)} * {plain_number(unpaid.days)} / {unpaid.of_days}",
        parameters=(Parameter(UNPAID_DAYS, unpaid.days), Parameter("days", Decimal(unpaid.of_days))),
        sources=(f"counter:{UNPAID_DAYS}",),
        rounding=rounding(unit),
    )
    note = f"{plain_number(unpaid.days)} unpaid of {unpaid.of_days} days"
    return _line(component, unpaid.share(earned, unit), note, reason)


def _line(component: Component, amount: Decimal, note: str, reason: Reason) -> Line | None:
    if amount <= 0:
        return None
    return Line(
        component_id=component.id,
        name=component.name,
        kind=kind_of(component),
        amount=amount,
        note=note,
        reason=reason,
        code=component.code,
        bases=component.bases,
    )


def _part_formula(part: Part) -> str:
    return f"{plain_number(part.monthly_amount)} * {part.units} / {part.of_units}"


def _parts_note(component: Component, parts: Sequence[Part], less: Decimal) -> str:
    if len(parts) == 1 and parts[0].is_whole and not less:
        return "Monthly base salary" if component.is_basic else "Monthly amount"
    spans = ", ".join(part.window.spoken() for part in parts)
    return f"{spans}, less unpaid days" if less else spans
