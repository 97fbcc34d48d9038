"""Generating a month: who is in, what a payslip holds, what happens the second time, and how one error stays alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hr.models import Employee, Leave
from hr.tests import builders as people
from payroll.models import Payroll, PayrollItem, PayrollSnapshot, RunFinding
from payroll.selectors import replay
from payroll.services import computing, generation, posting, rates, runs
from payroll.tests import builders
from peoplesync.core.models import ActivityLog, Job, Notification
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organisation(request):
    """The settings, where the cast does not bring them."""
    if "cast" not in request.fixturenames:
        people.setting()


def lines(employee) -> list[tuple[str, int]]:
    items = PayrollItem.objects.filter(payroll__employee=employee, payroll__status="computed").order_by("position")
    return [(item.component_name, int(item.amount)) for item in items]


def findings(run) -> list[tuple[str, str]]:
    return list(RunFinding.objects.filter(run=run).order_by("id").values_list("level", "code"))


def test_a_plain_payslip_is_the_salary_on_basic_salary_and_the_default_amounts_above_zero():
    jane = builders.paid("Jane", 10_000_000)
    builders.component("Transport", "fixed", 500_000)
    builders.component("Unused", "variable", 0)
    builders.component("Union", "deduction", 100_000)
    run = builders.computed()
    payroll = Payroll.objects.get(employee=jane)
    assert lines(jane) == [("Basic Salary", 10_000_000), ("Transport", 500_000), ("Union", 100_000)]
    assert (payroll.gross_amount, payroll.net_amount) == (10_500_000, 10_400_000)
    assert (run.status, run.payroll_count, run.gross_total, run.net_total) == ("computed", 1, 10_500_000, 10_400_000)
    assert PayrollItem.objects.get(payroll=payroll, position=1).note == "Monthly base salary"


def test_a_component_created_as_the_published_example_does_not_pay_the_salary_twice():
    jane = builders.paid("Jane", 10_000_000)
    builders.component("Basic Salary", "fixed", 5_000_000)
    builders.computed()
    assert lines(jane) == [("Basic Salary", 10_000_000)]


def test_the_record_below_shows_the_newest_payroll_and_todays_salary():
    jane = builders.paid("Jane", 10_000_000)
    Employee.objects.filter(pk=jane.pk).update(current_salary=1)
    builders.computed(month=11)
    november = Payroll.objects.get(period_month=11)
    builders.computed(month=10)
    jane.refresh_from_db()
    assert jane.latest_payroll_id == november.pk
    assert jane.current_salary == 10_000_000


def test_scope_follows_the_dates_of_employment_and_not_the_status():
    for name, status, hired, ended in (
        ("on leave", "on_leave", date(2020, 1, 1), None),
        ("leaver", "terminated", date(2020, 1, 1), date(2025, 11, 10)),
        ("gone", "terminated", date(2020, 1, 1), date(2025, 10, 31)),
        ("future", "active", date(2025, 12, 1), None),
    ):
        builders.paid(name, 30_000_000, status=status, hired_at=hired, ended_on=ended)
    builders.computed()
    found = dict(Payroll.objects.values_list("employee__first_name", "gross_amount"))
    assert found == {"on leave": 30_000_000, "leaver": 10_000_000}


def test_a_joiner_after_the_cut_off_is_skipped_by_name_and_paid_with_the_next_month():
    late = builders.paid("Late", 30_000_000, hired_at=date(2025, 11, 27))
    run = builders.computed(month=11)
    assert findings(run) == [("skipped", "late_joiner")] and run.skipped_count == 1
    builders.computed(month=12)
    assert Payroll.objects.get(employee=late).gross_amount == 34_000_000


def test_unpaid_leave_in_the_counted_days_is_not_paid():
    jane = builders.paid("Jane", 30_000_000)
    for code, first in (("unpaid", 3), ("annual", 10)):
        days = {"start_date": date(2025, 11, first), "end_date": date(2025, 11, first + 2), "days": 3}
        Leave.objects.create(employee=jane, leave_type_id=code, status="approved", **days)
    builders.computed()
    assert lines(jane) == [("Basic Salary", 27_000_000)]


def test_one_person_who_cannot_be_paid_is_a_line_and_the_others_are_paid():
    good = [builders.paid(f"Good {number}") for number in range(4)]
    bad = people.employee("No salary")
    run = builders.computed()
    job = Job.objects.get(pk=run.job_id)
    assert Payroll.objects.count() == 4 and run.refused_count == 1
    assert job.status == "completed" and (job.processed, job.total) == (5, 5)
    assert [row["employee_id"] for row in job.result["refused"]] == [str(bad.pk)]
    assert job.result["refused"][0]["code"] == "missing_rate"
    assert len(job.result["payroll_ids"]) == len(good)


def test_an_engine_that_breaks_on_one_person_does_not_stop_the_run(monkeypatch):
    jane, ema = builders.paid("Jane"), builders.paid("Ema")

    def breaks(inputs):
        if inputs.employee_id == str(jane.pk):
            raise ZeroDivisionError
        return real(inputs)

    real = computing.compute
    monkeypatch.setattr(computing, "compute", breaks)
    run = builders.computed()
    assert findings(run) == [("refused", "engine_failed")]
    assert list(Payroll.objects.values_list("employee_id", flat=True)) == [ema.pk]


def test_a_row_the_database_refuses_is_found_by_halving(monkeypatch):
    staff = [builders.paid(f"Person {number}") for number in range(9)]
    unlucky = staff[4]
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE payroll_payroll ADD CONSTRAINT unlucky CHECK (employee_id <> '{unlucky.pk}'::uuid)"
        )
    run = builders.computed()
    assert run.status == "computed" and run.payroll_count == 8
    assert list(RunFinding.objects.values_list("employee_id", "code")) == [(unlucky.pk, "not_written")]
    assert Job.objects.get(pk=run.job_id).processed == 9


def test_a_second_run_computes_in_place_with_the_same_ids_and_takes_the_payslips_over():
    jane = builders.paid("Jane", 10_000_000)
    first = builders.computed()
    before = Payroll.objects.get(employee=jane)
    builders.component("Bonus", "variable", 1_000_000)
    second = builders.computed()
    after = Payroll.objects.get(employee=jane)
    first.refresh_from_db()
    assert (after.pk, after.created_at, after.run_id) == (before.pk, before.created_at, second.pk)
    assert after.gross_amount == 11_000_000 and PayrollItem.objects.count() == 2
    assert PayrollSnapshot.objects.count() == 1
    assert (first.payroll_count, second.payroll_count) == (0, 1)


def test_whoever_cannot_be_paid_any_more_loses_the_open_payslip():
    jane = builders.paid("Jane")
    builders.computed()
    jane.pay_rates.all().delete()
    Employee.objects.filter(pk=jane.pk).update(current_salary=None)
    builders.computed()
    jane.refresh_from_db()
    assert Payroll.objects.get().status == "cancelled" and jane.latest_payroll_id is None


def test_filters_narrow_and_whoever_is_named_is_answered_for():
    sales = people.department("Sales")
    inside, outside = builders.paid("In", department=sales), builders.paid("Out")
    run = builders.computed(department_id=sales.pk)
    assert list(Payroll.objects.values_list("employee_id", flat=True)) == [inside.pk]
    gone = builders.paid("Gone", ended_on=date(2025, 1, 1))
    run = builders.computed(employee_ids=[outside.pk, gone.pk])
    assert run.payroll_count == 1 and findings(run) == [("refused", "not_employed")]


def test_a_salary_without_a_rate_becomes_a_first_rate_from_the_day_of_hire():
    jane = people.employee("Jane", hired_at=date(2020, 1, 15), current_salary=Decimal(7_000_000))
    builders.computed()
    assert jane.pay_rates.get().valid == DateRange(date(2020, 1, 15), None)
    assert lines(jane) == [("Basic Salary", 7_000_000)]
    assert ActivityLog.objects.filter(action="pay_rate.set").count() == 1


def test_a_month_before_the_first_rate_is_refused_whatever_the_record_shows_today():
    jane = people.employee("Jane", hired_at=date(2020, 1, 15))
    values = {"amount": Decimal(20_000_000), "valid_from": date(2026, 1, 1)}
    rates.set_from(employee_id=jane.pk, **values, by=None, at=datetime(2026, 1, 2, tzinfo=UTC))
    assert Employee.objects.get(pk=jane.pk).current_salary == 20_000_000
    run = builders.computed()
    assert findings(run) == [("refused", "missing_rate")] and not Payroll.objects.exists()


def test_a_snapshot_computes_again_to_the_identical_result():
    jane = builders.paid("Jane", 10_000_001)
    builders.assign(jane, builders.component("Grade", code="grade"), formula="round(salary * 0.07 / 3, 2)")
    builders.computed()
    snapshot = PayrollSnapshot.objects.get()
    result = replay.again(snapshot)
    assert result.fingerprint() == snapshot.result_hash
    assert result.inputs_fingerprint == snapshot.inputs_fingerprint
    assert replay.differences(snapshot, list(PayrollItem.objects.order_by("position"))) is None
    assert "Jane" not in snapshot.inputs


def test_extreme_payslips_add_up_and_stop_nobodys_month(cast, client_of):
    for name in ("Midas", "Croesus"):
        builders.paid(name, "6" + "0" * 35)
    run = builders.computed()
    assert (run.status, run.payroll_count, run.gross_total) == ("computed", 2, 12 * 10**35)
    assert client_of(cast.payroll).get(f"/api/v1/payroll_runs/{run.pk}").json()["gross_total"] == 12 * 10**35


def told() -> list[str]:
    rows = Notification.objects.filter(title="Payroll Finished")
    return sorted(rows.values_list("user__email", flat=True))


def test_who_starts_a_run_is_told_once_it_is_computed_and_who_is_paid_once_she_can_read_her_payslip(cast, client_of):
    builders.rate(cast.employee.employee)
    run = builders.computed(by=cast.hr, employee_ids=[cast.employee.employee_id])
    assert told() == ["hana@example.com"]
    assert Notification.objects.get().message == "Payroll for Nov 2025 has been processed."
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    assert told() == ["ema@example.com", "hana@example.com"]
    told_ema = "Payroll for Nov 2025 has been processed. Your payslip is ready to read."
    assert Notification.objects.get(user=cast.employee).message == told_ema
    assert client_of(cast.employee).get("/api/v1/payrolls").json()["meta"]["total"] == 1


def test_who_started_a_run_is_told_who_was_refused_and_when_it_pays_nobody(cast, client_of):
    refused = "Refused: 1. The run's findings say whom and what to put right."
    unpaid = [cast.colleague.employee_id]
    builders.computed(by=cast.hr, employee_ids=unpaid)
    assert Notification.objects.get().message == f"Payroll for Nov 2025 made no payslips. {refused}"
    builders.rate(cast.employee.employee)
    builders.computed(by=cast.payroll, employee_ids=[cast.employee.employee_id, *unpaid])
    message = Notification.objects.get(user=cast.payroll).message
    assert message == f"Payroll for Nov 2025 has been processed. {refused}"
    builders.computed(by=cast.superadmin, year=2010)
    assert "Nobody is in its scope" in Notification.objects.get(user=cast.superadmin).message
    for year, status in ((timezone.now().year + 3, 400), (timezone.now().year + 1, 202)):
        body = {"period_year": year, "period_month": 11}
        answer = client_of(cast.payroll).post("/api/v1/payrolls", body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == status
        assert status == 202 or "years ahead" in answer.json()["errors"]["period_year"][0]
    body = {"period_year": 2025, "period_month": 11, "department_id": str(cast.sales.pk), "employee_ids": unpaid}
    answer = client_of(cast.payroll).post("/api/v1/payrolls", body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 400 and "Nobody named" in answer.json()["errors"]["employee_ids"][0]


def test_a_payslip_approved_again_is_not_told_again_and_another_bonus_is(cast):
    builders.assign(cast.employee.employee, builders.component("Bonus", "variable"), 5, kind="bonus")
    for _ in range(2):
        run = builders.computed(by=cast.hr, kind="bonus")
        runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    assert told() == ["ema@example.com", "hana@example.com", "hana@example.com"]
    posting.post(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    run = builders.computed(by=cast.hr, kind="bonus")
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    assert told().count("ema@example.com") == 2


def test_a_job_whose_worker_died_right_after_the_run_was_computed_still_answers_it(cast):
    builders.paid("Jane")
    run = builders.computed(by=cast.hr)
    before = Job.objects.get(pk=run.job_id)
    Job.objects.filter(pk=run.job_id).update(status="processing", lease_expires_at=timezone.now(), result=None)
    jobs.run(job_id=run.job_id)
    after = Job.objects.get(pk=run.job_id)
    assert (after.status, after.error, after.result) == ("completed", None, before.result)
    assert told() == ["hana@example.com"]


def test_a_run_ends_with_its_job_or_not_at_all(cast):
    builders.paid("Jane")
    run, job = runs.generate(year=2025, month=11, by=cast.hr, at=timezone.now())
    ticket = jobs.claim(job_id=job.pk, at=timezone.now())
    Job.objects.filter(pk=job.pk).update(lease_number=ticket.lease_number + 1)
    with pytest.raises(jobs.LeaseLost):
        generation._finish(run, ticket)
    run.refresh_from_db()
    assert run.status == "computing" and told() == []


def test_a_run_writes_one_entry_when_it_starts_and_one_when_it_is_done(cast):
    builders.paid("Jane")
    builders.computed(by=cast.hr)
    runs = ActivityLog.objects.filter(resource_type="payroll_run").order_by("created_at")
    assert list(runs.values_list("action", "user__email")) == [
        ("payroll_run.started", "hana@example.com"),
        ("payroll_run.computed", "hana@example.com"),
    ]


def statements(count: int, month: int) -> int:
    for number in range(count):
        builders.paid(f"Person {number}")
    with CaptureQueriesContext(connection) as asked:
        builders.computed(month=month)
    return len(asked)


def test_a_chunk_costs_the_same_statements_for_three_people_and_for_sixty():
    few, many = statements(3, 11), statements(57, 10)
    assert many == few and many <= 75


def test_people_are_computed_in_chunks(monkeypatch):
    monkeypatch.setattr(generation, "CHUNK", 4)
    for number in range(10):
        builders.paid(f"Person {number}")
    run = builders.computed()
    assert run.payroll_count == 10 and Job.objects.get(pk=run.job_id).processed == 10
