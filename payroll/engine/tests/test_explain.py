"""The sentences under a payslip say which values made each figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.engine.compute import compute
from payroll.engine.explain import sentence, sentences
from payroll.engine.inputs import counters
from payroll.engine.policy import Policy, Proration
from payroll.engine.tests.cast import BASIC, assign, component, facts, rate, weekdays


def test_a_whole_month_names_the_salary_and_the_days() -> None:
    said = sentences(compute(facts()))
    assert said == (
        "Basic Salary, earning: 10,000,000 for 1 to 30 Nov 2026 = 10,000,000 (half up to 1).",
        "Gross 10,000,000 less deductions 0 is a net of 10,000,000.",
    )


def test_a_raise_shows_both_salaries_with_their_days() -> None:
    line = compute(facts(rates=(rate(until=date(2026, 11, 15)), rate("12,000,000", date(2026, 11, 16))))).lines[0]
    assert sentence(line) == (
        "Basic Salary, earning: 10,000,000 x 15 of 30 calendar days (1 to 15 Nov 2026) + "
        "12,000,000 x 15 of 30 calendar days (16 to 30 Nov 2026) = 11,000,000 (half up to 1)."
    )


def test_working_days_and_unpaid_days_are_counted_out_loud() -> None:
    policy = Policy(proration=Proration.WORKING_DAYS, rounding_unit=Decimal(1))
    counted = counters({"unpaid_days": Decimal("1.5")})
    inputs = facts(policy=policy, work_days=weekdays(2026, 11), employed_from=date(2026, 11, 10), counters=counted)
    # 15 of 21 weekdays earn 7,142,857; 1.5 of these 15 are taken off: 714,286
    assert sentence(compute(inputs).lines[0]) == (
        "Basic Salary, earning: 10,000,000 x 15 of 21 working days (10 to 30 Nov 2026)"
        ", less 1.5 unpaid of 15 days = 6,428,571 (half up to 1)."
    )


def test_a_formula_is_shown_with_names_and_with_values() -> None:
    union, phone = component("Union", "deduction"), component("Phone", default=250_000)
    lines = compute(facts(components=(BASIC, union, phone), assignments=(assign(union, "gross / 300"),))).lines
    assert sentence(lines[1]) == "Phone, earning: the component's default amount = 250,000."
    assert sentence(lines[2]) == "Union, deduction: gross / 300 = 10250000 / 300 = 34,167 (half up to 1)."
