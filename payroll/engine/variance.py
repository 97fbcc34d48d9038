"""PURE. What changed since the last payroll, component by component, and what stands out. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from payroll.engine.arithmetic import exact
from payroll.engine.result import LineKind
from peoplesync.kernel.money import CENT, ZERO, round_half_up


class Item(Protocol):
    """One payslip line, computed or stored."""

    @property
    def component_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> LineKind: ...
    @property
    def amount(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierRule:
    """A change stands out when it is at least `amount` and at least `percent` of what was paid before.

    What was not there before has no percentage: its amount alone decides.
    """

    percent: Decimal
    amount: Decimal

    def holds(self, change: Decimal, percent: Decimal | None) -> bool:
        """Whether a change stands out."""
        is_large = change != 0 and abs(change) >= self.amount
        return is_large and (percent is None or abs(percent) >= self.percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure then and now. `percent` of the figure before, to two decimals; None when there was none."""

    before: Decimal
    now: Decimal
    change: Decimal
    percent: Decimal | None
    is_outlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDifference:
    component_id: str
    name: str
    kind: LineKind
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """One employee's payroll against the last one. `is_new`: there is no last one, so nothing stands out."""

    net: Difference
    components: tuple[ComponentDifference, ...]
    is_new: bool

    @property
    def is_outlier(self) -> bool:
        return self.net.is_outlier or any(row.difference.is_outlier for row in self.components)


def compare(before: Iterable[Item] | None, now: Iterable[Item], rule: OutlierRule) -> Variance:
    """Differences of the net and of every component on either payroll, unchanged ones included.

    `before` is None for somebody without an earlier payroll.
    """
    with exact():
        old, new = list(before or ()), list(now)
        is_new = before is None
        # The newer name wins: a renamed component is the same component.
        names = {(item.component_id, item.kind): item.name for item in (*old, *new)}
        components = [
            ComponentDifference(
                component_id=component_id,
                name=name,
                kind=kind,
                difference=_difference(_of(old, component_id, kind), _of(new, component_id, kind), rule, is_new),
            )
            for (component_id, kind), name in sorted(names.items(), key=lambda entry: (entry[1], entry[0]))
        ]
        net = _difference(_net(old), _net(new), rule, is_new)
        return Variance(net=net, components=tuple(components), is_new=is_new)


def _difference(before: Decimal, now: Decimal, rule: OutlierRule, is_new: bool) -> Difference:
    change = now - before
    percent = round_half_up(change * 100 / before, CENT) if before else None
    is_outlier = not is_new and rule.holds(change, percent)
    return Difference(before=before, now=now, change=change, percent=percent, is_outlier=is_outlier)


def _of(items: list[Item], component_id: str, kind: LineKind) -> Decimal:
    return sum((item.amount for item in items if (item.component_id, item.kind) == (component_id, kind)), ZERO)


def _net(items: list[Item]) -> Decimal:
    signs = {LineKind.EARNING: 1, LineKind.DEDUCTION: -1, LineKind.EMPLOYER: 0}
    return sum((item.amount * signs[item.kind] for item in items), ZERO)
