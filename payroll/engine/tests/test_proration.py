"""Parts of months, worked by hand: joiners, leavers, raises, unpaid days, cut-offs. Salary 10,000,000 unless said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from payroll.engine.compute import compute
from payroll.engine.inputs import Kind, counters
from payroll.engine.policy import LateJoiner, Policy, Proration, UnpaidDays
from payroll.engine.tests.cast import BASIC, amounts, assign, codes, component, facts, money, rate, weekdays

BY_WORK_DAYS = Policy(proration=Proration.WORKING_DAYS, rounding_unit=Decimal(1))
UNPAID = component("Unpaid leave", "deduction", code="unpaid")


def basic(**changes: object) -> int | Decimal:
    result = compute(facts(**changes))
    assert result.errors == ()
    return amounts(result)["Basic Salary"]


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        ("whole month", {}, 10_000_000),
        ("joins on the 1st", {"employed_from": date(2026, 11, 1)}, 10_000_000),
        ("joins on the 10th: 21 of 30 days", {"employed_from": date(2026, 11, 10)}, 7_000_000),
        ("joins on the last day before the cut-off: 6 of 30", {"employed_from": date(2026, 11, 25)}, 2_000_000),
        ("leaves on the 10th: 10 of 30", {"employed_to": date(2026, 11, 10)}, 3_333_333),
        ("leaves on the last day", {"employed_to": date(2026, 11, 30)}, 10_000_000),
        (
            "in and out: 5th to 9th, 5 of 30",
            {"employed_from": date(2026, 11, 5), "employed_to": date(2026, 11, 9)},
            1_666_667,
        ),
        (
            "one day",
            {"employed_from": date(2026, 11, 29), "employed_to": date(2026, 11, 29)},
            333_333,
        ),
        (
            "raise to 12,000,000 on the 16th: 15 days each",
            {"rates": (rate(until=date(2026, 11, 15)), rate("12,000,000", date(2026, 11, 16)))},
            11_000_000,
        ),
        (
            "cut to 9,000,000 on the 2nd: 1 day and 29 days",
            {"rates": (rate(until=date(2026, 11, 1)), rate("9,000,000", date(2026, 11, 2)))},
            9_033_333,
        ),
        (
            "same salary on a new row in mid-month changes nothing",
            {"rates": (rate(until=date(2026, 11, 7)), rate(since=date(2026, 11, 8)))},
            10_000_000,
        ),
        (
            "joins on 29 February: 1 of 29",
            {"year": 2028, "month": 2, "cutoff": 29, "employed_from": date(2028, 2, 29)},
            344_828,
        ),
        (
            "leaves on 28 February of a leap year",
            {"year": 2028, "month": 2, "employed_to": date(2028, 2, 28)},
            9_655_172,
        ),
        ("2100 has no leap day", {"year": 2100, "month": 2, "employed_from": date(2100, 2, 15)}, 5_000_000),
        (
            "half of a 30-day month of 5,000,000",
            {"employed_to": date(2026, 11, 15), "rates": (rate("5,000,000"),)},
            2_500_000,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_calendar_days(case: str, changes: dict, expected: int) -> None:
    assert basic(**changes) == expected


@pytest.mark.parametrize(
    ("case", "year", "month", "salary", "changes", "expected"),
    [
        # January 2024 has 23 weekdays, 13 of them from the 15th.
        ("joins on 15 Jan 2024", 2024, 1, "20,000,000", {"employed_from": date(2024, 1, 15)}, 11_304_348),
        # November 2026 has 21 weekdays; 15 from the 10th.
        ("joins on 10 Nov 2026", 2026, 11, "10,000,000", {"employed_from": date(2026, 11, 10)}, 7_142_857),
        # Leaves on Friday the 6th: 5 of 21.
        ("leaves on 6 Nov 2026", 2026, 11, "10,000,000", {"employed_to": date(2026, 11, 6)}, 2_380_952),
        # Joins on a Sunday: the weekend before is not lost.
        ("joins on Sunday 1 Nov 2026", 2026, 11, "10,000,000", {"employed_from": date(2026, 11, 1)}, 10_000_000),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) > 12 else "",
)
def test_working_days(case: str, year: int, month: int, salary: str, changes: dict, expected: int) -> None:
    given = {"policy": BY_WORK_DAYS, "work_days": weekdays(year, month), "rates": (rate(salary),)}
    assert basic(year=year, month=month, **given, **changes) == expected


def test_a_joiner_to_the_cent() -> None:
    policy = Policy(proration=Proration.WORKING_DAYS)
    changes = {"policy": policy, "work_days": weekdays(2024, 1), "rates": (rate("20,000,000"),)}
    assert basic(year=2024, month=1, employed_from=date(2024, 1, 15), **changes) == money("11,304,347.83")


def test_a_whole_month_needs_no_schedule_but_a_part_of_one_does() -> None:
    assert basic(policy=BY_WORK_DAYS) == 10_000_000
    result = compute(facts(policy=BY_WORK_DAYS, employed_from=date(2026, 11, 10)))
    assert codes(result.errors) == ["no_working_days"]


def test_a_joiner_and_the_leaver_she_follows_cost_one_salary() -> None:
    salary = rate("10,000,000")
    for day in range(2, 26):
        joiner = basic(employed_from=date(2026, 11, day), rates=(salary,))
        leaver = basic(employed_to=date(2026, 11, day - 1), rates=(salary,))
        assert joiner + leaver == 10_000_000


def test_each_part_says_its_days_and_adds_up_to_the_line() -> None:
    result = compute(facts(rates=(rate(until=date(2026, 11, 15)), rate("12,000,000", date(2026, 11, 16)))))
    line = result.lines[0]
    assert [(part.units, part.of_units, part.amount) for part in line.reason.parts] == [
        (15, 30, 5_000_000),
        (15, 30, 6_000_000),
    ]
    assert line.reason.with_values == "10000000 * 15 / 30 + 12000000 * 15 / 30"
    assert line.reason.sources == ("pay_rate:rate-2020-01-01", "pay_rate:rate-2026-11-16")


def test_unpaid_days_reduce_what_is_prorated() -> None:
    # June 2024 has 20 weekdays: 6,000,000 x 13 / 20; the housing allowance likewise, the phone is not prorated.
    housing = component("Housing", default=1_000_000, prorated=True)
    phone = component("Phone", default=200_000)
    inputs = facts(
        year=2024,
        month=6,
        policy=BY_WORK_DAYS,
        work_days=weekdays(2024, 6),
        rates=(rate("6,000,000"),),
        components=(BASIC, housing, phone),
        counters=counters({"unpaid_days": Decimal(7)}),
    )
    assert amounts(compute(inputs)) == {"Basic Salary": 3_900_000, "Housing": 650_000, "Phone": 200_000}


def test_unpaid_days_as_a_deduction_come_to_the_same_net() -> None:
    policy = Policy(proration=Proration.WORKING_DAYS, unpaid_days=UnpaidDays.DEDUCT, rounding_unit=Decimal(1))
    inputs = facts(
        year=2024,
        month=6,
        policy=policy,
        work_days=weekdays(2024, 6),
        rates=(rate("6,000,000"),),
        components=(BASIC, UNPAID),
        counters=counters({"unpaid_days": Decimal(7)}),
    )
    result = compute(inputs)
    assert amounts(result) == {"Basic Salary": 6_000_000, "Unpaid leave": 2_100_000}
    assert result.net == 3_900_000


def test_half_an_unpaid_day_counts_half() -> None:
    assert basic(counters=counters({"unpaid_days": Decimal("0.5")})) == 9_833_333


def test_unpaid_days_of_a_joiner_are_taken_from_the_days_she_was_employed() -> None:
    # 21 of 30 days earn 7,000,000; 3 of these 21 are unpaid: 10,000,000 x 18 / 30
    assert basic(employed_from=date(2026, 11, 10), counters=counters({"unpaid_days": Decimal(3)})) == 6_000_000


def test_a_whole_month_unpaid_is_a_net_of_zero_that_is_looked_at() -> None:
    result = compute(facts(counters=counters({"unpaid_days": Decimal(30)})))
    assert (result.net, result.lines, codes(result.warnings), result.is_payable) == (0, (), ["net_zero"], True)


def test_more_unpaid_days_than_employed_never_take_more_than_was_earned() -> None:
    result = compute(facts(employed_to=date(2026, 11, 2), counters=counters({"unpaid_days": Decimal(5)})))
    assert (result.net, codes(result.warnings)) == (0, ["unpaid_over_employed", "net_zero"])


def test_a_deduction_for_unpaid_days_is_never_more_than_the_days_earned() -> None:
    policy = Policy(unpaid_days=UnpaidDays.DEDUCT, rounding_unit=Decimal(1))
    counted = counters({"unpaid_days": Decimal(5)})
    given = {"policy": policy, "components": (BASIC, UNPAID), "counters": counted}
    result = compute(facts(employed_to=date(2026, 11, 2), **given))
    assert amounts(result) == {"Basic Salary": 666_667, "Unpaid leave": 666_667}
    assert result.is_payable


def test_deducting_unpaid_days_needs_its_component() -> None:
    policy = Policy(unpaid_days=UnpaidDays.DEDUCT)
    result = compute(facts(policy=policy, counters=counters({"unpaid_days": Decimal(1)})))
    assert codes(result.errors) == ["no_unpaid_component"]


def test_a_prorated_allowance_follows_the_days_and_an_assignment_takes_over_from_its_first_day() -> None:
    housing = component("Housing", default=3_000_000, prorated=True)
    raised = assign(housing, 6_000_000, date(2026, 11, 16))
    assert (
        amounts(compute(facts(components=(BASIC, housing), employed_from=date(2026, 11, 10))))["Housing"] == 2_100_000
    )
    assert amounts(compute(facts(components=(BASIC, housing), assignments=(raised,))))["Housing"] == 4_500_000


def test_of_two_flat_assignments_in_a_month_the_later_is_paid() -> None:
    phone = component("Phone")
    both = (assign(phone, 100, valid_to=date(2026, 11, 15)), assign(phone, 200, date(2026, 11, 16)))
    assert amounts(compute(facts(components=(BASIC, phone), assignments=both)))["Phone"] == 200


@pytest.mark.parametrize(
    ("policy", "regular", "off_cycle", "next_month"),
    [
        (LateJoiner.ARREARS_NEXT_MONTH, None, None, 11_666_667),
        (LateJoiner.SUPPLEMENTARY_RUN, None, 1_666_667, 10_000_000),
        (LateJoiner.PAY_NOW, 1_666_667, None, 10_000_000),
    ],
)
def test_a_joiner_after_the_cut_off_is_paid_exactly_once(
    policy: LateJoiner, regular: int | None, off_cycle: int | None, next_month: int
) -> None:
    # Cut-off 25 November, first day the 26th: 5 of 30 days.
    given = {"employed_from": date(2026, 11, 26), "policy": Policy(late_joiner=policy, rounding_unit=Decimal(1))}
    this_run = compute(facts(**given))
    assert amounts(this_run).get("Basic Salary") == regular
    assert this_run.is_skipped == (regular is None)
    assert amounts(compute(facts(kind=Kind.OFF_CYCLE, **given))).get("Basic Salary") == off_cycle
    assert amounts(compute(facts(month=12, **given)))["Basic Salary"] == next_month
    assert amounts(compute(facts(year=2027, month=1, **given)))["Basic Salary"] == 10_000_000


def test_a_deferred_joiner_is_no_refusal_and_no_payslip() -> None:
    result = compute(facts(employed_from=date(2026, 11, 26)))
    assert (result.is_refused, result.is_payable, codes(result.warnings)) == (False, False, ["late_joiner"])


def test_somebody_who_joins_and_leaves_after_the_cut_off_is_paid_now() -> None:
    assert basic(employed_from=date(2026, 11, 26), employed_to=date(2026, 11, 30)) == 1_666_667


@pytest.mark.parametrize("cutoff", [1, 15, 28, 29, 30, 31])
@pytest.mark.parametrize("policy", [LateJoiner.ARREARS_NEXT_MONTH, LateJoiner.PAY_NOW])
def test_whatever_the_cut_off_a_first_year_is_paid_to_the_last_day(cutoff: int, policy: LateJoiner) -> None:
    """From any first day of a short month, regular runs pay the same in total as paying each month at once."""
    months = [(2027, 1), (2027, 2), (2027, 3), (2027, 4)]
    for day in range(1, 29):
        given = {"employed_from": date(2027, 2, day), "policy": Policy(late_joiner=policy, rounding_unit=Decimal(1))}
        paid = sum(compute(facts(year, month, cutoff, **given)).net for year, month in months)
        share = compute(facts(2027, 2, 31, **given)).net
        assert paid == share + 20_000_000
