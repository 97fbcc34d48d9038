"""Load while things die: worker children, whole workers, the broker's memory, the web. Then the oracle is asked.

One seed in `make test`, twenty in `make test-faults`. What is killed is killed by the id of what was started here.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from hr.models import User
from hr.tests import builders
from payroll.tests.builders import rate
from peoplesync.core.models import Job
from peoplesync.devservices import processes as by_id
from peoplesync.tests import broker, oracle
from peoplesync.tests.cast import token_for
from peoplesync.tests.fault_seeds import SEEDS
from peoplesync.tests.oracle import History, Operation, Watch, outcome_of
from peoplesync.tests.over_http import Caller, new_key
from peoplesync.tests.processes import start_beat, start_server, start_worker, until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.timeout(400),
]
UNLIMITED = {f"THROTTLE_{name}": "off" for name in ("LOGIN", "API", "CLOCK", "VENDOR")}
CLIENTS = 4
#: Answers of success between one fault and the next.
BETWEEN_FAULTS = 12


@dataclass
class House:
    """The processes of one run, started anew as they fall."""

    url: str
    schedule: Path
    extra: dict[str, str] = field(default_factory=dict)
    web_processes: int = 2

    def __post_init__(self) -> None:
        self._start_web()
        self.worker = start_worker(self.url, **self.extra)
        self.beat = start_beat(self.url, self.schedule, **self.extra)

    def stop(self) -> None:
        for process in (self.beat, self.worker, self.web):
            process.stop()

    def kill_child(self) -> None:
        """What runs out of memory first: the process that does the work, not the one that watches it."""
        pid = self.worker.popen.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in listed[:1]:
            with suppress(ProcessLookupError):
                os.kill(by_id.known(int(child)).pid, signal.SIGKILL)

    def kill_worker(self) -> None:
        self.worker.kill()
        self.worker = start_worker(self.url, **self.extra)

    def restart_web(self) -> None:
        """As a deployment does: it may finish what it has begun."""
        self.web.stop()
        self._start_web()

    def _start_web(self) -> None:
        self.web, self.base = start_server(self.url, processes=self.web_processes, **UNLIMITED, **self.extra)

    def empty_broker(self) -> None:
        Redis.from_url(self.extra.get("REDIS_URL", settings.REDIS_URL)).flushdb()


def people(count: int) -> list[User]:
    """Committed employees with users and pay, and Hana from HR."""
    builders.setting(timezone="Asia/Jakarta")
    found = []
    for number in range(count):
        person = builders.employee(f"Person {number}")
        rate(person)
        found.append(builders.user(f"person{number}@example.com", employee=person))
    hana = builders.employee("Hana")
    rate(hana)
    return [*found, builders.user("hana@example.com", roles=("employee", "hr"), employee=hana)]


class Client(threading.Thread):
    """Does as its dice say until it is told to stop, and writes every answer down."""

    def __init__(self, house: House, users: list[User], history: History, dice: random.Random, over: threading.Event):
        super().__init__()
        self.house, self.users, self.history, self.dice, self.over = house, users, history, dice, over
        self.tokens = {user.pk: token_for(user) for user in users}

    def run(self) -> None:
        acts: list[Callable[[], None]] = [self.clock_in, self.clock_in, self.sync, self.sync, self.nonsense, self.pay]
        while not self.over.is_set():
            self.dice.choice(acts)()

    def call(self, user: User, kind: str, mark: str, path: str, body: Any, sent: list[str] | None = None) -> None:
        status, answer = None, None
        with suppress(OSError, ValueError):  # the web died under the request
            got = Caller(self.house.base, self.tokens[user.pk]).send("POST", path, body, key=new_key())
            status, answer = got.status, got.body
        if status is None:
            time.sleep(0.3)  # a phone waits too, before it tries again
        if isinstance(answer, dict):
            answer = {**answer, "sent": sent or []}
        self.history.add(Operation(kind, mark, outcome_of(status), answer))

    def mark(self) -> str:
        return f"op-{self.dice.getrandbits(64):x}"

    def clock_in(self) -> None:
        mark = self.mark()
        body = {"lat": -6.2, "lng": 106.8, "location": mark}
        self.call(self.dice.choice(self.users[:-1]), "clock-in", mark, "/attendances/clock-in", body)

    def nonsense(self) -> None:
        mark = self.mark()
        body = {"lat": 91, "lng": 106.8, "location": mark}
        self.call(self.dice.choice(self.users), "clock-in", mark, "/attendances/clock-in", body)

    def sync(self) -> None:
        """A phone that came back: its last days, some of them sent before."""
        user = self.dice.choice(self.users[:-1])
        today = datetime.now(UTC).date()
        backs = self.dice.sample(range(2, 40), 8)
        records = [record(user, today - timedelta(days=back)) for back in backs]
        sent = [str(one["id"]) for one in records]
        self.call(user, "sync", self.mark(), "/attendances/sync", {"records": records}, sent)

    def pay(self) -> None:
        month = self.dice.choice([9, 10])
        some = self.dice.sample(self.users, self.dice.randint(1, len(self.users)))
        scope = self.dice.choice([None, [str(user.employee_id) for user in some]])
        body = {"period_year": 2026, "period_month": month, "department_id": None, "employee_ids": scope}
        self.call(self.users[-1], "payroll", self.mark(), "/payrolls", body)


def record(user: User, on: date) -> dict[str, Any]:
    return {
        "id": f"{user.employee_id}-{on}", "employee_id": str(user.employee_id), "source": "offline",
        "clock_in_client_ts": f"{on}T02:00:00Z", "clock_out_client_ts": f"{on}T09:00:00Z", "location": "Site",
    }  # fmt: skip


def load(history: History, watch: Watch, count: int) -> None:
    """Wait until so many more calls were answered with success, looking at the jobs meanwhile."""
    before = history.done_count

    def enough() -> bool:
        watch.look()
        return history.done_count >= before + count

    until(enough, seconds=60)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(database_url, tmp_path / "beat")
    yield made
    made.stop()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_doubled_or_left_behind_while_everything_dies(house, seed):
    dice, users, history, watch, over = random.Random(seed), people(10), History(), Watch(), threading.Event()
    clients = [Client(house, users, history, random.Random(f"{seed}-{n}"), over) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    faults = [house.kill_child, house.kill_child, house.kill_worker, house.empty_broker, house.restart_web]
    for fault in dice.sample(faults, len(faults)):
        load(history, watch, BETWEEN_FAULTS)
        time.sleep(dice.uniform(0, 0.5))
        fault()
    over.set()
    for client in clients:
        client.join(60)
    done = {kind for kind in ("clock-in", "sync", "payroll") if history.of(kind, oracle.DONE)}
    assert len(done) == 3, f"only {done} happened at all"
    oracle.let_time_pass()
    until(lambda: watch.look() or oracle.let_time_pass(), seconds=200, every=3)
    oracle.check(history, watch)


@pytest.fixture
def private(database_url: str, tmp_path: Path) -> Iterator[tuple[House, broker.Broker]]:
    """A house on a broker of its own, which can be stopped without harm to other tests."""
    with broker.started(tmp_path) as own:
        made = House(database_url, tmp_path / "beat", {"REDIS_URL": own.url}, web_processes=1)
        yield made, own
        made.stop()


def test_without_its_broker_people_go_on_and_jobs_wait_until_it_is_back(private):
    """First it does not answer at all, which is worse than being away; then it is away; then it is back."""
    house, own = private
    users = people(2)
    hana, jane = (Caller(house.base, token_for(user)) for user in (users[-1], users[0]))
    anyone = Caller(house.base)
    warm = hana.post("/payrolls", 202, {"period_year": 2026, "period_month": 8}, key=new_key())["job_id"]
    assert hana.finished(warm)["status"] == "completed"
    own.freeze()
    started = time.monotonic()
    job_id = hana.post("/payrolls", 202, {"period_year": 2026, "period_month": 10}, key=new_key())["job_id"]
    assert time.monotonic() - started < 20
    own.thaw()
    assert hana.finished(job_id, seconds=120)["status"] == "completed"
    own.stop()
    started = time.monotonic()
    health = anyone.send("GET", "/health")
    assert time.monotonic() - started < 2
    assert (health.status, health.body["status"]) == (503, "degraded")
    assert health.body["services"] == {"database": "connected", "redis": "disconnected", "storage": "connected"}
    jane.signed_in("person1@example.com").get("/auth/me", shape="User")
    jane.post("/attendances/clock-in", 201, {"lat": 1, "lng": 1, "location": "HQ"}, shape="Attendance")
    jane.get("/attendances", shape="page of Attendance")
    waiting = hana.post("/payrolls", 202, {"period_year": 2026, "period_month": 9}, key=new_key())
    assert hana.get(f"/jobs/{waiting['job_id']}")["status"] == "queued"
    own.start()
    oracle.let_time_pass()
    assert hana.finished(waiting["job_id"], seconds=120)["status"] == "completed"
    assert anyone.get("/health", shape="HealthCheck")["status"] == "ok"


@pytest.mark.parametrize(
    ("kind", "outcome"), [("clock-in", oracle.DONE), ("payroll", oracle.DONE), ("sync", oracle.DONE)]
)
def test_the_oracle_misses_what_was_answered_as_done_and_is_nowhere(kind, outcome):
    history = History([Operation(kind, "op-1", outcome, {"job_id": "job_nowhere", "sent": ["record-1"]})])
    with pytest.raises(AssertionError, match=r"nowhere|0 times"):
        oracle.check(history, Watch())


def test_the_oracle_misses_an_end_that_changes_and_progress_that_falls():
    watch = Watch()
    for status, processed in (("processing", 5), ("completed", 4), ("failed", 4)):
        Job.objects.update_or_create(pk="job_1", defaults={"status": status, "processed": processed, "total": 5})
        watch.look()
    assert len(watch.wrong) == 2


def test_a_row_that_somebody_holds_is_a_503_and_not_a_wait_without_end(server, client_of):
    """The wait is the session's lock_timeout; here it is shortened on this one connection."""
    (jane, *_) = people(1)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM hr_employee WHERE id = %s FOR UPDATE", [jane.employee_id])
        body = {"lat": 1, "lng": 1, "location": "HQ"}
        answer = Caller(server, token_for(jane)).ask("POST", "/attendances/clock-in", 503, body)
        assert "Nothing was changed" in answer["message"]
        Caller(server, token_for(jane)).get("/attendances", shape="page of Attendance")
    Caller(server, token_for(jane)).post("/attendances/clock-in", 201, body, shape="Attendance")


def test_a_job_of_a_worker_that_died_ends_within_its_bound(house):
    """Without a hand on the clock: the lease runs out by itself and the timetable takes the job up again."""
    users = people(1)
    with transaction.atomic():
        Job.objects.create(
            pk="job_dead", kind="attendance.sync", user=users[0], status="processing", lease_number=1, attempt_count=1,
            lease_expires_at=datetime.now(UTC) + timedelta(seconds=5),
        )  # fmt: skip
    ended = until(lambda: Job.objects.filter(pk="job_dead", status="completed").first(), seconds=60, every=1)
    assert (ended.attempt_count, ended.result[:9]) == (2, "0 records")
