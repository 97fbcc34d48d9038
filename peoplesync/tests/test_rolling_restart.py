"""A deployment under load: web processes are exchanged one after the other, and nobody meets an error."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from attendance.models import Attendance
from hr.models import Setting
from hr.tests import builders
from peoplesync.tests.cast import token_for
from peoplesync.tests.over_http import Caller
from peoplesync.tests.processes import start_server, until

CLIENTS, BETWEEN = 4, 25
HERE = {"lat": 1, "lng": 1, "location": "HQ"}


def processes_of(pid: int) -> set[str]:
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@pytest.mark.faults
@pytest.mark.timeout(120)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_exchanging_the_web_processes_under_load_fails_nobody_and_loses_nothing(database_url):
    builders.setting(timezone="Asia/Jakarta")
    Setting.objects.update(allows_several_stays_a_day=True)
    people = [builders.user(f"p{n}@example.com", employee=builders.employee(f"Person {n}")) for n in range(CLIENTS)]
    tokens = [token_for(person) for person in people]
    server, base = start_server(database_url, **{f"THROTTLE_{name}": "off" for name in ("API", "CLOCK")})
    said: list[int | str] = []
    over = threading.Event()

    def go_on(token: str) -> None:
        caller, paths = Caller(base, token), ("clock-in", "clock-out")
        for turn in range(10_000):
            if over.is_set():
                return
            try:
                said.append(caller.send("POST", f"/attendances/{paths[turn % 2]}", HERE).status)
            except OSError as error:
                said.append(repr(error))

    first = processes_of(server.popen.pid)
    clients = [threading.Thread(target=go_on, args=(token,)) for token in tokens]
    try:
        for client in clients:
            client.start()
        for _ in range(2):
            before = len(said)
            until(lambda: len(said) >= before + BETWEEN, seconds=60, every=0.02)  # noqa: B023 used up in the same turn
            os.kill(server.popen.pid, signal.SIGHUP)
            until(lambda: len(said) >= before + 3 * BETWEEN, seconds=60, every=0.02)  # noqa: B023 as above
        until(lambda: not first & processes_of(server.popen.pid), seconds=60)  # all those of the beginning are gone
    finally:
        over.set()
        for client in clients:
            client.join()
        server.stop()
    assert set(said) == {200, 201}
    assert Attendance.objects.count() == said.count(201)
