"""Talking to the broker while somebody waits: half a second a step, and no second try.

A pooled connection would wait for a silent broker for ever, and a request or a command with it.
"""

from __future__ import annotations

from typing import Any

from celery import current_app

_BOUNDED = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0}


def connection() -> Any:
    """A connection of its own, to be used in a `with`. Raises kombu's OperationalError when the broker does not answer."""
    return current_app.connection_for_write(transport_options=_BOUNDED)
