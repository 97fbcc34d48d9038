"""PURE. Every country pack by its name. A new pack is one line here."""

from __future__ import annotations

from payroll.engine.pack import Pack
from payroll.packs.none import NONE
from peoplesync.kernel.errors import Invalid

PACKS: dict[str, Pack] = {NONE.name: NONE}


def pack(name: str) -> Pack:
    """The pack with a name. Raises Invalid when there is none."""
    if name not in PACKS:
        raise Invalid(
            f'There is no payroll pack "{name}". Choose one of: {", ".join(sorted(PACKS))}.', code="unknown_pack"
        )
    return PACKS[name]
