"""Processes by id: is it still the one we started, and how it is stopped in bounded time.

A bare process id is not enough: after a restart of the machine the number belongs to somebody else, so every id is kept
together with its `identity` and a process whose identity differs is never signalled.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux


@dataclass(frozen=True)
class Process:
    """A process as it was when it was written down."""

    pid: int
    identity: str

    @property
    def is_alive(self) -> bool:
        return bool(self.identity) and identity(self.pid) == self.identity


def known(pid: int) -> Process:
    """Write down the process `pid` as it is now."""
    return Process(pid, identity(pid))


def identity(pid: int) -> str:
    """A word that no other process has, before or after a restart; empty when the process is dead or a zombie."""
    _reap(pid)
    if not Path("/proc/self/stat").exists():
        return _ask_ps(pid, "lstart=")
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    state, started = fields[0], fields[19]
    return "" if state in "ZX" else f"{_boot()}/{started}"


def command_line(pid: int) -> str:
    """The command of a running process, for telling a leftover server of ours from a stranger with the same id."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "" if sys.platform == "linux" else _ask_ps(pid, "command=")


def adopt_orphans() -> None:
    """Become the parent of servers whose starter has gone, so their end is seen even where process 1 buries nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1)


def stop(process: Process, steps: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """Send each signal in turn and wait its seconds; True once the process is gone."""
    for sent, seconds in steps:
        if not process.is_alive:
            return True
        with suppress(ProcessLookupError):
            os.kill(process.pid, sent)
        wait_until(lambda: not process.is_alive, seconds=seconds)
    return not process.is_alive


def wait_until(happened: Callable[[], bool], *, seconds: float) -> bool:
    """Look every 20 ms until it has happened or the time is over; says which."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() >= end:
            return False
        time.sleep(0.02)
    return True


def _reap(pid: int) -> None:
    """A dead child of ours stays a zombie until it is waited for; a process that is not our child is left alone."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


@cache
def _boot() -> str:
    """Start times count from the start of the machine, so the start itself belongs to the identity."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


def _ask_ps(pid: int, column: str) -> str:
    answer = subprocess.run(["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607 - macOS keeps ps in /bin, Linux in /usr/bin
    return answer.stdout.strip()
