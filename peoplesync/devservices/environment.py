"""The environment a PeopleSync process runs in: where its servers are, its keys, its home.

Servers named in DATABASE_URL or REDIS_URL are used and nothing is started in their stead; a named server that cannot be
reached stops the start, because a silent replacement would show an empty company.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from peoplesync.devservices import servers
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Home

VARIABLES = {"postgres": ("DATABASE_URL", 5432), "valkey": ("REDIS_URL", 6379)}
ADDRESSES = ("DATABASE_URL", "APP_DATABASE_URL", "REDIS_URL")
#: Addresses for commands that only read code: nobody listens on port 1.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere",
    "APP_DATABASE_URL": "postgres://nobody_app@127.0.0.1:1/nowhere",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY")
REACH_SECONDS = 5.0


@contextmanager
def ready(home: Home, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Variables to add to the environment, with every server behind them up for the time of the block."""
    missing = frozenset(name for name, (variable, _) in VARIABLES.items() if not os.environ.get(variable))
    for variable, usual_port in VARIABLES.values():
        if named := os.environ.get(variable):
            require_reachable(variable, named, usual_port)
    if not missing:
        yield _home_and_keys(home)
        return
    with servers.used(home, missing, durable=durable) as running:
        wanted = {name: server for name, server in running.items() if name in missing}
        yield _home_and_keys(home) | servers.urls(home.keys(), wanted)


@contextmanager
def offline(home: Home) -> Iterator[dict[str, str]]:
    """For commands that read code only: nothing is started, and no key is written where an image is being built."""
    running = home.servers()
    addresses = servers.urls(home.keys(), running) if running else {}
    throwaway = {name: secrets.token_urlsafe(48) for name in KEYS}
    if not os.environ.get("DATABASE_URL"):
        throwaway |= NOWHERE
    kept = _home_and_keys(home) if home.has_keys() else {"PEOPLESYNC_HOME": str(home.folder)}
    chosen = {name: os.environ[name] for name in (*KEYS, *ADDRESSES) if os.environ.get(name)}
    yield {"REDIS_URL": NOWHERE["REDIS_URL"]} | throwaway | addresses | kept | chosen


def _home_and_keys(home: Home) -> dict[str, str]:
    """The home, and the signing keys made in it unless the operator set both."""
    added = {"PEOPLESYNC_HOME": str(home.folder)}
    if all(os.environ.get(name) for name in KEYS):
        return added
    home.make()
    keys = home.keys()
    made = {"SECRET_KEY": keys.secret_key, "JWT_SIGNING_KEY": keys.jwt_signing_key}
    return added | {name: os.environ.get(name) or value for name, value in made.items()}


def require_reachable(variable: str, url: str, usual_port: int) -> None:
    """Somebody listens at the address. Whether the password fits is found out by the first query."""
    try:
        address = urlsplit(url)
        port = address.port or usual_port
    except ValueError as wrong:
        raise LauncherError(f"{variable} is not an address ({wrong}). Correct it, or unset it.") from None
    if not address.hostname:
        return
    try:
        socket.create_connection((address.hostname, port), timeout=REACH_SECONDS).close()
    except OSError as silent:
        raise LauncherError(
            f"{variable} names {address.hostname}:{port}, where nothing answers ({silent}). "
            f"Start that server, correct {variable}, or unset it to have a server started here."
        ) from None
