"""The formula language: what it works out, what it refuses and how it says so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.engine.arithmetic import exact
from payroll.engine.formula import MAX_DEPTH, MAX_LENGTH, FormulaError, parse

VALUES = {"basic": Decimal("10000000.00"), "gross": Decimal(12_000_000), "days": Decimal(0), "minus": Decimal(-3)}


def value(text: str) -> Decimal:
    with exact():
        return parse(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("0.1 + 0.2", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("24 / 4 / 2", "3"),
        ("-2 * -3", "6"),
        ("--2", "2"),
        ("2 - -2", "4"),
        ("-(2 + 3)", "-5"),
        ("basic*0.05", "500000"),
        ("min(basic, 8000000) * 0.01", "80000"),
        ("max(1, 2, 3)", "3"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1234, 100)", "1200"),
        ("round(1250, 100)", "1300"),
        ("  basic\n /\t 10 ", "1000000"),
        ("gross / max(1, days)", "12000000"),
        ("minus * 2", "-6"),
    ],
)
def test_arithmetic(text: str, expected: str) -> None:
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("1 +", "missing"),
        ("* 2", "missing"),
        ("(1", '")" is missing'),
        ("1)", "not expected"),
        ("1 2", "not expected"),
        ("basic gross", "not expected"),
        ("min(1)", "min takes"),
        ("round(1, 2, 3)", "round takes"),
        ("min", '"(" is missing'),
        ("min()", "missing"),
        ("2 ** 3", "missing"),
        ("2 ^ 3", "cannot be read"),
        ("1e9", "not expected"),
        (".5", "cannot be read"),
        ("1_000", "not expected"),
        ("basic.real", "cannot be read"),
        ("'basic'", "cannot be read"),
        ("__import__(os)", "not expected"),
        ("lambda: 1", "cannot be read"),
        ("salaris", "nothing is called salaris"),
        ("１", "cannot be read"),
        ("basic / days", "divides by zero"),
        ("0 / 0", "divides by zero"),
        ("round(1, 0)", "divides by zero"),
        ("9" * 31, "longer than"),
        ("*".join(["9" * 30] * 4), "too large"),
        ("round(9999999999, 0.0000000000000000000000000001) * 1", None),
        ("(" * (MAX_DEPTH + 2) + "1" + ")" * (MAX_DEPTH + 2), "nested deeper"),
        ("-" * (MAX_DEPTH + 2) + "1", "nested deeper"),
        ("1+" * MAX_LENGTH + "1", "characters"),
    ],
)
def test_what_it_refuses_names_the_formula(text: str, part: str | None) -> None:
    if part is None:
        assert value(text) == 9_999_999_999
        return
    with pytest.raises(FormulaError) as refused:
        value(text)
    assert part in refused.value.message
    assert refused.value.message.startswith('Formula "')
    assert refused.value.code == "formula"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("min(gross * 0.01, 100000)", "min(12000000 * 0.01, 100000)"),
        ("basic - (gross - 1)", "10000000 - (12000000 - 1)"),
        ("(basic - gross) - 1", "10000000 - 12000000 - 1"),
        ("(basic + 1) * 2", "(10000000 + 1) * 2"),
        ("2 * minus", "2 * (-3)"),
        ("-basic + 1", "(-10000000) + 1"),
        ("12 / (3 / basic)", "12 / (3 / 10000000)"),
    ],
)
def test_it_shows_itself_with_values_in_place_of_names(text: str, shown: str) -> None:
    assert parse(text).with_values(VALUES) == shown


def test_it_names_what_it_needs() -> None:
    assert parse("min(a, b_2) + max(c, 1) - a").names == {"a", "b_2", "c"}


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("0123456789.+-*/(), abmx", max_size=60),
    st.lists(
        st.sampled_from(["basic", "gross", "days", "1", "0", "0.5", "+", "-", "*", "/", "(", ")", ",", "min", "round"]),
        max_size=40,
    ).map(" ".join),
)


@settings(deadline=None)
@given(TEXTS)
def test_any_text_gives_a_number_or_its_own_error(text: str) -> None:
    try:
        result = value(text)
    except FormulaError:
        return
    assert result.is_finite()


SMALL = st.integers(0, 999).map(str)
EXPRESSIONS = st.recursive(
    st.one_of(SMALL, st.sampled_from(sorted(VALUES))),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(EXPRESSIONS)
def test_the_shown_values_work_out_to_the_same_figure(text: str) -> None:
    try:
        with exact():
            expected = parse(text).evaluate(VALUES)
            shown = parse(text).with_values(VALUES)
            assert parse(shown).evaluate({}) == expected
    except FormulaError:
        return


def test_the_longest_chain_of_operators_is_worked_out() -> None:
    assert value("+".join("1" * 250)) == 250
    assert value("*".join("1" * 250)) == 1
