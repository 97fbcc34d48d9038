"""PURE. What each component is paid from: pay rates, an assignment, a default amount, a formula, or nothing.

Only decides; amounts are worked out in `compute`, in the order the formulas need them.
"""

from __future__ import annotations

from dataclasses import dataclass

from payroll.engine import formula as formulas
from payroll.engine import scope
from payroll.engine.formula import Formula
from payroll.engine.inputs import UNPAID, UNPAID_DAYS, Assignment, Component, Inputs, Kind
from payroll.engine.policy import UnpaidDays
from payroll.engine.proration import Segment, gaps
from payroll.engine.window import Window


@dataclass(frozen=True, slots=True)
class FromSegments:
    """Paid for the days each monthly amount is in force; one tuple of segments per month."""

    months: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class FromAssignment:
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class FromDefault:
    """The component's default amount."""


@dataclass(frozen=True, slots=True)
class FromFormula:
    assignment: Assignment
    formula: Formula


@dataclass(frozen=True, slots=True)
class FromUnpaidDays:
    """The deduction for unpaid days."""


Plan = FromSegments | FromAssignment | FromDefault | FromFormula | FromUnpaidDays


def plan(inputs: Inputs, component: Component) -> Plan | None:
    """What a component is paid from in this payroll, or None. Raises FormulaError for a formula that cannot be read."""
    if component.is_basic:
        return _salary(inputs)
    assigned = assignments_of(inputs, component)
    latest = assigned[-1] if assigned else None
    if latest is not None and latest.formula:
        return FromFormula(latest, formulas.parse(latest.formula))
    if component.code == UNPAID and latest is None and _deducts_unpaid_days(inputs):
        return FromUnpaidDays()
    if component.is_prorated and scope.pays_salary(inputs):
        return _prorated(inputs, component, assigned)
    if latest is not None:
        return FromAssignment(latest)
    has_default = component.default_amount > 0 and scope.pays_salary(inputs)
    return FromDefault() if has_default else None


def assignments_of(inputs: Inputs, component: Component) -> list[Assignment]:
    """A component's assignments that this payroll pays, earliest first: those in force on a day it pays.

    A payroll that pays no salary (a bonus after the last day) takes those in force on any day of the month. One that is
    not regular but pays salary falls back on the regular assignments where it has none of its own kind.
    """
    windows = scope.paid_windows(inputs) or (inputs.salary,)
    found = [
        assignment
        for assignment in inputs.assignments
        if assignment.component_id == component.id
        and any(window.overlap(assignment.valid_from, assignment.valid_to) for window in windows)
    ]
    own = [assignment for assignment in found if assignment.kind is inputs.kind]
    if not own and scope.pays_salary(inputs):
        own = [assignment for assignment in found if assignment.kind is Kind.REGULAR]
    return sorted(own, key=lambda assignment: assignment.valid_from)


def _salary(inputs: Inputs) -> Plan | None:
    months = []
    for window in scope.paid_windows(inputs):
        in_force = [(rate, window.overlap(rate.valid_from, rate.valid_to)) for rate in inputs.rates]
        months.append(tuple(Segment(days, rate.amount, f"pay_rate:{rate.id}") for rate, days in in_force if days))
    return FromSegments(tuple(months)) if months else None


def _prorated(inputs: Inputs, component: Component, assigned: list[Assignment]) -> Plan | None:
    """Assigned amounts on the days they are in force, the default amount on the others."""
    months = [_segments(component, assigned, window) for window in scope.paid_windows(inputs)]
    return FromSegments(tuple(months)) if any(months) else None


def _segments(component: Component, assigned: list[Assignment], window: Window) -> tuple[Segment, ...]:
    segments = []
    for row in assigned:
        days = window.overlap(row.valid_from, row.valid_to)
        if days and row.amount:
            segments.append(Segment(days, row.amount, f"assignment:{row.id}"))
    if component.default_amount > 0:
        source = f"component:{component.id}"
        segments += [Segment(gap, component.default_amount, source) for gap in gaps(assigned, window)]
    return tuple(segments)


def _deducts_unpaid_days(inputs: Inputs) -> bool:
    is_counted = bool(inputs.counter(UNPAID_DAYS)) and scope.pays_salary(inputs)
    return is_counted and inputs.policy.unpaid_days is UnpaidDays.DEDUCT
