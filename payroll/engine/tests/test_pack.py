"""What a country pack may do: see the gross, add lines of three kinds, refuse one employee."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from payroll.engine.compute import compute
from payroll.engine.inputs import Inputs
from payroll.engine.result import Finding, Line, LineKind, Reason
from payroll.engine.tests.cast import codes, facts
from payroll.packs import registry
from peoplesync.kernel.errors import Invalid


@dataclass(frozen=True)
class Atlantis:
    """Takes a tenth of the gross as tax, adds a bonus for using it and an employer contribution."""

    name = "atlantis"
    version = "7"

    def warnings(self, inputs: Inputs) -> tuple[Finding, ...]:
        return ()

    def errors(self, inputs: Inputs) -> tuple[Finding, ...]:
        return tuple(Finding(code="missing_fact", message="", subject=fact) for fact in inputs.missing_facts)

    def lines(self, inputs: Inputs, lines: tuple[Line, ...], gross: Decimal) -> tuple[Line, ...]:
        if inputs.month == 12:
            raise Invalid("Atlantis has no law for December. Add it.", code="no_law")

        def line(kind: LineKind, amount: Decimal) -> Line:
            reason = Reason(rule="atlantis", basis=gross, formula="", with_values="")
            return Line(component_id=f"{kind}-id", name=kind.title(), kind=kind, amount=amount, note="", reason=reason)

        return (
            line(LineKind.EMPLOYER, Decimal(400)),
            line(LineKind.DEDUCTION, gross / 10),
            line(LineKind.EARNING, Decimal(50)),
        )


@pytest.fixture(autouse=True)
def _atlantis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.PACKS, "atlantis", Atlantis())


def test_its_lines_join_the_totals_of_their_kind() -> None:
    result = compute(facts(pack="atlantis"))
    assert [line.kind for line in result.lines] == ["earning", "earning", "deduction", "employer"]
    assert (result.gross, result.deductions, result.net, result.employer_cost) == (
        10_000_050,
        1_000_000,
        9_000_050,
        400,
    )
    assert result.pack_version == "7"


def test_it_refuses_what_the_neutral_rules_only_warn_about() -> None:
    result = compute(facts(pack="atlantis", missing_facts=("tax_status",)))
    assert [(finding.code, finding.subject) for finding in result.errors] == [("missing_fact", "tax_status")]


def test_a_gap_in_its_law_refuses_the_employee_instead_of_stopping_the_run() -> None:
    inputs = facts(pack="atlantis")
    assert codes(compute(replace(inputs, month=12)).errors) == ["no_law"]
    assert compute(inputs).is_payable
