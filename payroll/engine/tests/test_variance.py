"""Comparing a payroll with the last one."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.compute import compute
from payroll.engine.result import LineKind
from payroll.engine.tests.cast import BASIC, component, facts, rate
from payroll.engine.variance import OutlierRule, compare

RULE = OutlierRule(percent=Decimal(20), amount=Decimal(100_000))
MEAL = component("Meal", default=400_000)
LOAN = component("Loan", "deduction", default=300_000)


def test_an_unchanged_payroll_has_no_differences() -> None:
    lines = compute(facts(components=(BASIC, MEAL, LOAN))).lines
    variance = compare(lines, lines, RULE)
    assert variance.net.change == 0
    assert [row.difference.change for row in variance.components] == [0, 0, 0]
    assert not variance.is_outlier


def test_each_component_is_compared_also_when_it_came_or_went() -> None:
    before = compute(facts(components=(BASIC, MEAL))).lines
    now = compute(facts(components=(BASIC, LOAN), rates=(rate("10,500,000"),))).lines
    variance = compare(before, now, RULE)
    rows = {
        row.name: (row.difference.change, row.difference.percent, row.difference.is_outlier)
        for row in variance.components
    }
    assert rows == {
        "Basic Salary": (500_000, Decimal("5.00"), False),
        "Loan": (300_000, None, True),
        "Meal": (-400_000, Decimal("-100.00"), True),
    }
    # 10,400,000 -> 10,200,000
    assert (variance.net.change, variance.net.percent) == (-200_000, Decimal("-1.92"))
    assert variance.is_outlier


def test_an_outlier_needs_both_the_percentage_and_the_amount() -> None:
    small = compute(facts(rates=(rate("100,000"),))).lines
    doubled_but_small = compute(facts(rates=(rate("199,999"),))).lines
    large_but_slight = compute(facts(rates=(rate("11,900,000"),))).lines
    both = compute(facts(rates=(rate("12,000,000"),))).lines
    ten_million = compute(facts()).lines
    assert not compare(small, doubled_but_small, RULE).is_outlier
    assert not compare(ten_million, large_but_slight, RULE).is_outlier
    assert compare(ten_million, both, RULE).is_outlier


def test_somebody_paid_for_the_first_time_is_new_and_no_outlier() -> None:
    variance = compare(None, compute(facts()).lines, RULE)
    assert (variance.is_new, variance.is_outlier, variance.net.now) == (True, False, 10_000_000)


def test_two_lines_of_one_component_are_one_figure() -> None:
    lines = compute(facts()).lines
    variance = compare(lines, (*lines, *lines), RULE)
    assert [row.difference.now for row in variance.components] == [20_000_000]
    assert variance.components[0].kind is LineKind.EARNING
