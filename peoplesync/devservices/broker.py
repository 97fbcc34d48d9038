"""A private Valkey (Redis-compatible): message broker, cache and throttle counters of the embedded set."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

from peoplesync.devservices import processes
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Keys, Server
from peoplesync.devservices.place import Place
from peoplesync.devservices.postgres import free_port

STARTS = 3
STOPPING = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


def start(place: Place, keys: Keys, *, durable: bool) -> Server:
    """Start it on a free port of 127.0.0.1; durable means queued work survives a stop."""
    program = place.broker_program()
    room = place.folder / "valkey"
    place.account.make_folder(room)
    _clear_leftover(room, keys)
    for _ in range(STARTS):
        port = free_port()
        told = place.account.run([program, "-"], stdin=_settings(room, keys, port=port, durable=durable))
        if told.returncode == 0 and processes.wait_until(lambda: _answers(port, keys), seconds=10):  # noqa: B023 - called before the next turn
            return Server(port, processes.known(int((room / "pid").read_text())))
    raise LauncherError(f"Valkey did not start: {told.stdout}{told.stderr}\nSee {room}/log.")


def stop(server: Server) -> None:
    """Stop it; it writes what is queued first when it is durable."""
    if not processes.stop(server.process, STOPPING):
        raise LauncherError(f"Valkey (process {server.process.pid}) does not stop, not even when killed.")


def _settings(room: Path, keys: Keys, *, port: int, durable: bool) -> str:
    """Given on standard input: on the command line everybody could read the password."""
    return "\n".join(
        (
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {keys.broker_password}",
            f'dir "{room}"',
            f'pidfile "{room}/pid"',
            f'logfile "{room}/log"',
            "daemonize yes",
            'save ""',
            f"appendonly {'yes' if durable else 'no'}",
            "",
        )
    )


def _answers(port: int, keys: Keys) -> bool:
    """It is up once it answers PING: before that it may still be reading its file."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(f"AUTH {keys.broker_password}\r\nPING\r\n".encode())
            answer = b""
            while not answer.endswith((b"+PONG\r\n", b"-")) and (part := line.recv(256)):
                answer += part
            return b"+PONG" in answer
    except OSError:
        return False


def _clear_leftover(room: Path, keys: Keys) -> None:
    """A server nobody wrote down (its starter was killed) is stopped before another writes the same files.

    Valkey shows its address in its command line; whoever knows our password there is ours, and no stranger is touched.
    """
    path = room / "pid"
    if not path.exists():
        return
    leftover = processes.known(int(path.read_text() or 0))
    address = re.search(r"127\.0\.0\.1:(\d+)", processes.command_line(leftover.pid))
    if address and _answers(int(address[1]), keys):
        processes.stop(leftover, STOPPING)
    path.unlink(missing_ok=True)
