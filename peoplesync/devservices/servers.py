"""The embedded servers as one thing that is used: started by the first user, stopped by the last.

Whoever crashes is no longer counted, because the kernel lets go of its lock; a small keeper process notices when the
last user went that way and stops the servers in its stead.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from peoplesync.devservices import account, broker, place, postgres, processes, signals
from peoplesync.devservices.home import PROJECT, Home, Keys, Server

KEEPER_STOPPING = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))
KEEPER_SECONDS = 2.0
MODULES = {"postgres": postgres, "valkey": broker}


@contextmanager
def used(home: Home, names: frozenset[str], *, durable: bool = True) -> Iterator[dict[str, Server]]:
    """Have the named servers of this home running for the time of the block."""
    home.make()
    with signals.undisturbed(), home.gate():
        running = _started(home, names, durable=durable)
        counted = home.join()
    try:
        yield running
    finally:
        with signals.undisturbed(), home.gate():
            os.close(counted)
            if not home.has_users():
                stop_all(home)


def stop_all(home: Home) -> None:
    """Stop what runs in this home. Call inside the gate, and only when nobody is counted."""
    running = home.servers()
    if keeper := running.get("keeper"):
        processes.stop(keeper.process, KEEPER_STOPPING)
    _stop(running)
    home.write_servers({})


def _stop(running: Mapping[str, Server]) -> None:
    for name, module in MODULES.items():
        if name in running:
            module.stop(running[name])


def keep(home: Home, *, is_volatile: bool) -> None:
    """The keeper's life: look every two seconds whether anybody is left; if not, stop everything and go.

    Also when the home was deleted under running servers. A volatile home (tests) is removed: its owner was killed
    before she could do it.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    ours = {name: server for name, server in home.servers().items() if name in MODULES}
    while not _is_over(home, ours):
        time.sleep(KEEPER_SECONDS)
    if is_volatile and home.folder.exists():
        place.remove(home)


def _is_over(home: Home, ours: Mapping[str, Server]) -> bool:
    try:
        with home.gate():
            if home.has_users():
                return False
            ours = home.servers() or ours
            home.write_servers({})
    except FileNotFoundError:
        if home.folder.exists():
            raise
    _stop(ours)
    return True


def _started(home: Home, names: frozenset[str], *, durable: bool) -> dict[str, Server]:
    """What runs already, and what had to be started. Written down after each start, so nothing runs unknown."""
    running = home.servers()
    missing = [name for name in MODULES if name in names and name not in running]
    if not missing:
        return running
    processes.adopt_orphans()
    ours = place.of(home, account.for_servers())
    keys = home.keys()
    try:
        for name in missing:
            running[name] = MODULES[name].start(ours, keys, durable=durable)
            home.write_servers(running)
        if "keeper" not in running:
            running["keeper"] = Server(0, _start_keeper(home, is_volatile=not durable))
            home.write_servers(running)
    except BaseException:
        if not home.has_users():
            stop_all(home)
        raise
    return running


def _start_keeper(home: Home, *, is_volatile: bool) -> processes.Process:
    """A process of its own, outside our terminal's group; without site-packages, which it does not need."""
    words = [
        sys.executable,
        "-S",
        "-m",
        "peoplesync.devservices",
        "keep",
        str(home.folder),
        *(["--volatile"] if is_volatile else []),
    ]
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    surroundings = {"PYTHONPATH": str(PROJECT), "PATH": os.defpath}
    return processes.known(os.posix_spawn(sys.executable, words, surroundings, file_actions=quiet, setpgroup=0))


def urls(keys: Keys, running: Mapping[str, Server]) -> dict[str, str]:
    """The addresses of running servers, by the names the settings read."""
    found: dict[str, str] = {}
    if database := running.get("postgres"):
        address = f"127.0.0.1:{database.port}/{postgres.DATABASE}"
        found["DATABASE_URL"] = f"postgres://{postgres.OWNER}:{keys.owner_password}@{address}"
        found["APP_DATABASE_URL"] = f"postgres://{postgres.APP_LOGIN}:{keys.app_password}@{address}"
    if cache := running.get("valkey"):
        found["REDIS_URL"] = f"redis://:{keys.broker_password}@127.0.0.1:{cache.port}/0"
    return found
