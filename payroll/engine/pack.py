"""PURE. What the engine asks of a country pack. Packs themselves live in `payroll/packs`."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from payroll.engine.inputs import Inputs
from payroll.engine.result import Finding, Line


class Pack(Protocol):
    """A country's rules. `version` changes whenever the same inputs would give other lines."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def warnings(self, inputs: Inputs) -> tuple[Finding, ...]:
        """Gaps in the facts that do not stop this person's pay."""
        ...

    def errors(self, inputs: Inputs) -> tuple[Finding, ...]:
        """Gaps in the facts that refuse this person's pay."""
        ...

    def lines(self, inputs: Inputs, lines: tuple[Line, ...], gross: Decimal) -> tuple[Line, ...]:
        """The lines the law adds to those computed so far. Raises Invalid when it cannot be applied."""
        ...
