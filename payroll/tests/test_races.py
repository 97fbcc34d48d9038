"""Many at once: one key, many keys and scopes, posting while computing. Everybody exactly once, never half."""

from __future__ import annotations

import random
import threading
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from hr.models import Employee
from hr.tests.together import together, tried
from payroll.models import Payroll, PayrollItem, PayrollRun, PayrollSnapshot
from payroll.selectors import chain, facts
from payroll.services import generation, posting, rates, runs
from payroll.tests import builders
from peoplesync.core import changes
from peoplesync.core.models import Job, Notification
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import Conflict
from peoplesync.tests.fault_seeds import SEEDS

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def everybody_exactly_once(count: int) -> None:
    assert Payroll.objects.live().count() == count
    assert Payroll.objects.live().values("employee_id").distinct().count() == count
    assert PayrollSnapshot.objects.filter(payroll__in=Payroll.objects.live()).count() == count
    for payroll in Payroll.objects.live().annotate(sum=Sum("items__amount")):
        assert payroll.sum == payroll.gross_amount == payroll.net_amount


@pytest.fixture
def staff(cast):
    return [builders.paid(f"Person {number}", department=cast.engineering) for number in range(25)]


def test_twenty_requests_with_one_key_start_one_job(cast, client_of, staff):
    client, key = client_of(cast.payroll), str(uuid4())

    def post():
        body = {"period_year": 2025, "period_month": 11}
        return client.post("/api/v1/payrolls", body, headers={"Idempotency-Key": key}).status_code

    assert sorted(together(*[post] * 20)) == [202] + [409] * 19
    job = Job.objects.get()
    jobs.run(job_id=job.pk)
    everybody_exactly_once(len(staff))


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(SEEDS))
def test_twenty_jobs_of_one_month_and_overlapping_scopes_pay_everybody_once(cast, staff, monkeypatch, seed):
    dice = random.Random(seed)
    monkeypatch.setattr(generation, "CHUNK", dice.randint(1, 12))
    scopes = [{}, {"department_id": cast.engineering.pk}]
    scopes += [{"employee_ids": [person.pk for person in dice.sample(staff, dice.randint(1, 25))]} for _ in range(18)]
    dice.shuffle(scopes)
    ids = [runs.generate(year=2025, month=11, by=cast.payroll, at=timezone.now(), **scope)[1].pk for scope in scopes]
    together(*[lambda pk=pk: jobs.run(job_id=pk) for pk in ids])
    for job_id in ids:
        jobs.run(job_id=job_id)  # what a bounded wait sent back to the queue
    assert set(Job.objects.values_list("status", flat=True)) == {"completed"}
    everybody_exactly_once(len(staff))
    assert sum(PayrollRun.objects.values_list("payroll_count", flat=True)) == len(staff)
    assert sum(PayrollRun.objects.values_list("net_total", flat=True)) == 10_000_000 * len(staff)
    assert Notification.objects.filter(user=cast.payroll).count() == PayrollRun.objects.count() == 20


def test_posting_while_the_month_is_computed_again_never_changes_a_posted_payslip(cast, staff):
    first = builders.computed(by=cast.hr)
    runs.approve(run=first, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    _, job = runs.generate(year=2025, month=11, by=cast.hr, at=timezone.now())
    together(
        tried(lambda: posting.post(run=first, by=cast.payroll, at=timezone.now())), lambda: jobs.run(job_id=job.pk)
    )
    everybody_exactly_once(len(staff))
    assert chain.breaks() == []
    statuses = set(Payroll.objects.live().values_list("status", flat=True))
    assert statuses in ({"posted"}, {"computed"})


def next_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def test_what_commits_while_a_run_is_posted_stops_it_and_only_those_touched_are_computed_again(
    cast, staff, monkeypatch
):
    run = builders.computed(by=cast.hr)
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    asked, seal, gather = [], posting._seal, facts.gather

    def gathered(terms, people):
        asked.append(list(people))
        return gather(terms, people)

    def raised():
        values = {"amount": Decimal(12_000_000), "valid_from": date(2025, 11, 10), "by": cast.payroll}
        return rates.set_from(employee_id=staff[0].pk, at=timezone.now(), **values)

    def meanwhile(*values):
        together(raised, lambda: builders.paid("Late"))
        return seal(*values)

    monkeypatch.setattr(facts, "gather", gathered)
    monkeypatch.setattr(posting, "_seal", meanwhile)
    # Nobody else writes to this database now; transactions of others in the cluster would only widen the second look.
    monkeypatch.setattr(changes, "oldest_running", next_transaction)
    with pytest.raises(Conflict, match=r"has changed since.*Person 0.*\(1\).*no payslip for them: \S+ Late\..*\(1\)"):
        posting.post(run=run, by=cast.payroll, at=timezone.now())
    assert [len(people) for people in asked] == [Employee.objects.count() - 1, 2]
    assert not Payroll.objects.filter(status="posted").exists() and chain.breaks() == []


def test_two_posts_of_one_run_give_one_manifest(cast, staff):
    run = builders.computed(by=cast.hr)
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    answers = together(*[tried(lambda: posting.post(run=run, by=cast.payroll, at=timezone.now()))] * 4)
    assert sum(isinstance(answer, PayrollRun) for answer in answers) == 1
    assert chain.breaks() == []


def test_a_reader_never_sees_half_a_payslip(cast, staff, monkeypatch):
    monkeypatch.setattr(generation, "CHUNK", 3)
    stop, halves = threading.Event(), []

    def read():
        statement = """SELECT payroll.id FROM payroll_payroll payroll
            LEFT JOIN payroll_payrollitem item ON item.payroll_id = payroll.id
            GROUP BY payroll.id HAVING coalesce(sum(item.amount), 0) <> payroll.gross_amount"""
        with connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute(statement)
                halves.extend(cursor.fetchall())
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    for month in (11, 11, 12):
        builders.computed(by=cast.hr, month=month)
    stop.set()
    reader.join()
    assert halves == [] and PayrollItem.objects.count() == 2 * len(staff)
