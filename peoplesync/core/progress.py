"""A progress bar for long commands: drawn where a terminal is, silent where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from django.core.management.base import OutputWrapper

_WIDTH = 30
_PAUSE = 0.1

#: Called with how much more has been done since the last call.
Advance = Callable[[int], None]
#: `bar("people", total=100_000)` as a context that gives the function to call with what was done.
Bars = Callable[[str, int], AbstractContextManager[Advance]]


def line(label: str, done: int, total: int) -> str:
    """The bar as text.

    >>> line("people", 5, 10)
    'people [===============               ]  50 % (5/10)'
    """
    share = min(1.0, done / total) if total else 1.0
    return f"{label} [{'=' * round(share * _WIDTH):<{_WIDTH}}] {share * 100:3.0f} % ({done:,}/{total:,})"


@contextmanager
def bar(label: str, total: int, *, stream: Any) -> Iterator[Advance]:
    """Show how far work of `total` parts has come, at most ten times a second: `with bar(...) as advance`.

    `stream` is a command's `self.stderr` or any text stream.
    """
    if not stream.isatty():
        yield lambda count: None
        return
    shown = _Shown(label, total, stream)
    try:
        yield shown.advance
        shown.done = max(shown.done, total)
    finally:
        shown.draw()
        shown.write("\n")
        stream.flush()


class _Shown:
    def __init__(self, label: str, total: int, stream: Any) -> None:
        self.label, self.total, self.stream = label, total, stream
        # A command's own stream ends every write with a new line unless it is told not to.
        self.write = partial(stream.write, ending="") if isinstance(stream, OutputWrapper) else stream.write
        self.done = 0
        self._drawn_at = 0.0

    def advance(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self._drawn_at >= _PAUSE:
            self.draw()

    def draw(self) -> None:
        self._drawn_at = time.monotonic()
        self.write(f"\r{line(self.label, self.done, self.total)}")
        self.stream.flush()
