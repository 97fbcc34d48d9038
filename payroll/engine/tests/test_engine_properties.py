"""What holds for any facts: totals add up, parts add back, order and spelling of facts have no influence."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, getcontext, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.engine import inputs as inputs_module
from payroll.engine import result as result_module
from payroll.engine.compute import compute
from payroll.engine.inputs import Assignment, Component, ComponentType, Inputs, PayRate, counters
from payroll.engine.policy import LateJoiner, Policy, Proration, UnpaidDays
from payroll.engine.proration import Measure, Segment, prorate
from payroll.engine.result import LineKind
from payroll.engine.tests.cast import BASIC, component, facts
from payroll.engine.window import Window
from peoplesync.kernel.dates import counted_window, days_between, month_bounds

AMOUNTS = st.decimals(min_value=0, max_value=10**15, places=2, allow_nan=False, allow_infinity=False)
SALARIES = st.decimals(min_value=Decimal("0.01"), max_value=10**15, places=2, allow_nan=False, allow_infinity=False)
FORMULAS = st.sampled_from(
    [
        "salary / 173 * minutes",
        "basic * 0.07",
        "gross * 0.01",
        "min(gross, 1000000) / 3",
        "round(basic / 7, 100)",
        "1 / minutes",
    ]
)
MINUTES = st.integers(0, 5000).map(Decimal)
UNPAID = st.sampled_from([Decimal(0), Decimal("1.5")])
UNITS = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(100)])

UNPAID_LEAVE = component("Unpaid leave", "deduction", code="unpaid")


@st.composite
def rates_of(draw: st.DrawFn, first: date, last: date) -> list[PayRate]:
    """A salary in force for ever, changed on up to three days of the month."""
    changes = sorted(draw(st.sets(st.dates(first, last), max_size=3)) - {first})
    starts = [date(2000, 1, 1), *changes]
    ends = [*(day - timedelta(days=1) for day in changes), None]
    return [
        PayRate(id=f"r{n}", amount=draw(SALARIES), valid_from=since, valid_to=until)
        for n, (since, until) in enumerate(zip(starts, ends, strict=True))
    ]


@st.composite
def extras(draw: st.DrawFn, n: int) -> Component:
    return Component(
        id=f"c{n}",
        name=draw(st.sampled_from(["Meal", "Transport", "Phone"])),
        type=draw(st.sampled_from(ComponentType)),
        default_amount=draw(AMOUNTS),
        code=draw(st.sampled_from(["", f"code{n}"])),
        is_prorated=draw(st.booleans()),
    )


@st.composite
def assigned(draw: st.DrawFn, to: Component, first: date, last: date) -> Assignment:
    what = {"formula": draw(FORMULAS)} if draw(st.booleans()) else {"amount": draw(AMOUNTS)}
    return Assignment(id=f"a-{to.id}", component_id=to.id, valid_from=draw(st.dates(first, last)), **what)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return Policy(
        proration=draw(st.sampled_from(Proration)),
        late_joiner=draw(st.sampled_from(LateJoiner)),
        unpaid_days=draw(st.sampled_from(UnpaidDays)),
        rounding_unit=draw(UNITS),
    )


@st.composite
def employees(draw: st.DrawFn) -> Inputs:
    year, month = draw(st.integers(2024, 2030)), draw(st.integers(1, 12))
    first, last = month_bounds(year, month)
    earlier = first - timedelta(days=50)
    more = [draw(extras(n)) for n in range(draw(st.integers(0, 5)))]
    assignments = [draw(assigned(component, earlier, last)) for component in more if draw(st.booleans())]
    return Inputs(
        employee_id="e",
        year=year,
        month=month,
        counted=Window(*counted_window(year, month, draw(st.integers(1, 31)))),
        employed_from=draw(st.dates(earlier, last)),
        employed_to=draw(st.one_of(st.none(), st.dates(last, last + timedelta(days=9)))),
        rates=tuple(draw(st.permutations(draw(rates_of(first, last))))),
        components=tuple(draw(st.permutations([BASIC, UNPAID_LEAVE, *more]))),
        assignments=tuple(draw(st.permutations(assignments))),
        counters=counters({"minutes": draw(MINUTES), "unpaid_days": draw(UNPAID)}),
        work_days=tuple(day for day in days_between(earlier, last) if day.weekday() < 6),
        policy=draw(policies()),
    )


@settings(deadline=None)
@given(employees())
def test_totals_are_the_sums_of_positive_lines_in_whole_units(inputs: Inputs) -> None:
    result = compute(inputs)
    unit = inputs.policy.rounding_unit
    with localcontext(prec=60):
        assert all(line.amount > 0 and line.amount % unit == 0 for line in result.lines)
        earned = sum(line.amount for line in result.lines if line.kind is LineKind.EARNING)
        deducted = sum(line.amount for line in result.lines if line.kind is LineKind.DEDUCTION)
        assert (result.gross, result.deductions, result.net) == (earned, deducted, earned - deducted)
    assert result.is_refused or result.net >= 0
    assert len({line.component_id for line in result.lines}) == len(result.lines)


@settings(deadline=None)
@given(employees(), st.randoms(use_true_random=False))
def test_order_and_spelling_of_facts_have_no_influence(inputs: Inputs, random) -> None:
    def shuffled(rows: tuple) -> tuple:
        return tuple(random.sample(rows, len(rows)))

    respelled = tuple(replace(row, amount=row.amount.quantize(Decimal("0.00000"))) for row in inputs.rates)
    other = replace(
        inputs,
        rates=shuffled(respelled),
        components=shuffled(inputs.components),
        assignments=shuffled(inputs.assignments),
        counters=shuffled(inputs.counters),
        work_days=shuffled(inputs.work_days),
    )
    assert other.fingerprint() == inputs.fingerprint()
    first, second = compute(inputs), compute(other)
    assert first == second
    assert first.to_json() == second.to_json()


@settings(deadline=None)
@given(employees())
def test_a_stored_snapshot_recomputes_identically(inputs: Inputs) -> None:
    result = compute(inputs)
    stored = inputs_module.from_json(inputs.to_json())
    assert stored == inputs
    assert stored.fingerprint() == inputs.fingerprint() == result.inputs_fingerprint
    assert compute(stored).fingerprint() == result.fingerprint()
    assert result_module.from_json(result.to_json()) == result


@settings(deadline=None)
@given(employees())
def test_the_callers_decimal_settings_have_no_influence(inputs: Inputs) -> None:
    expected = compute(inputs)
    with localcontext(prec=5):
        assert compute(inputs).to_json() == expected.to_json()
    assert getcontext().prec == 28


@settings(deadline=None)
@given(st.data(), SALARIES, UNITS)
def test_any_cut_of_a_month_adds_back_to_the_salary(data: st.DataObject, salary: Decimal, unit: Decimal) -> None:
    first, last = month_bounds(data.draw(st.integers(2024, 2030)), data.draw(st.integers(1, 12)))
    cuts = sorted(data.draw(st.sets(st.dates(first, last), max_size=6)) | {first})
    ends = [day - timedelta(days=1) for day in cuts[1:]] + [last]
    segments = [Segment(Window(a, b), salary, "pay_rate:r") for a, b in zip(cuts, ends, strict=True)]
    parts = prorate(segments, Measure(Proration.CALENDAR_DAYS, frozenset()), unit)
    whole = sum(part.amount for part in parts)
    assert abs(whole - salary) * 2 <= unit
    assert all(part.amount % unit == 0 and part.amount >= 0 for part in parts)
    assert sum(part.units for part in parts) == (last - first).days + 1


def test_the_order_of_a_mapping_of_counters_has_no_influence() -> None:
    one, two = Decimal(1), Decimal(2)
    forward = facts(counters=counters({"meal_days": one, "unpaid_days": two}))
    backward = facts(counters=counters({"unpaid_days": two, "meal_days": one}))
    assert forward.to_json() == backward.to_json()


def test_every_process_computes_the_same_bytes() -> None:
    script = (
        "from payroll.engine.compute import compute\n"
        "from payroll.engine.tests.cast import BASIC, assign, component, facts\n"
        "extra = tuple(component(f'Extra {n}', default=n, code=f'x{n}') for n in range(9))\n"
        "formulas = tuple(assign(e, f'basic / (7 + x{(n + 1) % 9} * 0) + nothing') for n, e in enumerate(extra[:8]))\n"
        "print(compute(facts(components=(BASIC, *extra), assignments=formulas)).fingerprint())\n"
        "print(compute(facts(components=(BASIC, *extra))).fingerprint())\n"
    )
    seen = set()
    for seed in ("0", "1", "2"):
        shown = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        seen.add(shown.stdout)
    assert len(seen) == 1
