"""How a lower app lets an upper one take part: a typed list of functions, called in the caller's transaction.

The lower app declares `left_on: Hook[[UUID], None] = Hook("hr.left_on")`; the upper registers in its `AppConfig.ready`.
Nothing may be registered by import alone, and a hook never returns anything the caller relies on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Hook(Generic[P]):
    """A named hook point. Functions run in the order they were registered; an error stops the act."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: list[Callable[P, None]] = []

    def register(self, function: Callable[P, None]) -> Callable[P, None]:
        """Add `function` once; registering it again changes nothing (an app may be made ready twice in tests)."""
        if function not in self._functions:
            self._functions.append(function)
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self._functions:
            function(*args, **kwargs)
