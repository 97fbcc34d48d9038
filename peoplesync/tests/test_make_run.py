"""`make run` as a person meets it: one command, the web, a worker and beat, and nothing left when it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from peoplesync.devservices import processes, run
from peoplesync.devservices.home import PROJECT, Home
from peoplesync.tests.processes import free_port, until
from peoplesync.tests.test_devservices import COUNT, assert_nothing_runs, execute, fresh_home, new_home, surroundings

SOMEBODY = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
get_user_model()._default_manager.create(email="somebody@example.com")
"""
LOGINS = """print(*{row[0] for row in c.execute(
    "SELECT usename FROM pg_stat_activity WHERE datname = 'peoplesync' AND pid <> pg_backend_pid()"
)})"""
PROCESSES = {"web": "gunicorn peoplesync.wsgi", "worker": "celery worker ", "beat": "celery beat "}


@pytest.fixture
def lived_in() -> Iterator[Home]:
    """A home whose database already holds a person."""
    for home in new_home():
        execute(home, SOMEBODY, DJANGO_SETTINGS_MODULE="peoplesync.settings")
        yield home


class Running:
    """`make run` on a free port, its words kept in a file. Leaving the block ends it, whatever the test came to."""

    def __init__(self, home: Home) -> None:
        self.port, self.said = free_port(), home.folder / "said"
        with self.said.open("w") as out:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "peoplesync.devservices", "run"],
                cwd=PROJECT, env=surroundings(home, PORT=str(self.port)), stdout=out, stderr=out,
            )  # fmt: skip

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.launcher.terminate()
        self.launcher.wait(60)

    @property
    def words(self) -> str:
        return self.said.read_text()

    def wait_until_ready(self) -> None:
        until(lambda: "Ctrl-C stops everything" in self.words or self.launcher.poll() is not None, seconds=90)
        assert self.launcher.poll() is None, self.words

    def children(self) -> dict[str, processes.Process]:
        """The leaders of what it started, by name, once all are there."""
        listed = Path(f"/proc/{self.launcher.pid}/task/{self.launcher.pid}/children").read_text().split()
        lines = {pid: processes.command_line(int(pid)) for pid in listed}
        return {
            name: processes.known(int(pid))
            for name, mark in PROCESSES.items()
            for pid, line in lines.items()
            if mark in line
        }

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=30) as answer:
            return str(answer.read().decode())


def test_one_command_serves_everything_keeps_the_data_and_leaves_nothing_behind(lived_in: Home) -> None:
    with Running(lived_in) as first:
        first.wait_until_ready()
        assert f"http://localhost:{first.port}/admin/" in first.words
        assert "demo" not in first.words, "the demo organisation never comes to where somebody already is"
        assert '"status":"ok"' in first.get("/health")
        styles = re.findall(r'<link[^>]+href="(/static/[^"]+\.css)"', first.get("/api/docs"))
        assert styles and all(first.get(style) for style in styles)
        started = first.children()
        assert set(started) == set(PROCESSES)
        assert execute(lived_in, COUNT + LOGINS) == "peoplesync_app"
        first.launcher.send_signal(signal.SIGTERM)
        assert first.launcher.wait(60) == 0
        assert "The data is kept" in first.words
        assert not any(process.is_alive for process in started.values())
    assert_nothing_runs(lived_in)
    with Running(lived_in) as second:
        second.wait_until_ready()
        assert "Bringing the database up to date" not in second.words
        started = second.children()
        os.kill(started["worker"].pid, signal.SIGKILL)
        assert second.launcher.wait(60) == 1
        assert "The worker process ended by itself (status -9)" in second.words
        assert not any(process.is_alive for process in started.values())
    assert_nothing_runs(lived_in)


def test_a_database_that_cannot_be_prepared_stops_the_start(fresh_home: Home) -> None:
    execute(fresh_home, COUNT + "c.execute('CREATE TABLE django_migrations (spoiled int)')")
    with Running(fresh_home) as tried:
        assert tried.launcher.wait(60) == 1
        assert "The database could not be prepared; the reason stands above. Nothing is served." in tried.words
    assert_nothing_runs(fresh_home)


@pytest.mark.parametrize(("bound", "secure"), [("127.0.0.1", "false"), ("0.0.0.0", "true")])
def test_cookies_are_secure_except_over_plain_http_on_this_machine(bound: str, secure: str) -> None:
    assert run.application_environment({"PEOPLESYNC_BIND": bound})["COOKIE_SECURE"] == secure
    assert (
        run.application_environment({"PEOPLESYNC_BIND": bound, "COOKIE_SECURE": "chosen"})["COOKIE_SECURE"] == "chosen"
    )


def test_web_worker_and_beat_never_get_the_owners_role() -> None:
    assert run.application_environment({"PEOPLESYNC_DB_ROLE": "owner"})["PEOPLESYNC_DB_ROLE"] == "app"


__all__ = ["fresh_home"]
