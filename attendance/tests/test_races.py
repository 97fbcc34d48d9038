"""Races over several processes on a real database: the constraint and the lock, not the polite check, decide."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from attendance.models import Attendance, Punch
from attendance.services import clocking
from attendance.tests.builders import presented
from peoplesync.kernel.errors import Conflict

PROCESSES, THREADS = 4, 13


def _punch(employee_id: UUID) -> str:
    try:
        clocking.clock_in(employee_id=employee_id, punch=presented("2026-11-16 09:00"))
    except Conflict as refused:
        return refused.code
    finally:
        connections.close_all()
    return "created"


def _many(employee_id: UUID, go: Any, answers: Any) -> None:
    go.wait()
    with ThreadPoolExecutor(THREADS) as pool:
        answers.put(list(pool.map(_punch, [employee_id] * THREADS)))


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_clock_ins_over_four_processes_give_one_row_and_conflicts(cast):
    employee_id = cast.employee.employee_id
    connection.close()
    fork = multiprocessing.get_context("fork")
    go, answers = fork.Event(), fork.Queue()
    workers = [fork.Process(target=_many, args=(employee_id, go, answers)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    go.set()
    found = [code for _ in workers for code in answers.get(timeout=60)]
    for worker in workers:
        worker.join(timeout=30)
    assert len(found) == PROCESSES * THREADS
    assert found.count("created") == 1
    assert set(found) == {"created", "already_clocked_in"}
    assert (Attendance.objects.count(), Punch.objects.count()) == (1, 1)
