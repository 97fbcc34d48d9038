"""The processes of `make run`: each in a group of its own, all of them stopped together in bounded time."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from peoplesync.devservices import processes, signals
from peoplesync.devservices.home import PROJECT

#: Longer than the web's graceful stop; a task that takes longer is taken up again at the next start.
GRACE_SECONDS = 12.0
PARENT_DIED = 1  # PR_SET_PDEATHSIG of Linux


class Children:
    """Started by name; leaving the block stops every one of them and whatever they started.

    `leaned_on` are servers that are not our children but without which nothing here makes sense.
    """

    def __init__(self, leaned_on: Mapping[str, processes.Process]) -> None:
        self._leaned_on = leaned_on
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_reason: object) -> None:
        with signals.undisturbed():
            self._stop_all()

    def start(
        self, name: str, command: Sequence[str], surroundings: Mapping[str, str], *, keeps: int | None = None
    ) -> None:
        """Start a child that inherits at most the one descriptor `keeps`, and that ends should we be killed."""
        self._running[name] = subprocess.Popen(
            command,
            env=dict(surroundings),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=() if keeps is None else (keeps,),
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def a_death(self) -> str:
        """A sentence about a child, or a server it leans on, that has ended; empty while all live."""
        for name, child in self._running.items():
            if child.poll() is not None:
                return f"The {name} process ended by itself (status {child.returncode}); its messages are above."
        for name, server in self._leaned_on.items():
            if not server.is_alive:
                return f"The embedded {name} server ended by itself; its log lies in PEOPLESYNC_HOME."
        return ""

    def wait_for_a_death(self) -> str:
        while not (dead := self.a_death()):
            time.sleep(0.25)
        return dead

    def _stop_all(self) -> None:
        """Ask the leaders only: a pool's processes must be let go by their leader, or their tasks are lost."""
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        processes.wait_until(self._have_all_ended, seconds=GRACE_SECONDS)
        for child in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _have_all_ended(self) -> bool:
        return all(child.poll() is not None for child in self._running.values())


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGTERM)
