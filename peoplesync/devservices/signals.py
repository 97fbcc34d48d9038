"""Being asked to end: every `finally` runs, and starting or stopping a server is never cut in half."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGTERM, signal.SIGHUP)


def leave_by_the_door() -> None:
    """From now on SIGTERM and a closed terminal end this process the way an exception does, clean-up included."""
    for number in ENDING:
        signal.signal(number, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would begin deaf to it


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold signals back until the block is done, then deliver them.

    Not the signal mask: children would inherit it, and a server born deaf to SIGTERM could only be killed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    former = {
        number: signal.signal(number, lambda sent, _frame: held.append(sent)) for number in (*ENDING, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        if held:
            os.kill(os.getpid(), held[0])


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
