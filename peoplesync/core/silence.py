"""A database that has stopped answering without hanging up: frozen, swapped out, behind a network that eats packets.

The server's own limits on statements do not help then, for nobody is there to keep them, and the kernel still takes what is
sent. So whoever waits looks up now and then: does the server still greet a new connection? A long statement on a
server that does is waited for; on one that does not, twice in a row, the wait ends as an error, which the doors answer
with 503. A single connection that died while the server lives is found by TCP's own probes (`env.database`).
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from psycopg.waiting import READY_NONE

#: Seconds of waiting before the server is looked at, for the first time and at the most: each greeting doubles them.
PATIENCE, LONGEST_PATIENCE = 3.0, 60.0
#: Seconds the server has for a greeting, before the second look after a missed one, and how many it may miss.
GREETING, SECOND_LOOK, MISSES = 2, 1.0, 2


def look_up(sender: Any, connection: Any, **_: Any) -> None:
    """Called with each new connection of Django's."""
    connection.connection.wait = partial(_wait, connection.connection)


def _wait(
    connection: psycopg.Connection[Any], statement: Any, interval: float = 0.1, timeout: float | None = None
) -> Any:
    """In place of the driver's own wait; a caller with a limit of her own keeps it."""
    if timeout is not None:
        return psycopg.Connection.wait(connection, statement, interval, timeout)
    going_on, patience, missed = _resumable(statement), PATIENCE, 0
    while True:
        try:
            return psycopg.Connection.wait(connection, going_on, interval, SECOND_LOOK if missed else patience)
        except _WaitTimeout:
            if _greets(connection):
                patience, missed = min(patience * 2, LONGEST_PATIENCE), 0
                continue
        missed += 1
        if missed == MISSES:
            connection.close()
            raise psycopg.OperationalError("the database server does not answer any more")


def _resumable(statement: Any) -> Generator[Any, Any, Any]:
    """A statement that may be waited for again: the driver begins every wait with nothing, which says nothing of the wire."""
    try:
        wanted = next(statement)
        while True:
            ready = yield wanted
            wanted = statement.send(READY_NONE if ready is None else ready)
    except StopIteration as ended:
        return ended.value


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
