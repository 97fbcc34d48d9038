"""Invariants an operator can have checked: each app registers its own, `manage.py doctor` runs them all.

A check reads only. It returns what it found; finding nothing wrong is an empty list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, and what to do about it. A problem makes the command fail, a remark does not."""

    what: str
    do: str
    is_problem: bool = True


Check = Callable[[datetime], list[Finding]]
_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check under the words an operator reads, for example `leave balances`."""
    _checks[name] = check


def checks() -> dict[str, Check]:
    """Every registered check by name, in the order the apps were loaded."""
    return dict(_checks)
