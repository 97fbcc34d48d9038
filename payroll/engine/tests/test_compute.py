"""A month's pay, worked by hand: what is on the payslip, in which order, and what refuses it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from payroll.engine.compute import compute
from payroll.engine.inputs import Kind, counters
from payroll.engine.policy import Policy
from payroll.engine.result import LineKind
from payroll.engine.tests.cast import BASIC, amounts, assign, codes, component, facts, money, rate

TRANSPORT = component("Transport", default=500_000)
MEAL = component("Meal", "variable", code="meal")
COOPERATIVE = component("Cooperative", "deduction", default=100_000)


def test_the_engine_imports_without_django_and_celery() -> None:
    script = (
        "import sys, payroll.engine.compute, payroll.engine.variance, payroll.engine.explain;"
        "print([name for name in ('django', 'celery', 'rest_framework') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_nothing_assigned_pays_the_salary_once_and_every_default_above_zero() -> None:
    result = compute(facts(components=(TRANSPORT, BASIC, COOPERATIVE, MEAL)))
    assert [(line.name, line.kind, line.amount) for line in result.lines] == [
        ("Basic Salary", LineKind.EARNING, 10_000_000),
        ("Transport", LineKind.EARNING, 500_000),
        ("Cooperative", LineKind.DEDUCTION, 100_000),
    ]
    assert (result.gross, result.deductions, result.net) == (10_500_000, 100_000, 10_400_000)
    assert result.is_payable
    assert result.lines[0].note == "Monthly base salary"


def test_an_assignment_takes_the_place_of_the_default_amount() -> None:
    result = compute(facts(components=(BASIC, TRANSPORT), assignments=(assign(TRANSPORT, 750_000),)))
    assert amounts(result) == {"Basic Salary": 10_000_000, "Transport": 750_000}
    assert result.lines[1].reason.sources == ("assignment:Transport-2020-01-01",)


def test_an_assignment_of_zero_switches_a_default_off() -> None:
    result = compute(facts(components=(BASIC, TRANSPORT), assignments=(assign(TRANSPORT, 0),)))
    assert amounts(result) == {"Basic Salary": 10_000_000}


def test_an_assignment_outside_the_month_is_not_paid() -> None:
    ended = assign(TRANSPORT, 750_000, valid_to=date(2026, 10, 31))
    later = assign(TRANSPORT, 900_000, date(2026, 12, 1))
    result = compute(facts(components=(BASIC, TRANSPORT), assignments=(later, ended)))
    assert amounts(result)["Transport"] == 500_000


def test_formulas_know_salary_gross_counters_and_other_components() -> None:
    overtime = component("Overtime", "variable", code="overtime")
    union = component("Union", "deduction")
    inputs = facts(
        components=(union, overtime, MEAL, BASIC),
        assignments=(
            assign(union, "min(gross * 0.01, 100000)"),
            assign(overtime, "salary / 173 * overtime_minutes / 60 * 1.5"),
            assign(MEAL, "meal_days * 25000"),
        ),
        counters=counters({"overtime_minutes": Decimal(120), "meal_days": Decimal(20)}),
    )
    result = compute(inputs)
    # 10,000,000 / 173 x 2 x 1.5 = 173,410.40; gross 10,673,410, of which 1% is above the cap of 100,000
    assert amounts(result) == {"Basic Salary": 10_000_000, "Meal": 500_000, "Overtime": 173_410, "Union": 100_000}
    assert result.lines[2].reason.with_values == "10000000 / 173 * 120 / 60 * 1.5"


def test_a_formula_that_needs_gross_for_an_earning_is_a_circle() -> None:
    result = compute(facts(components=(BASIC, MEAL), assignments=(assign(MEAL, "gross * 0.1"),)))
    assert codes(result.errors) == ["formula_circle"]
    assert "Meal" in result.errors[0].message


def test_a_missing_counter_is_an_error_and_not_a_zero() -> None:
    result = compute(facts(components=(BASIC, MEAL), assignments=(assign(MEAL, "meal_days * 25000"),)))
    assert codes(result.errors) == ["formula"]
    assert '"meal_days * 25000"' in result.errors[0].message
    assert not result.is_payable


def test_what_depends_on_a_failed_formula_is_left_out_and_blamed_on_nobody_else() -> None:
    tip = component("Tip", "variable", code="tip")
    inputs = facts(
        components=(BASIC, MEAL, tip, COOPERATIVE),
        assignments=(assign(MEAL, "1 / 0"), assign(tip, "meal * 2"), assign(COOPERATIVE, "gross * 0.1")),
    )
    result = compute(inputs)
    assert [finding.subject for finding in result.errors] == [MEAL.id]
    assert "Cooperative" not in amounts(result)


def test_a_net_below_zero_is_refused_and_names_the_largest_deduction() -> None:
    result = compute(facts(components=(BASIC, COOPERATIVE), assignments=(assign(COOPERATIVE, 10_000_001),)))
    assert codes(result.errors) == ["net_negative"]
    assert result.errors[0].subject == COOPERATIVE.id


def test_a_bonus_run_pays_only_its_own_assignments() -> None:
    bonus = component("Bonus", "variable", default=1)
    inputs = facts(
        kind=Kind.BONUS, components=(BASIC, bonus), assignments=(assign(bonus, "salary * 2", kind=Kind.BONUS),)
    )
    assert amounts(compute(inputs)) == {"Bonus": 20_000_000}


def test_a_bonus_formula_naming_basic_is_told_instead_of_paid_as_zero() -> None:
    bonus = component("Bonus", "variable")
    inputs = facts(
        kind=Kind.BONUS, components=(BASIC, bonus), assignments=(assign(bonus, "basic * 2", kind=Kind.BONUS),)
    )
    result = compute(inputs)
    assert codes(result.errors) == ["formula"]
    assert "salary" in result.errors[0].message


def test_a_bonus_run_has_no_payslip_for_somebody_without_a_bonus() -> None:
    result = compute(facts(kind=Kind.BONUS))
    assert (result.is_skipped, result.is_payable, codes(result.warnings)) == (True, False, ["nothing_to_pay"])


def test_a_bonus_is_paid_after_the_last_day_too() -> None:
    bonus = component("Bonus", "variable")
    inputs = facts(
        kind=Kind.BONUS,
        employed_to=date(2026, 3, 31),
        components=(bonus,),
        assignments=(assign(bonus, 700, kind=Kind.BONUS),),
    )
    assert amounts(compute(inputs)) == {"Bonus": 700}


def test_rounding_is_half_up_to_the_unit_once_per_line() -> None:
    inputs = facts(
        components=(BASIC, MEAL), assignments=(assign(MEAL, "0.005 * 1"),), policy=Policy(rounding_unit=Decimal("0.01"))
    )
    line = compute(inputs).lines[1]
    assert (line.amount, line.reason.basis, line.reason.rounding) == (money("0.01"), money("0.005"), "half up to 0.01")


def test_who_has_neither_a_rate_nor_a_first_day_is_told_both():
    (found,) = compute(facts(rates=(), employed_from=date.min)).errors
    assert found.code == "missing_rate" and "first day of employment is missing" in found.message


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rates": ()}, "missing_rate"),
        ({"rates": (rate(since=date(2026, 11, 2)),)}, "missing_rate"),
        ({"rates": (rate(0),)}, "zero_rate"),
        ({"rates": (rate("-1"),)}, "amount_invalid"),
        ({"rates": (rate("NaN"),)}, "amount_invalid"),
        ({"rates": (rate("1e36"),)}, "amount_invalid"),
        ({"rates": (rate(key="a"), rate(since=date(2026, 11, 16), key="b"))}, "overlapping_rates"),
        ({"components": ()}, "no_basic_component"),
        ({"components": (BASIC, BASIC)}, "duplicate_component"),
        ({"components": (BASIC, component("Again", code="basic"))}, "duplicate_name"),
        ({"components": (BASIC, component("Odd", code="gross"))}, "duplicate_name"),
        ({"components": (BASIC, MEAL), "counters": counters({"meal": Decimal(1)})}, "duplicate_name"),
        ({"counters": counters({"meal_days": Decimal(-1)})}, "counter_invalid"),
        ({"assignments": (assign(BASIC, 1),)}, "basic_assigned"),
        ({"components": (BASIC, MEAL), "assignments": (assign(MEAL, ""),)}, "assignment_unclear"),
        (
            {
                "components": (BASIC, MEAL),
                "assignments": (assign(MEAL, 1), assign(MEAL, 2, date(2026, 11, 16))),
            },
            "overlapping_assignments",
        ),
        ({"employed_from": date(2026, 12, 1)}, "not_employed"),
        ({"employed_to": date(2026, 10, 31)}, "not_employed"),
        ({"pack": "atlantis"}, "unknown_pack"),
        ({"rule_version": "0"}, "rule_version"),
    ],
)
def test_facts_that_contradict_each_other_refuse_the_employee(changes: dict, code: str) -> None:
    result = compute(facts(**changes))
    assert code in codes(result.errors)
    assert not result.is_payable
    assert result.lines == ()


def test_gaps_in_the_facts_only_warn_without_a_country() -> None:
    result = compute(facts(missing_facts=("bank_account",)))
    assert [(finding.code, finding.subject) for finding in result.warnings] == [("missing_fact", "bank_account")]
    assert result.is_payable


def test_two_components_of_the_same_name_and_an_inactive_one_are_pointed_out() -> None:
    twin = component(" transport", default=1)
    gone = component("Gone")
    result = compute(facts(components=(BASIC, TRANSPORT, twin), assignments=(assign(gone, 5),)))
    assert codes(result.warnings) == ["component_inactive", "same_name"]
    assert result.is_payable
