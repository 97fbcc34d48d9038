"""What the launcher says when it cannot go on: one sentence a person can act on, never a traceback."""

from __future__ import annotations


class LauncherError(Exception):
    """The start was refused. The message says what happened and what to do next."""
