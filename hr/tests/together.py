"""Runs the same act in several threads at one moment, each on its own database connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from peoplesync.kernel.errors import PeopleSyncError


def together(*acts: Callable[[], Any]) -> list[Any]:
    """The results of `acts`, begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def tried(act: Callable[[], Any]) -> Callable[[], Any]:
    """An act whose refusal is its result."""

    def run() -> Any:
        try:
            return act()
        except PeopleSyncError as refusal:
            return refusal

    return run
