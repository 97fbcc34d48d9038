"""The real worker as the application login: a month over real HTTP, a worker killed in the middle, what that login may not."""

from __future__ import annotations

import random
import time

import psycopg
import pytest
import requests
from django.utils import timezone

from payroll.models import Payroll, PayrollItem, PayrollRun, PayrollSnapshot
from payroll.selectors import chain
from payroll.services import runs
from payroll.tests import builders
from peoplesync.core.models import Job
from peoplesync.tests.cast import token_for
from peoplesync.tests.fault_seeds import SEEDS
from peoplesync.tests.processes import start_worker, until

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
KEY = {"Idempotency-Key": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}


def state(job_id: str) -> str:
    return Job.objects.values_list("status", flat=True).get(pk=job_id)


def test_a_month_over_http_with_a_real_worker(cast, server, worker):
    builders.rate(cast.employee.employee)
    headers = {"Authorization": f"Bearer {token_for(cast.payroll)}"}
    body = {"period_year": 2025, "period_month": 11, "department_id": None, "employee_ids": None}
    asked = requests.post(f"{server}/api/v1/payrolls", json=body, headers=headers | KEY, timeout=10)
    assert asked.status_code == 202
    address = f"{server}{asked.headers['Location']}"
    job = until(lambda: _ended(requests.get(address, headers=headers, timeout=10).json()))
    assert job["status"] == "completed" and job["error"] is None
    shown = requests.get(f"{server}/payrolls/{job['result']['payroll_ids'][0]}", headers=headers, timeout=10).json()
    assert (shown["status"], shown["net_amount"]) == ("draft", 10_000_000)


def _ended(job: dict) -> dict | None:
    return job if job["status"] in {"completed", "failed"} else None


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_worker_killed_in_the_middle_leaves_no_half_payslip_and_the_next_one_ends_the_run(
    cast, database_url, beat, seed
):
    staff = [builders.paid(f"Person {number:04}") for number in range(1500)]
    run, job = runs.generate(year=2025, month=11, by=cast.payroll, at=timezone.now())
    first = start_worker(database_url)
    try:
        until(lambda: 0 < Payroll.objects.count() < len(staff) or state(job.pk) == "completed", every=0.005)
        time.sleep(random.Random(seed).random() / 2)
    finally:
        first.kill()
    written = Payroll.objects.count()
    assert written > 0 and PayrollSnapshot.objects.count() == PayrollItem.objects.count() == written
    if state(job.pk) != "completed":
        Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now())  # a minute of silence, at once
    second = start_worker(database_url)
    try:
        until(lambda: state(job.pk) in {"completed", "failed"}, seconds=60)
    finally:
        second.stop()
    run = PayrollRun.objects.get(pk=run.pk)
    assert (state(job.pk), run.status, run.payroll_count) == ("completed", "computed", len(staff))
    assert Payroll.objects.values("employee_id").distinct().count() == Payroll.objects.count() == len(staff)


REFUSED = [
    "UPDATE payroll_payroll SET net_amount = 1",
    "DELETE FROM payroll_payroll",
    "UPDATE payroll_payrollitem SET amount = 1",
    "DELETE FROM payroll_payrollsnapshot",
    "UPDATE payroll_manifest SET number = 7",
    "DELETE FROM payroll_manifestentry",
    "UPDATE payroll_payment SET amount = 1",
    "TRUNCATE payroll_payroll CASCADE",
    "TRUNCATE payroll_payrollitem",
    "TRUNCATE payroll_manifestentry",
    "ALTER TABLE payroll_payroll DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DROP FUNCTION payroll_posted_is_final() CASCADE",
    "SELECT set_config('pgtrigger.ignore', '{payroll:all}', false); DELETE FROM payroll_payroll",
]


def test_the_application_login_can_change_nothing_that_is_posted(cast, database_url):
    builders.rate(cast.employee.employee)
    builders.posted(builders.computed(by=cast.hr), by=cast.payroll)
    with psycopg.connect(database_url, autocommit=True) as application:
        for statement in REFUSED:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)):
                application.execute(statement)
    assert chain.breaks() == [] and Payroll.objects.get().status == "posted"
