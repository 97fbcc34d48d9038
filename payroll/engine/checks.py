"""PURE. What refuses one employee's pay, and what only has to be looked at. Nothing is computed here.

Before computing: facts that are missing or contradict each other. After: totals nobody should be paid. A database
promises some of this too; the engine does not rely on it: a payslip from contradicting facts is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise

from payroll.engine import scope
from payroll.engine.arithmetic import is_storable
from payroll.engine.canonical import brief
from payroll.engine.formula import FUNCTIONS
from payroll.engine.inputs import (
    RULE_VERSION,
    UNPAID,
    UNPAID_DAYS,
    Assignment,
    Component,
    ComponentType,
    Inputs,
    PayRate,
)
from payroll.engine.policy import UnpaidDays
from payroll.engine.proration import gaps
from payroll.engine.result import Finding, Line, LineKind

#: Names formulas know that are neither counters nor codes.
OWN_NAMES = frozenset({"gross", "salary", *FUNCTIONS})


def refusals(inputs: Inputs) -> tuple[Finding, ...]:
    """Every reason, found before computing, for which this employee cannot be paid."""
    found = (_rules(inputs), _amounts(inputs), _names(inputs), _assignments(inputs), _salary(inputs), _unpaid(inputs))
    return tuple(finding for findings in found for finding in findings)


def notices(inputs: Inputs) -> tuple[Finding, ...]:
    """What a person should look at although it stops nothing."""
    return tuple(_unknown_components(inputs)) + tuple(_same_names(inputs)) + tuple(_deferral(inputs))


def outcome(lines: Iterable[Line], gross: Decimal, deductions: Decimal) -> tuple[Finding, ...]:
    """Reasons to refuse what was computed: a net below zero, a total the database cannot hold."""
    if not is_storable(gross) or not is_storable(deductions):
        return (Finding(code="amount_too_large", message="The totals are too large to be stored. Check the amounts."),)
    if deductions <= gross:
        return ()
    largest = max((line for line in lines if line.kind is LineKind.DEDUCTION), key=lambda line: line.amount)
    message = (
        f"Deductions of {brief(deductions)} are more than the gross of {brief(gross)}. "
        f'The largest is "{largest.name}" with {brief(largest.amount)}: lower it, or spread it over several months.'
    )
    return (Finding(code="net_negative", message=message, subject=largest.component_id),)


def outcome_notices(inputs: Inputs, lines: Iterable[Line], gross: Decimal, deductions: Decimal) -> tuple[Finding, ...]:
    """A net of exactly zero is allowed (a month of unpaid leave) but looked at."""
    if gross != deductions:
        return ()
    if not scope.pays_salary(inputs) and not any(lines):
        message = f"Nothing is assigned for a {inputs.kind} run in this month, so there is no payslip."
        return (Finding(code="nothing_to_pay", message=message),)
    return (Finding(code="net_zero", message="The net is zero. Check that nothing is to be paid this month."),)


def _rules(inputs: Inputs) -> Iterator[Finding]:
    if inputs.rule_version != RULE_VERSION:
        yield Finding(
            code="rule_version",
            message=f"These facts were gathered for rules {inputs.rule_version}; this engine has rules {RULE_VERSION}. "
            "Gather them again, or recompute with the release that made them.",
        )


def _amounts(inputs: Inputs) -> Iterator[Finding]:
    named = [(f"pay rate from {rate.valid_from}", rate.id, rate.amount) for rate in inputs.rates]
    named += [(f'default amount of "{c.name}"', c.id, c.default_amount) for c in inputs.components]
    named += [
        (f"amount assigned from {a.valid_from}", a.id, a.amount) for a in inputs.assignments if a.amount is not None
    ]
    for what, subject, amount in named:
        if not is_storable(amount) or amount < 0:
            message = f"The {what} is {brief(amount)}. Amounts are zero or more; use a deduction to take away."
            yield Finding(code="amount_invalid", message=message, subject=subject)
    for counter in inputs.counters:
        if not is_storable(counter.value) or counter.value < 0:
            message = f"The counter {counter.name} is {brief(counter.value)}. Recount the attendance of this employee."
            yield Finding(code="counter_invalid", message=message, subject=counter.name)


def _names(inputs: Inputs) -> Iterator[Finding]:
    for identity, count in Counter(component.id for component in inputs.components).items():
        if count > 1:
            message = f"The component {identity} is among the active components {count} times."
            yield Finding(code="duplicate_component", message=message, subject=identity)
    codes = [component.code for component in inputs.components if component.code]
    used = Counter([*codes, *(counter.name for counter in inputs.counters), *OWN_NAMES])
    for name, count in used.items():
        if count > 1:
            message = f'"{name}" names several things in formulas. Give each component code and counter its own name.'
            yield Finding(code="duplicate_name", message=message, subject=name)


def _assignments(inputs: Inputs) -> Iterator[Finding]:
    components = {component.id: component for component in inputs.components}
    for assignment in inputs.assignments:
        component = components.get(assignment.component_id)
        if component is not None and component.is_basic:
            message = f'"{component.name}" is paid from the dated pay rates. Change the pay rate instead.'
            yield Finding(code="basic_assigned", message=message, subject=assignment.id)
        if (assignment.amount is None) == (not assignment.formula):
            message = "An assignment has either an amount or a formula. Give exactly one of them."
            yield Finding(code="assignment_unclear", message=message, subject=assignment.id)
    in_groups = sorted(inputs.assignments, key=lambda a: (a.component_id, a.kind, a.valid_from, a.id))
    for (component_id, _), group in groupby(in_groups, key=lambda a: (a.component_id, a.kind)):
        name = components[component_id].name if component_id in components else component_id
        yield from _overlaps(list(group), f'assignments of "{name}"', "overlapping_assignments")


def _overlaps(rows: Sequence[Assignment | PayRate], what: str, code: str) -> Iterator[Finding]:
    for earlier, later in pairwise(sorted(rows, key=lambda row: (row.valid_from, row.id))):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            message = f"Two {what} are in force on {later.valid_from}. End the earlier one the day before."
            yield Finding(code=code, message=message, subject=later.id)


def _salary(inputs: Inputs) -> Iterator[Finding]:
    if inputs.kind in scope.SALARY_KINDS and scope.employed(inputs) is None:
        message = f"Not employed in {inputs.year}-{inputs.month:02}. Check the hiring date and the last day."
        yield Finding(code="not_employed", message=message)
        return
    yield from _overlaps(list(inputs.rates), "pay rates", "overlapping_rates")
    paid = scope.paid_windows(inputs)
    if paid and not any(component.is_basic for component in inputs.components):
        message = "There is no active Basic Salary component. Activate it, or create one with the code basic."
        yield Finding(code="no_basic_component", message=message)
    for window in paid:
        for gap in gaps(inputs.rates, window):
            message = f"No pay rate from {gap.starts_on} to {gap.ends_on}. Enter the salary agreed for these days."
            if inputs.employed_from == date.min:
                message += " The first day of employment is missing too, so every month counts: enter it on the record."
            yield Finding(code="missing_rate", message=message)
        for rate in inputs.rates:
            if rate.amount == 0 and window.overlap(rate.valid_from, rate.valid_to):
                message = f"The pay rate from {rate.valid_from} is zero. Enter the salary that was agreed."
                yield Finding(code="zero_rate", message=message, subject=rate.id)


def _unpaid(inputs: Inputs) -> Iterator[Finding]:
    is_deducted = inputs.policy.unpaid_days is UnpaidDays.DEDUCT and scope.pays_salary(inputs)
    if not is_deducted or not inputs.counter(UNPAID_DAYS):
        return
    component = inputs.component_coded(UNPAID)
    if component is None or component.type is not ComponentType.DEDUCTION:
        message = "Unpaid days are deducted on a component of their own. Create a deduction with the code unpaid."
        yield Finding(code="no_unpaid_component", message=message)


def _unknown_components(inputs: Inputs) -> Iterator[Finding]:
    active = {component.id for component in inputs.components}
    for assignment in inputs.assignments:
        if assignment.component_id not in active:
            message = f"Component {assignment.component_id} is not active, so what is assigned on it is not paid."
            yield Finding(code="component_inactive", message=message, subject=assignment.id)


def _same_names(inputs: Inputs) -> Iterator[Finding]:
    def folded(component: Component) -> str:
        return component.name.strip().casefold()

    for _, group in groupby(sorted(inputs.components, key=lambda c: (folded(c), c.id)), key=folded):
        alike = list(group)
        if len({component.id for component in alike}) > 1:
            message = f'{len(alike)} active components are called "{alike[0].name}". Rename or deactivate one.'
            yield Finding(code="same_name", message=message, subject=alike[0].id)


def _deferral(inputs: Inputs) -> Iterator[Finding]:
    if scope.is_deferred(inputs):
        message = (
            f"Started on {inputs.employed_from}, after the cut-off of {inputs.counted.ends_on}. "
            f"By the policy {inputs.policy.late_joiner} these days are not paid in this run."
        )
        yield Finding(code="late_joiner", message=message)
