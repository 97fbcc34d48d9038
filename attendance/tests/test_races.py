"""Races over several processes on a real database: the constraint and the lock, not the polite check, decide."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from attendance.models import Attendance, DaySummary, Punch, SyncRecord
from attendance.services import clocking, closing, sync
from attendance.tests.builders import at, presented
from hr.tests import builders
from hr.tests.together import together
from peoplesync.core.models import ActivityLog, Job
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import Conflict
from peoplesync.tests.fault_seeds import SEEDS

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


def _race(employee_id: UUID) -> list[str]:
    """What fifty-two clock-ins of one person at one moment, over four processes, are told."""
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
    return found


def _ensure_one(employee_id: UUID, found: list[str]) -> None:
    """One was taken and is stored, counted and logged once; the others were told."""
    assert sorted(found) == ["already_clocked_in"] * (PROCESSES * THREADS - 1) + ["created"]
    for model in (Attendance, Punch, DaySummary):
        assert model.objects.filter(employee=employee_id).count() == 1, model
    logged = ActivityLog.objects.filter(action="attendance.clocked_in", meta__employee_id=str(employee_id))
    assert logged.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_clock_ins_over_four_processes_give_one_row_and_conflicts(cast):
    _ensure_one(cast.employee.employee_id, _race(cast.employee.employee_id))


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_in_no_round_of_many_is_a_second_one_taken(cast):
    for number in range(SEEDS):
        person = builders.employee(f"Racer {number}")
        _ensure_one(person.pk, _race(person.pk))


def _outcome(act: Any) -> str:
    try:
        act()
    except Conflict as refused:
        return refused.code
    return "done"


@pytest.mark.django_db(transaction=True)
def test_of_two_clock_outs_in_one_moment_one_closes_the_stay_and_the_other_is_told_so(cast):
    employee_id = cast.employee.employee_id
    clocking.clock_in(employee_id=employee_id, punch=presented("2026-11-16 09:00"))
    out = presented("2026-11-16 17:00")
    found = together(*[lambda: _outcome(lambda: clocking.clock_out(employee_id=employee_id, punch=out))] * 6)
    assert sorted(found) == ["done"] + ["not_clocked_in"] * 5
    assert Punch.objects.filter(kind="out").count() == 1
    assert Attendance.objects.get().clock_out == out.at


def _offline(person: Any, day: int) -> sync.Told:
    blank = dict.fromkeys(("location", "device_id", "photo_url", "lat", "lng", "location_accuracy"))
    start, end = at(f"2026-11-{day} 08:00").isoformat(), at(f"2026-11-{day} 16:00").isoformat()
    body = {"employee_id": str(person.pk), "source": "offline", "clock_in": start, "clock_out": end, **blank}
    return sync.Told(f"c{day}", body)


@pytest.mark.django_db(transaction=True)
def test_overlapping_batches_settled_in_one_moment_beside_live_punches_make_each_stay_once(cast):
    people = [builders.employee(f"Away {number}") for number in range(4)]
    told = [_offline(person, day) for day in range(10, 15) for person in people]
    batches = [told, told[::-1], told[::2], told[10:] + told[:10]]
    moment = at("2026-11-16 08:00")
    waiting = [sync.accept(records=batch, by=cast.hr, at=moment, day=moment.date()).pk for batch in batches]
    acts: list[Any] = [lambda job_id=job_id: jobs.run(job_id=job_id) for job_id in waiting]
    acts += [lambda who=person.pk: _punch(who) for person in people]
    assert together(*acts)[len(waiting) :] == ["created"] * len(people)
    assert set(Job.objects.filter(pk__in=waiting).values_list("status", flat=True)) == {"completed"}
    states = Counter(SyncRecord.objects.values_list("state", flat=True))
    assert states == {"created": len(told), "duplicate": sum(map(len, batches)) - len(told)}
    assert Attendance.objects.alive().count() == len(told) + len(people)
    assert Punch.objects.count() == 2 * len(told) + len(people)
    assert DaySummary.objects.filter(worked_seconds__gt=0).count() == len(told)


@pytest.mark.django_db(transaction=True)
def test_an_out_and_the_timetables_closing_in_one_moment_leave_one_end(cast):
    employee_id = cast.employee.employee_id
    clocking.clock_in(employee_id=employee_id, punch=presented("2026-11-16 09:00"))
    late = presented("2026-11-17 06:00")
    acts = [lambda: _outcome(lambda: clocking.clock_out(employee_id=employee_id, punch=late))]
    acts += [lambda: closing.close_forgotten(at=late.at)] * 3
    found = together(*acts)
    stay = Attendance.objects.get()
    assert (stay.reason, stay.is_open, found[0] in ("done", "not_clocked_in")) == ("auto_closed", False, True)
    assert stay.clock_out == presented("2026-11-16 17:00").at
    assert ActivityLog.objects.filter(action="attendance.closed_by_rule").count() == sum(found[1:])
    assert DaySummary.objects.get(work_date="2026-11-16").overtime == {}
