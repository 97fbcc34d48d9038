"""`?include=`: named expanders that add a key to every row of a page with a constant number of statements.

An app registers expanders for its own resources, and an upper app for a lower one's (`latest_payroll` on employees).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Expander = Callable[[Sequence[Any], Any], Mapping[Any, Any]]
_expanders: dict[str, dict[str, Expander]] = {}


def register(resource: str, name: str, expander: Expander) -> None:
    """`expander(rows, user)` returns primary key -> JSON value; a missing key is shown as null."""
    _expanders.setdefault(resource, {})[name] = expander


def names(resource: str) -> list[str]:
    """What `include` understands for a resource, for the schema."""
    return sorted(_expanders.get(resource, {}))


def expand(resource: str, asked: str | None, rows: Sequence[Any], data: Sequence[dict[str, Any]], user: Any) -> None:
    """Add the asked keys to `data` in place. Unknown names are ignored, as the contract says."""
    known = _expanders.get(resource, {})
    for name in dict.fromkeys((asked or "")[:500].split(",")):
        expander = known.get(name.strip())
        if expander is None:
            continue
        found = expander(rows, user)
        for row, shown in zip(rows, data, strict=True):
            shown[name.strip()] = found.get(row.pk)
