"""PURE. The pack of an organisation without a country: no statutory lines, gaps in the facts only warn."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.inputs import Inputs
from payroll.engine.result import Finding, Line


class NonePack:
    """Adds nothing."""

    name = "none"
    version = "1"

    def warnings(self, inputs: Inputs) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                code="missing_fact",
                message=f"{fact.replace('_', ' ').capitalize()} is not known. Enter it before paying.",
                subject=fact,
            )
            for fact in inputs.missing_facts
        )

    def errors(self, inputs: Inputs) -> tuple[Finding, ...]:
        return ()

    def lines(self, inputs: Inputs, lines: tuple[Line, ...], gross: Decimal) -> tuple[Line, ...]:
        return ()


NONE = NonePack()
