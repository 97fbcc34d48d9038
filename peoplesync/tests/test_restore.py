"""A backup is worth what its restore is: dumped while people clock in, restored beside the original, checked by the house.

The commands are those of docs/operations.md, in their order.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from attendance.models import Attendance
from attendance.rules.punches import Door
from attendance.services import clocking
from attendance.services.presented import Presented
from hr.models import Employee
from hr.tests import builders
from peoplesync.tests import demo, processes

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.timeout(300),
]
NEWCOMERS = 40
CHECKS = (
    "migrations",
    "accounts",
    "employees",
    "leave balances",
    "days of stays",
    "punches of stays",
    "posted payrolls",
)
#: What the doctor is asked of the restored database; the rest looks at services that do not run beside it.
INVARIANTS = [word for check in CHECKS for word in ("--only", check)]


@pytest.fixture
def restored() -> Iterator[str]:
    """The name of an empty database on the same server."""
    name = f"restored_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(*words: str, **extra: str) -> str:
    done = subprocess.run(words, env={**os.environ, **extra}, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout


def come_in(people: list[Employee], first_is_in: threading.Event, told: list[Any]) -> None:
    """Each clocks in; what was answered is written down with the moment of the answer."""
    try:
        for person in people:
            now = timezone.now()
            told.append(
                clocking.clock_in(employee_id=person.pk, punch=Presented(door=Door.NATIVE, at=now, received_at=now)).pk
            )
            if len(told) == len(people) // 2:
                first_is_in.set()
    finally:
        connections.close_all()


def test_a_backup_taken_while_people_clock_in_is_restored_whole_and_passes_the_house_s_own_checks(
    restored: str, tmp_path: Path
) -> None:
    demo.seed(employees=12, months=1)
    people = [builders.employee(f"Newcomer {number}") for number in range(NEWCOMERS)]
    half_are_in, told = threading.Event(), []
    clerk = threading.Thread(target=come_in, args=(people, half_are_in, told))
    clerk.start()
    assert half_are_in.wait(60)
    promised = list(told)

    archive = str(tmp_path / "peoplesync.dump")
    owner = processes.url_of_owner()
    run(processes.postgres_program("pg_dump"), "--format=custom", f"--file={archive}", owner)
    clerk.join()
    assert len(told) == NEWCOMERS

    there = owner.rpartition("/")[0] + f"/{restored}"
    run(processes.postgres_program("pg_restore"), "--no-owner", f"--dbname={there}", archive)
    limited = urlsplit(processes.url_of_application())
    world = {
        "DATABASE_URL": there,
        "APP_DATABASE_URL": limited._replace(path=f"/{restored}").geturl(),
        "PEOPLESYNC_DB_ROLE": "owner",
        "PEOPLESYNC_HOME": str(settings.HOME),
    }
    manage = (sys.executable, str(settings.BASE_DIR / "manage.py"))
    run(*manage, "migrate", "--check", **world)
    run(*manage, "ensure_app_login", **world)
    verified = run(*manage, "verify_payroll", "--recompute", **world)
    assert verified.startswith("1 manifests and"), verified
    checked = json.loads(run(*manage, "doctor", "--json", *INVARIANTS, **world))
    assert checked["problems"] == 0

    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], restored
    try:
        found = set(Attendance.objects.filter(pk__in=told).values_list("pk", flat=True))
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    assert set(promised) <= found
