"""PURE. One payslip while it is worked out: components in the order their formulas need each other.

`plan` decides what a component is paid from, `lines` how a line looks; totals and refusals belong to `compute`.
"""

from __future__ import annotations

from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from payroll.engine import lines, scope
from payroll.engine.canonical import brief
from payroll.engine.formula import FormulaError
from payroll.engine.inputs import UNPAID_DAYS, Component, ComponentType, Inputs
from payroll.engine.lines import Unpaid
from payroll.engine.plan import FromAssignment, FromDefault, FromFormula, FromSegments, FromUnpaidDays, Plan, plan
from payroll.engine.policy import UnpaidDays
from payroll.engine.proration import Measure, prorate
from payroll.engine.result import Finding, Line, LineKind, total
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.kernel.money import ZERO

GROSS = "gross"
SALARY = "salary"


class Sheet:
    """The lines of one payslip while they are worked out, each after those its formula names."""

    def __init__(self, inputs: Inputs) -> None:
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []
        self._inputs = inputs
        self._unit = inputs.policy.rounding_unit
        self._measure = Measure(inputs.policy.proration, frozenset(inputs.work_days))
        self._lines: dict[str, Line] = {}
        self._failed: set[str] = set()
        self._unpaid = Unpaid(ZERO, 1)
        self._plans: dict[str, tuple[Component, Plan]] = {}
        self._values = {counter.name: counter.value for counter in inputs.counters}

    def fill(self) -> None:
        """Work out every line; what cannot be becomes an error and leaves out what depends on it."""
        self._make_plans()
        self._set_salary()
        if not self._set_unpaid():
            return
        for name in self._order():
            if name == GROSS:
                self._values[GROSS] = total(self._lines.values(), LineKind.EARNING)
                if any(self._is_earning(failed) for failed in self._failed):
                    self._failed.add(GROSS)
            else:
                self._work_out(name)

    def in_order(self) -> tuple[Line, ...]:
        """Basic Salary first, then fixed, variable and deducted components by name."""
        types = list(ComponentType)

        def place(entry: tuple[str, Line]) -> tuple[bool, int, str, str]:
            component = self._plans[entry[0]][0]
            return not component.is_basic, types.index(component.type), component.name, component.id

        return tuple(line for _, line in sorted(self._lines.items(), key=place))

    def _make_plans(self) -> None:
        for component in self._inputs.components:
            try:
                decided = plan(self._inputs, component)
            except FormulaError as unreadable:
                self._refuse(component, unreadable)
                continue
            if decided is not None:
                self._plans[component.id] = component, decided
            elif component.code and scope.pays_salary(self._inputs):
                # In a month's pay an unpaid component counts as nothing. A bonus has no such components at all: a
                # formula there that names `basic` is a mistake for `salary` and has to be told.
                self._values[component.code] = ZERO

    def _set_salary(self) -> None:
        begun = [rate for rate in self._inputs.rates if rate.valid_from <= self._inputs.salary.ends_on]
        if begun:
            self._values[SALARY] = max(begun, key=lambda rate: rate.valid_from).amount

    def _set_unpaid(self) -> bool:
        days = self._inputs.counter(UNPAID_DAYS) or ZERO
        windows = scope.paid_windows(self._inputs)
        of_days = sum(self._measure.units(window) for window in windows)
        if not days or not windows:
            return True
        if not of_days:
            message = "Unpaid days cannot be measured: this employee has no working days in the days paid."
            self.errors.append(Finding(code="no_working_days", message=f"{message} Give the employee a work schedule."))
            return False
        if days > of_days:
            message = f"{brief(days)} unpaid days were counted, but only {of_days} days are paid. Nothing is left."
            self.warnings.append(Finding(code="unpaid_over_employed", message=message))
        self._unpaid = Unpaid(min(days, Decimal(of_days)), of_days)
        return True

    def _order(self) -> list[str]:
        """Component ids and `gross`, each after what it needs. A circle of formulas is an error and gives nothing."""
        ids = {component.code: key for key, (component, _) in self._plans.items() if component.code}
        graph: TopologicalSorter[str] = TopologicalSorter(
            {GROSS: [key for key in self._plans if self._is_earning(key)]}
        )
        for key, (_, decided) in self._plans.items():
            graph.add(key, *self._needs(decided, ids))
        try:
            return list(graph.static_order())
        except CycleError as circle:
            names = [self._plans[key][0].name if key in self._plans else key for key in circle.args[1]]
            message = (
                f"These formulas need each other in a circle: {' -> '.join(names)}. Take one name out of its formula."
            )
            self.errors.append(Finding(code="formula_circle", message=message))
            return []

    def _needs(self, decided: Plan, ids: dict[str, str]) -> list[str]:
        if isinstance(decided, FromUnpaidDays):
            return [key for key, (_, other) in self._plans.items() if isinstance(other, FromSegments)]
        if isinstance(decided, FromFormula):
            return [ids.get(name, name) for name in sorted(decided.formula.names) if name in ids or name == GROSS]
        return []

    def _work_out(self, key: str) -> None:
        component, decided = self._plans[key]
        if isinstance(decided, FromFormula) and decided.formula.names & self._failed_names():
            self._failed.add(key)
            return
        try:
            line = self._line(component, decided)
        except PeopleSyncError as impossible:
            self._refuse(component, impossible)
            return
        if line is not None:
            self._lines[key] = line
        if component.code:
            self._values[component.code] = line.amount if line else ZERO

    def _line(self, component: Component, decided: Plan) -> Line | None:
        unit = self._unit
        match decided:
            case FromSegments(months):
                parts = [part for segments in months for part in prorate(segments, self._measure, unit)]
                return lines.from_parts(component, parts, self._reducing(component), unit)
            case FromAssignment(assignment):
                amount = assignment.amount or ZERO
                return lines.flat(component, amount, "assignment", f"assignment:{assignment.id}", unit)
            case FromDefault():
                return lines.flat(
                    component, component.default_amount, "default_amount", f"component:{component.id}", unit
                )
            case FromFormula(assignment, formula):
                return lines.from_formula(component, formula, self._values, f"assignment:{assignment.id}", unit)
            case FromUnpaidDays():
                return lines.for_unpaid_days(component, self._earned_by_days(), self._unpaid, unit)

    def _reducing(self, component: Component) -> Unpaid:
        is_reduced = self._inputs.policy.unpaid_days is UnpaidDays.REDUCE_LINES
        return self._unpaid if is_reduced else Unpaid(ZERO, 1)

    def _earned_by_days(self) -> Decimal:
        lines_by_days = (self._lines[key] for key in self._lines if self._is_earning(key))
        return total((line for line in lines_by_days if line.reason.parts), LineKind.EARNING)

    def _is_earning(self, key: str) -> bool:
        return key in self._plans and self._plans[key][0].type is not ComponentType.DEDUCTION

    def _failed_names(self) -> set[str]:
        codes = {self._plans[key][0].code for key in self._failed if key in self._plans}
        return codes | (self._failed & {GROSS})

    def _refuse(self, component: Component, why: PeopleSyncError) -> None:
        self._failed.add(component.id)
        message = f'"{component.name}": {why.message}'
        self.errors.append(Finding(code=why.code, message=message, subject=component.id))
