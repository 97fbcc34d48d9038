"""The sentences under a payslip say which values made each figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.engine.compute import compute
from payroll.engine.explain import Counted, sentence, sentences
from payroll.engine.inputs import counters
from payroll.engine.policy import Policy, Proration
from payroll.engine.tests.cast import BASIC, assign, component, facts, rate, weekdays
from payroll.engine.window import Window


def test_a_whole_month_names_the_salary_and_the_days() -> None:
    said = sentences(compute(facts()))
    assert said == (
        "Basic Salary, earning of 10,000,000: 10,000,000 a month, for 1 to 30 Nov 2026.",
        "Gross 10,000,000 less deductions 0 is a net of 10,000,000.",
    )


def test_a_raise_shows_both_salaries_with_their_days() -> None:
    line = compute(facts(rates=(rate(until=date(2026, 11, 15)), rate("12,000,000", date(2026, 11, 16))))).lines[0]
    assert sentence(line) == (
        "Basic Salary, earning of 11,000,000: 10,000,000 a month for 15 of 30 calendar days (1 to 15 Nov 2026), plus "
        "12,000,000 a month for 15 of 30 calendar days (16 to 30 Nov 2026); rounded half up to 1."
    )


def test_working_days_and_unpaid_days_are_counted_out_loud() -> None:
    policy = Policy(proration=Proration.WORKING_DAYS, rounding_unit=Decimal(1))
    counted = counters({"unpaid_days": Decimal("1.5")})
    inputs = facts(policy=policy, work_days=weekdays(2026, 11), employed_from=date(2026, 11, 10), counters=counted)
    # 15 of 21 weekdays earn 7,142,857; 1.5 of these 15 are taken off: 714,286
    assert sentence(compute(inputs).lines[0]) == (
        "Basic Salary, earning of 6,428,571: 10,000,000 a month for 15 of 21 working days (10 to 30 Nov 2026)"
        ", less the 1.5 of these 15 days that are not paid; rounded half up to 1."
    )


def test_what_was_counted_says_over_which_days() -> None:
    inputs = facts(counters=counters({"unpaid_days": Decimal(3)}), components=(BASIC, component("Phone", default=5)))
    counted = Counted(frozenset({"unpaid_days"}), Window(date(2026, 10, 26), date(2026, 11, 25)))
    assert [sentence(line, counted) for line in compute(inputs).lines] == [
        "Basic Salary, earning of 9,000,000: 10,000,000 a month, for 1 to 30 Nov 2026, less the 3 of these 30 days that are "
        "not paid, counted over 26 Oct 2026 to 25 Nov 2026; rounded half up to 1.",
        "Phone, earning of 5: the usual amount, paid to everybody who has none of her own.",
    ]


def test_a_usual_deduction_is_taken_and_not_paid() -> None:
    (line,) = compute(facts(components=(BASIC, component("Union", "deduction", default=5)))).lines[1:]
    assert sentence(line) == "Union, deduction of 5: the usual amount, taken from everybody who has none of her own."


def test_a_formula_is_shown_with_names_and_with_values() -> None:
    union, phone = component("Union", "deduction"), component("Phone", default=250_000)
    overtime, grade = component("Overtime", "variable"), component("Grade")
    formulas = (
        assign(union, "gross / 300"),
        assign(overtime, "salary / 173 * overtime_minutes / 60"),
        assign(grade, 750),
    )
    counted = counters({"overtime_minutes": Decimal(120)})
    inputs = facts(components=(BASIC, union, phone, overtime, grade), assignments=formulas, counters=counted)
    assert [sentence(line) for line in compute(inputs).lines[1:]] == [
        "Grade, earning of 750: the amount agreed for this person.",
        "Phone, earning of 250,000: the usual amount, paid to everybody who has none of her own.",
        "Overtime, earning of 115,607: salary / 173 * overtime minutes / 60, which is 10,000,000 / 173 * 120 / 60; "
        "rounded half up to 1.",
        "Union, deduction of 34,555: gross / 300, which is 10,366,357 / 300; rounded half up to 1.",
    ]
