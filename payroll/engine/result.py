"""PURE. What was computed: lines with reasons, totals, and what a person has to look at. Facts belong to `inputs`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from payroll.engine import canonical
from payroll.engine.inputs import Kind
from payroll.engine.policy import Proration
from payroll.engine.window import Window
from peoplesync.kernel.money import ZERO


class LineKind(StrEnum):
    """Which total a line belongs to. `employer` lines cost the employer and reach neither gross nor net."""

    EARNING = "earning"
    DEDUCTION = "deduction"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of days paid at one monthly amount: `amount` is `units` / `of_units` of `monthly_amount`.

    Units are those of `measured_in`, calendar or working days. `source` names the row the monthly amount came from.
    """

    starts_on: date
    ends_on: date
    monthly_amount: Decimal
    units: int
    of_units: int
    measured_in: Proration
    amount: Decimal
    source: str

    @property
    def window(self) -> Window:
        return Window(self.starts_on, self.ends_on)

    @property
    def is_whole(self) -> bool:
        """Whether it pays the whole month."""
        return self.units == self.of_units


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value that went into a figure."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a line has its amount.

    `rule` names the rule; `basis` is the figure before the last step, to ten decimals; `formula` is how, `with_values`
    the same with numbers in place of names; `sources` are the rows read, as `kind:id`; `rounding` is its mode and unit.
    """

    rule: str
    basis: Decimal
    formula: str
    with_values: str
    parameters: tuple[Parameter, ...] = ()
    parts: tuple[Part, ...] = ()
    sources: tuple[str, ...] = ()
    rounding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of a payslip. `amount` is always above zero; `kind` says which way it counts."""

    component_id: str
    name: str
    kind: LineKind
    amount: Decimal
    note: str
    reason: Reason
    code: str = ""
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person has to know or to put right. `code` is stable; `subject` is the id it is about, if any."""

    code: str
    message: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One employee's computed pay.

    With `errors` it is refused: it is shown, never written, and its totals cover only what could be computed. With
    `is_skipped` it is rightly without a payslip: another run pays these days, or a run of this kind owes this person
    nothing; the warnings say which.
    """

    employee_id: str
    year: int
    month: int
    kind: Kind
    lines: tuple[Line, ...]
    gross: Decimal
    deductions: Decimal
    net: Decimal
    employer_cost: Decimal
    warnings: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    is_skipped: bool
    inputs_fingerprint: str
    rule_version: str
    pack: str
    pack_version: str

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

    @property
    def is_payable(self) -> bool:
        """Whether a payroll is to be written for it."""
        return not self.errors and not self.is_skipped

    def lines_paid(self) -> tuple[tuple[str, str, Decimal], ...] | None:
        """What would be written: component, kind and amount of each line; None: nothing can be paid."""
        if not self.is_payable:
            return None
        return tuple((line.component_id, line.kind.value, line.amount) for line in self.lines)

    def to_json(self) -> str:
        """Canonical JSON, as snapshots keep it."""
        return canonical.text(self)

    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: recomputing the same inputs gives the same one."""
        return canonical.fingerprint(self)


def from_json(source: str) -> Result:
    """The result a snapshot kept. Raises ValueError when the text is of another shape."""
    return canonical.read(Result, source)


def total(lines: Iterable[Line], kind: LineKind) -> Decimal:
    """The sum of the lines of one kind."""
    return sum((line.amount for line in lines if line.kind is kind), ZERO)
