"""A posted month that other rules computed: what changed since cannot be told as an amount, and is named all the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from payroll.engine import checks, inputs
from payroll.packs.registry import PACKS
from payroll.selectors import retro
from payroll.services import rates
from payroll.tests import builders
from payroll.tests.test_retro import december, point, posted

pytestmark = pytest.mark.django_db


def other_engine(monkeypatch):
    for module in (checks, inputs, retro):
        monkeypatch.setattr(module, "RULE_VERSION", "2")


def other_pack(monkeypatch):
    pack = PACKS["none"]
    acts = {name: getattr(pack, name) for name in ("warnings", "errors", "lines")}
    monkeypatch.setitem(PACKS, "none", SimpleNamespace(name="none", version="2", **acts))


@pytest.mark.parametrize("release", [other_engine, other_pack])
def test_a_change_in_a_month_that_other_rules_computed_is_named_without_an_amount(
    cast, client_of, monkeypatch, release
):
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
    posted(cast, month=10)
    posted(cast)
    release(monkeypatch)
    builders.component("Meals")  # is new since, and concerns nobody
    run = december(cast)
    assert point(run) is None
    values = {"amount": Decimal(13_000_000), "valid_from": date(2025, 11, 16), "allow_retro": True}
    rates.set_from(employee_id=cast.employee.employee_id, **values, by=cast.hr, at=timezone.now())
    assert [(one.month, one.difference, one.is_unknown) for one in retro.of_run(run)] == [(11, None, True)]
    found = point(run)
    assert f"{cast.employee.employee} in 2025-11 (difference unknown, computed by other rules)" in found.message
    assert "work the difference out by hand" in found.message and found.is_blocking
    answer = client_of(cast.payroll).get(f"/api/v1/payroll_runs/{run.pk}/readiness").json()
    assert found.message in str(answer)
    rates.set_from(
        employee_id=cast.employee.employee_id, **values | {"amount": Decimal(9)}, by=cast.hr, at=timezone.now()
    )
    assert point(run).about != found.about
