"""Inputs are proof: stored once, read back the same, and a field added later changes no old fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from payroll.engine import canonical
from payroll.engine.inputs import from_json
from payroll.engine.policy import Policy
from payroll.engine.tests.cast import component, facts, rate
from payroll.engine.window import Window
from peoplesync.kernel.errors import Invalid


def test_the_canonical_form_is_pinned() -> None:
    """Posted payrolls are proved by it: when this fails, old fingerprints no longer hold."""
    inputs = facts(rates=(rate("10,000,000.50"),), components=(component("Meal", code="meal"),))
    assert inputs.to_json() == (
        '{"components":[{"code":"meal","default_amount":"0","id":"Meal-id","name":"Meal","type":"fixed"}],'
        '"counted":{"ends_on":"2026-11-25","starts_on":"2026-10-26"},"employed_from":"2020-01-01",'
        '"employee_id":"employee-1","kind":"regular","month":11,"pack":"none",'
        '"policy":{"late_joiner":"arrears_next_month","proration":"calendar_days","rounding_unit":"1",'
        '"unpaid_days":"reduce_lines"},'
        '"rates":[{"amount":"10000000.5","id":"rate-2020-01-01","valid_from":"2020-01-01"}],'
        '"rule_version":"1","year":2026}'
    )


@pytest.mark.parametrize(
    "changed", [{"employed_to": date(2026, 11, 30)}, {"rates": (rate("10,000,000.01"),)}, {"month": 12}]
)
def test_any_other_fact_is_another_fingerprint(changed: dict) -> None:
    assert facts(**changed).fingerprint() != facts().fingerprint()


def test_an_amount_of_zero_is_not_the_same_as_no_amount() -> None:
    written = json.loads(canonical.text(rate(0)))
    assert written["amount"] == "0"


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", "null", '{"year": 2026}', '{"unknown": 1}'],
)
def test_text_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="canonical JSON of Inputs"):
        from_json(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "2026"),
        ("kind", "unheard_of"),
        ("employed_from", "2026-02-30"),
        ("employee_id", 7),
        ("rates", [{"id": "x"}]),
    ],
)
def test_a_field_of_another_type_is_refused(field: str, value: object) -> None:
    data = json.loads(facts().to_json()) | {field: value}
    with pytest.raises(ValueError, match=r".+"):
        from_json(json.dumps(data))


def test_a_float_is_refused_wherever_it_hides() -> None:
    with pytest.raises(TypeError, match="float"):
        facts(rates=(rate().__class__(id="r", amount=0.1, valid_from=date(2026, 1, 1)),))


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_that_does_not_exist_is_refused(month: int) -> None:
    with pytest.raises(Invalid):
        replace(facts(), month=month)


@pytest.mark.parametrize("unit", ["0", "-1", "0.005", "0.011", "1000000.01", "NaN", "Infinity"])
def test_a_rounding_unit_the_database_cannot_hold_is_refused(unit: str) -> None:
    with pytest.raises(Invalid):
        Policy(rounding_unit=Decimal(unit))


def test_a_window_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(Invalid):
        Window(date(2026, 1, 2), date(2026, 1, 1))
