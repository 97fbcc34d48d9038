"""`make run`: servers, schema, web, worker and beat as one thing that starts with one command and ends with one key.

The listening socket is opened here, first: a taken port is known before anything else is started, and a request that
comes while the web processes load waits instead of being refused.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Mapping

from peoplesync.devservices import environment, health, prepared, signals
from peoplesync.devservices.children import Children
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Home
from peoplesync.devservices.processes import Process

HEALTH_SECONDS = 90.0
ACCOUNTS = ("superadmin", "hr", "payroll", "manager", "employee", "auditor")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Every address of this machine, by whatever name it is asked; and where it reaches itself then.
EVERYWHERE = {"0.0.0.0": LOOPBACK[0], "::": LOOPBACK[2]}  # noqa: S104 only where PEOPLESYNC_HOST names it


def system(home: Home) -> int:
    """Everything up until Ctrl-C or SIGTERM (status 0), or until a part dies (status 1)."""
    signals.leave_by_the_door()
    try:
        with _listener(os.environ) as listener, environment.ready(home) as added:
            has_demo = prepared.bring_up_to_date(home, os.environ | added)
            with Children(_embedded(home, added)) as children:
                _serve(children, listener, application_environment(os.environ | added))
                _welcome(_reached_at(os.environ), _port(listener), has_demo=has_demo)
                print(children.wait_for_a_death(), file=sys.stderr)
                return 1
    except (KeyboardInterrupt, SystemExit):
        print("PeopleSync has stopped. The data is kept.")
        return 0


def _serve(children: Children, listener: socket.socket, surroundings: Mapping[str, str]) -> None:
    """Web first and alone: its first answer is what people wait for. Then worker and beat."""
    home = surroundings["PEOPLESYNC_HOME"]
    children.start("web", _web_command(listener), surroundings, keeps=listener.fileno())
    _wait_for_health(children, _port(listener), _reached_at(surroundings))
    children.start("worker", _celery("worker", "--concurrency=2"), surroundings)
    children.start("beat", _celery("beat", "--schedule", f"{home}/beat-schedule", "--pidfile="), surroundings)


def _embedded(home: Home, added: Mapping[str, str]) -> dict[str, Process]:
    """The servers started here that this run uses: not those that the environment names."""
    variables = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return {name: server.process for name, server in home.servers().items() if variables.get(name) in added}


def _web_command(listener: socket.socket) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "peoplesync.wsgi:application", "--bind", f"fd://{listener.fileno()}", "--preload",
        "--no-control-socket", "--log-level", "warning", "--worker-class", "gthread", "--workers", "2", "--threads", "8",
        "--graceful-timeout", "8", "--limit-request-line", "8190",
    ]  # fmt: skip


def _celery(*words: str) -> list[str]:
    """Its warning about root is about pickled messages, which are refused here: messages are JSON."""
    silenced = ("-W", "ignore:You're running the worker with superuser privileges")
    return [sys.executable, *silenced, "-m", "celery", "--quiet", "-A", "peoplesync.celery", *words]


def application_environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """Web, worker and beat use the limited login; over plain http on this machine cookies cannot be secure.

    Figures are production's: on one machine web and worker would want the same port.
    """
    bound, *others = hosts(surroundings)
    is_local = bound in LOOPBACK
    named = ["localhost", "127.0.0.1", "[::1]", *(["*"] if bound in EVERYWHERE else [_in_url(bound)]), *others]
    usual = {
        "COOKIE_SECURE": "false" if is_local else "true",
        "SECURE_SSL_REDIRECT": "false",  # nothing here speaks TLS
        "ALLOWED_HOSTS": ",".join(dict.fromkeys(named)),
        "LOG_LEVEL": "WARNING",
    }
    return usual | dict(surroundings) | {"PEOPLESYNC_DB_ROLE": "app", "METRICS_PORT": ""}


def hosts(surroundings: Mapping[str, str]) -> list[str]:
    """The address to serve on, then the other names it may be asked by: PEOPLESYNC_HOST, a list with commas."""
    named = [name.strip() for name in surroundings.get("PEOPLESYNC_HOST", "").split(",")]
    return [name for name in named if name] or [LOOPBACK[0]]


def _listener(surroundings: Mapping[str, str]) -> socket.socket:
    """The port from PORT, opened. Raises a clear refusal when it is taken or is not a port."""
    asked, address = surroundings.get("PORT") or "8000", hosts(surroundings)[0]
    if not asked.isdigit() or not 0 < int(asked) < 65536:
        raise LauncherError(
            f"PORT={asked} is not a port. Choose a number from 1 to 65535, for example PORT=8001 make run."
        )
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return socket.create_server((address, int(asked)), family=family, backlog=512)
    except OSError as refused:
        if refused.errno in (errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_AGAIN):
            raise LauncherError(
                f"PEOPLESYNC_HOST={address} is no address of this machine. "
                "Name one, for example PEOPLESYNC_HOST=0.0.0.0 for all of them."
            ) from None
        raise LauncherError(
            f"Port {asked} cannot be opened ({os.strerror(refused.errno or 0)}); perhaps PeopleSync runs there already. "
            f"Stop what uses it, or choose another port: PORT={int(asked) % 65535 + 1} make run."
        ) from None


def _reached_at(surroundings: Mapping[str, str]) -> str:
    """The address this machine itself reaches the web at."""
    bound = hosts(surroundings)[0]
    return EVERYWHERE.get(bound, bound)


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _wait_for_health(children: Children, port: int, address: str) -> None:
    end = time.monotonic() + HEALTH_SECONDS
    while said := health.ask(port, seconds=5, address=address):
        if dead := children.a_death():
            raise LauncherError(dead)
        if time.monotonic() > end:
            raise LauncherError(f"/health did not answer 200 within {HEALTH_SECONDS:.0f} s; last: {said}")
        time.sleep(0.05)


def _welcome(address: str, port: int, *, has_demo: bool) -> None:
    base = f"http://{'localhost' if address in LOOPBACK else _in_url(address)}:{port}"
    lines = [f"PeopleSync is ready at {base}/", f"  admin     {base}/admin/", f"  API docs  {base}/api/docs"]
    if has_demo:
        lines.append("  demo accounts, password peoplesync-demo:")
        lines += [f"    {name}@demo.peoplesync.example" for name in ACCOUNTS]
    print("\n".join(["", *lines, "  Ctrl-C stops everything; the data stays.", ""]), flush=True)
