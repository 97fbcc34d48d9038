"""PURE. Everything one employee's pay of one period depends on, and nothing else.

Frozen and sorted on construction: the order in which facts were read has no influence. Holds ids and figures, never
names of people or national ids, because it is kept as long as the payslip. What was computed belongs to `result`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from payroll.engine import canonical
from payroll.engine.policy import Policy
from payroll.engine.window import Window, calendar_month
from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.money import ZERO

#: Changes whenever the same inputs would give another result.
RULE_VERSION = "1"

BASIC = "basic"
UNPAID = "unpaid"
#: The one counter the engine itself reads; the others are there for formulas and packs.
UNPAID_DAYS = "unpaid_days"


class Kind(StrEnum):
    """What a payroll is for. `regular` and `final` pay the month's salary; the others only what is assigned to them.

    A leaver's last month is paid by one of the two, never by both.
    """

    REGULAR = "regular"
    THR = "thr"
    BONUS = "bonus"
    OFF_CYCLE = "off_cycle"
    CORRECTION = "correction"
    FINAL = "final"


class ComponentType(StrEnum):
    """Fixed and variable components are earnings."""

    FIXED = "fixed"
    VARIABLE = "variable"
    DEDUCTION = "deduction"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRate:
    """A monthly salary and the days it is in force (`valid_to` included; None: until further notice)."""

    id: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None


@canonical.shared
@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An active salary component.

    `code`: the name formulas and packs know it by; `basic` marks Basic Salary. `is_prorated`: a part of a month pays
    a part of the amount. `bases`: the named sums it feeds (for packs).
    """

    id: str
    name: str
    type: ComponentType
    default_amount: Decimal = ZERO
    code: str = ""
    is_prorated: bool = False
    bases: tuple[str, ...] = ()

    @property
    def is_basic(self) -> bool:
        return self.code == BASIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One employee's own amount or formula for a component, on the days it is in force.

    Exactly one of `amount` and `formula` is given. `kind`: the kind of payroll it is paid with; those of `regular` are
    paid with `final` too.
    """

    id: str
    component_id: str
    valid_from: date
    valid_to: date | None = None
    amount: Decimal | None = None
    formula: str = ""
    kind: Kind = Kind.REGULAR


@canonical.shared
@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """A named count of the counted window, such as overtime_minutes."""

    name: str
    value: Decimal


def counters(values: Mapping[str, Decimal]) -> tuple[Counter, ...]:
    """Counters from a mapping of name to value."""
    return tuple(Counter(name, values[name]) for name in sorted(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One employee, one month, one kind of payroll.

    The salary window is the calendar month; `counted` is the window the counters were taken from. `employed_to` is the
    last day of employment. `components` are the active ones. `work_days`: the dates that count as working days in every
    month paid (whether holidays are among them is decided where day types are known). `missing_facts`: names of facts
    payroll wants and does not have, such as `bank_account`; the pack says what each gap means.
    Raises Invalid for a month that does not exist.
    """

    employee_id: str
    year: int
    month: int
    kind: Kind = Kind.REGULAR
    counted: Window
    employed_from: date
    employed_to: date | None = None
    rates: tuple[PayRate, ...]
    components: tuple[Component, ...]
    assignments: tuple[Assignment, ...] = ()
    counters: tuple[Counter, ...] = ()
    work_days: tuple[date, ...] = ()
    policy: Policy
    pack: str = "none"
    missing_facts: tuple[str, ...] = ()
    rule_version: str = field(default_factory=lambda: RULE_VERSION)

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise Invalid.field("month", f"There is no month {self.year}-{self.month}. Give a month from 1 to 12.")
        for name in ("rates", "components", "assignments", "counters"):
            ordered = sorted(getattr(self, name), key=canonical.text)
            object.__setattr__(self, name, tuple(ordered))
        for name in ("work_days", "missing_facts"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name))))

    @property
    def salary(self) -> Window:
        """The calendar month that is paid."""
        return calendar_month(self.year, self.month)

    def counter(self, name: str) -> Decimal | None:
        """The value of a counter, or None when it was not counted."""
        return next((counter.value for counter in self.counters if counter.name == name), None)

    def component_coded(self, code: str) -> Component | None:
        """The component with a code, or None."""
        return next((component for component in self.components if component.code == code), None)

    def to_json(self) -> str:
        """Canonical JSON, as snapshots keep it."""
        return canonical.text(self)

    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: equal facts, equal fingerprint."""
        return canonical.fingerprint(self)


def from_json(source: str) -> Inputs:
    """The inputs a snapshot kept. Raises ValueError when the text is of another shape, Invalid when a fact is."""
    return canonical.read(Inputs, source)
