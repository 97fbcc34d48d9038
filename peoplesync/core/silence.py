"""A database that has stopped answering without hanging up: frozen, swapped out, behind a network that eats packets.

The server's own limits on statements do not help then, for nobody is there to keep them, and the kernel still takes what is
sent. So whoever waits looks up now and then: does the server still greet a new connection? A long statement on a
server that does is waited for; on one that does not, the wait ends as an error, which the doors answer with 503.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout, _WaitTimeout

#: Seconds of silence before the server is looked at, and those it has for a greeting.
PATIENCE, GREETING = 3.0, 2


def look_up(sender: Any, connection: Any, **_: Any) -> None:
    """Called with each new connection of Django's."""
    connection.connection.wait = partial(_wait, connection.connection)


def _wait(
    connection: psycopg.Connection[Any], statement: Any, interval: float = 0.1, timeout: float | None = None
) -> Any:
    """In place of the driver's own wait; a caller with a limit of her own keeps it."""
    while True:
        try:
            return psycopg.Connection.wait(connection, statement, interval, PATIENCE if timeout is None else timeout)
        except _WaitTimeout:
            if timeout is not None:
                raise
            if not _greets(connection):
                connection.close()
                raise psycopg.OperationalError("the database server does not answer any more") from None


def _greets(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server says anything at all to somebody new, be it that it is full."""
    of = connection.info
    try:
        psycopg.connect(of.dsn, password=of.password, connect_timeout=GREETING).close()
    except ConnectionTimeout:
        return False
    except psycopg.OperationalError:
        return True
    return True
