"""`make run` as a person meets it: one command, the web, a worker and beat, and nothing left when it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from peoplesync.devservices import processes, run
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import PROJECT, Home
from peoplesync.management.commands import prepare
from peoplesync.tests.processes import free_port, until
from peoplesync.tests.test_devservices import COUNT, assert_nothing_runs, execute, fresh_home, surroundings

LOGINS = """print(*{row[0] for row in c.execute(
    "SELECT usename FROM pg_stat_activity WHERE datname = 'peoplesync' AND pid <> pg_backend_pid()"
)})"""
PROCESSES = {"web": "gunicorn peoplesync.wsgi", "worker": "celery worker ", "beat": "celery beat "}


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
        self.launcher.wait(100)

    @property
    def words(self) -> str:
        return self.said.read_text()

    def wait_until_ready(self) -> None:
        until(lambda: "Ctrl-C stops everything" in self.words or self.launcher.poll() is not None, seconds=300)
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


@pytest.mark.timeout(600)
def test_one_command_serves_everything_keeps_the_data_and_leaves_nothing_behind(fresh_home: Home) -> None:
    with Running(fresh_home) as first:
        first.wait_until_ready()
        assert f"http://localhost:{first.port}/admin/" in first.words
        assert first.words.count("superadmin@demo.peoplesync.example") == 2, (
            "once when loaded, once as an account to use"
        )
        assert '"status":"ok"' in first.get("/health")
        styles = re.findall(r'<link[^>]+href="(/static/[^"]+\.css)"', first.get("/api/docs"))
        assert styles and all(first.get(style) for style in styles)
        started = first.children()
        assert set(started) == set(PROCESSES)
        assert execute(fresh_home, COUNT + LOGINS) == "peoplesync_app"
        first.launcher.send_signal(signal.SIGTERM)
        assert first.launcher.wait(100) == 0
        assert "The data is kept" in first.words
        assert not any(process.is_alive for process in started.values())
    assert_nothing_runs(fresh_home)
    with Running(fresh_home) as second:
        second.wait_until_ready()
        assert "Bringing the database up to date" not in second.words
        assert second.words.count("superadmin@demo.peoplesync.example") == 1
        started = second.children()
        os.kill(started["worker"].pid, signal.SIGKILL)
        assert second.launcher.wait(100) == 1
        assert "The worker process ended by itself (status -9)" in second.words
        assert not any(process.is_alive for process in started.values())
    assert_nothing_runs(fresh_home)


def test_a_database_that_cannot_be_prepared_stops_the_start(fresh_home: Home) -> None:
    execute(fresh_home, COUNT + "c.execute('CREATE TABLE django_migrations (spoiled int)')")
    with Running(fresh_home) as tried:
        assert tried.launcher.wait(100) == 1
        assert "The database could not be prepared; the reason stands above. Nothing is served." in tried.words
    assert_nothing_runs(fresh_home)


@pytest.mark.parametrize(("bound", "secure"), [("127.0.0.1", "false"), ("0.0.0.0", "true"), ("::1,10.0.2.2", "false")])
def test_cookies_are_secure_except_over_plain_http_on_this_machine(bound: str, secure: str) -> None:
    assert run.application_environment({"PEOPLESYNC_HOST": bound})["COOKIE_SECURE"] == secure
    assert (
        run.application_environment({"PEOPLESYNC_HOST": bound, "COOKIE_SECURE": "chosen"})["COOKIE_SECURE"] == "chosen"
    )


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        ("", "localhost,127.0.0.1,[::1]"),
        ("127.0.0.1,10.0.2.2", "localhost,127.0.0.1,[::1],10.0.2.2"),
        ("192.168.1.20, hr.lan", "localhost,127.0.0.1,[::1],192.168.1.20,hr.lan"),
        ("0.0.0.0", "localhost,127.0.0.1,[::1],*"),
    ],
)
def test_whoever_is_named_by_host_is_served_over_plain_http(named: str, allowed: str) -> None:
    told = run.application_environment({"PEOPLESYNC_HOST": named})
    assert (told["ALLOWED_HOSTS"], told["SECURE_SSL_REDIRECT"]) == (allowed, "false")
    assert run.application_environment({"PEOPLESYNC_HOST": named, "ALLOWED_HOSTS": "x"})["ALLOWED_HOSTS"] == "x"


@pytest.mark.parametrize("named", ["203.0.113.7", "no such machine"])
def test_a_host_that_is_not_this_machine_is_refused_by_name(named: str) -> None:
    with pytest.raises(LauncherError, match=r"PEOPLESYNC_HOST=.* is no address of this machine"):
        run._listener({"PEOPLESYNC_HOST": named, "PORT": "65000"})


def test_web_worker_and_beat_never_get_the_owners_role() -> None:
    assert run.application_environment({"PEOPLESYNC_DB_ROLE": "owner"})["PEOPLESYNC_DB_ROLE"] == "app"


@pytest.mark.django_db
def test_a_demo_that_was_cut_short_is_taken_up_again_and_a_whole_one_is_left_alone(
    settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    told = StringIO()
    loading = prepare.Command(stdout=told)
    loading.load_demo()
    loading.load_demo()
    assert told.getvalue().count("Loading the demo organisation.") == 1
    assert get_user_model()._default_manager.filter(email="superadmin@demo.peoplesync.example").exists()
    (tmp_path / "demo-unfinished").touch()
    loading.load_demo()
    assert told.getvalue().count("Loading the demo organisation.") == 2
    assert list(tmp_path.iterdir()) == []


__all__ = ["fresh_home"]
