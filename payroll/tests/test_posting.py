"""Approve, post, pay and cancel: who may, in which order, and what can never be undone."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from attendance.models import Correction, DaySummary
from hr.models import PeriodLock
from hr.services import approvals
from hr.tests import builders as people
from hr.tests import timetable
from payroll.models import (
    Manifest,
    ManifestEntry,
    Payment,
    Payroll,
    PayrollItem,
    PayrollRun,
    PayrollSnapshot,
    SalaryComponent,
)
from payroll.selectors import chain, replay
from payroll.services import components, payments, posting, runs
from payroll.tests import builders
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_run(kept_cast):
    """A computed run of three people, started by HR."""
    people_paid = [user.employee for user in (kept_cast.employee, kept_cast.colleague, kept_cast.outsider)]
    for person in people_paid:
        builders.rate(person)
    run = builders.computed(by=kept_cast.hr, employee_ids=[person.pk for person in people_paid])
    connection.check_constraints()
    return run


@pytest.fixture
def cast(kept_cast, kept_run, db):
    return deepcopy(kept_cast)


@pytest.fixture
def run(kept_run, db):
    return PayrollRun.objects.get(pk=kept_run.pk)


def approved(run, cast):
    return runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())


def act(client, run, name, body=None):
    return client.post(f"/api/v1/payroll_runs/{run.pk}/{name}", body or {})


def test_a_run_is_sealed_also_where_references_are_checked_after_each_statement(cast, run):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    builders.posted(run, by=cast.payroll)
    assert Manifest.objects.get().entry_count == 3 and chain.breaks() == []


@pytest.mark.parametrize(("valid_from", "status"), [("2025-09-01", 409), ("2025-11-26", 409), ("2025-12-01", 201)])
def test_a_rate_of_days_whose_salary_is_posted_is_409_unless_it_is_meant(cast, client_of, run, valid_from, status):
    builders.posted(run, by=cast.payroll)
    body = {"employee_id": str(cast.employee.employee_id), "amount": 9_000_000, "valid_from": valid_from}
    payroll = client_of(cast.payroll)
    answer = payroll.post("/api/v1/pay_rates", body)
    assert answer.status_code == status
    assert payroll.post("/api/v1/pay_rates", {**body, "allow_retro": True}).status_code == 201


def assignment(cast, **values):
    person, component = cast.employee.employee_id, builders.component("Transport")
    return {"employee_id": str(person), "component_id": str(component.pk), "amount": 5, **values}


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2025-11-26", None, 409),
        ("2025-11-26", "2025-11-27", 409),
        ("2025-10-01", "2025-10-20", 201),
        ("2025-12-01", None, 201),
    ],
)
def test_an_assignment_that_reaches_into_a_posted_month_is_409_unless_it_is_meant(
    cast, client_of, run, first, last, status
):
    builders.posted(run, by=cast.payroll)
    body, payroll = assignment(cast, valid_from=first, valid_to=last), client_of(cast.payroll)
    answer = payroll.post("/api/v1/salary_assignments", body)
    assert answer.status_code == status
    if status == 409:
        assert "paula@example.com" in answer.json()["errors"]["valid_from"][0]
        assert payroll.post("/api/v1/salary_assignments", {**body, "allow_retro": True}).status_code == 201
    assert payroll.post("/api/v1/salary_assignments", {**body, "kind": "bonus"}).status_code == 201


def test_an_assignment_ends_with_a_posted_month_but_not_inside_it_unless_it_is_meant(cast, client_of, run):
    row = builders.assign(cast.employee.employee, builders.component("Transport"), 5)
    builders.posted(run, by=cast.payroll)
    payroll, address = client_of(cast.payroll), f"/api/v1/salary_assignments/{row.pk}"
    refused = payroll.put(address, {"valid_to": "2025-11-29"})
    assert refused.status_code == 409 and "valid_to" in refused.json()["errors"]
    assert payroll.put(address, {"valid_to": "2025-11-30"}).status_code == 200
    assert payroll.put(address, {"valid_to": "2025-12-31"}).status_code == 200
    assert payroll.put(address, {"valid_to": "2025-10-31"}).status_code == 409
    assert payroll.put(address, {"valid_to": "2025-10-31", "allow_retro": True}).status_code == 200


def test_a_later_rate_keeps_a_posted_month_as_it_was(cast, client_of, run):
    builders.posted(run, by=cast.payroll)
    builders.PayRate.objects.filter(employee=cast.employee.employee).update(valid=DateRange(date(2025, 11, 1), None))
    body = {"employee_id": str(cast.employee.employee_id), "amount": 9_000_000, "valid_from": "2025-09-01"}
    assert client_of(cast.payroll).post("/api/v1/pay_rates", body).status_code == 201


def test_a_run_is_approved_posted_and_paid_over_http(cast, client_of, run):
    payroll = client_of(cast.payroll)
    assert act(payroll, run, "approve").json()["status"] == "approved"
    shown = act(payroll, run, "post").json()
    assert shown["status"] == "posted" and len(shown["manifest_hash"]) == 64
    assert act(payroll, run, "pay").json()["status"] == "paid"
    body = payroll.get(f"/api/v1/payrolls?employee_id={cast.employee.employee_id}").json()["data"][0]
    assert body["status"] == "posted" and body["paid_at"] is not None
    assert Payment.objects.count() == 3


@pytest.mark.parametrize("role", ["employee", "manager", "hr", "auditor"])
@pytest.mark.parametrize("name", ["approve", "post", "pay", "cancel"])
def test_only_payroll_acts_on_runs(cast, client_of, run, role, name):
    assert act(client_of(cast.by_role()[role]), run, name).status_code == 403


def test_acts_in_the_wrong_order_are_409_and_change_nothing(cast, client_of, run):
    payroll = client_of(cast.payroll)
    for name in ("post", "pay"):
        assert act(payroll, run, name).status_code == 409
    assert act(payroll, run, "approve").status_code == 200
    assert act(payroll, run, "approve").status_code == 409
    assert act(payroll, run, "post").status_code == 200
    for name in ("approve", "post", "cancel"):
        assert act(payroll, run, name).status_code == 409
    assert act(payroll, run, "pay").status_code == 200
    assert act(payroll, run, "pay").status_code == 409
    assert Payment.objects.count() == 3 and Manifest.objects.count() == 1


def test_an_unknown_run_is_404(cast, client_of):
    assert client_of(cast.payroll).post(f"/api/v1/payroll_runs/{uuid4()}/approve", {}).status_code == 404


def test_a_cancelled_run_leaves_no_payslip_behind(cast, client_of, run):
    assert act(client_of(cast.payroll), run, "cancel").json()["status"] == "cancelled"
    assert client_of(cast.payroll).get("/api/v1/payrolls").json()["meta"]["total"] == 0
    cast.employee.employee.refresh_from_db()
    assert cast.employee.employee.latest_payroll_id is None
    assert builders.computed(by=cast.hr).payroll_count == 3


def test_posting_closes_the_counted_days_of_those_paid_and_no_other(cast, run):
    builders.posted(run, by=cast.payroll)
    locks = PeriodLock.objects.filter(source="payroll", source_id=run.pk)
    assert set(locks.values_list("first_on", "last_on")) == {(date(2025, 10, 26), date(2025, 11, 25))}
    assert locks.count() == 3


def test_generating_a_posted_month_again_leaves_it_names_it_and_completes(cast, run):
    builders.posted(run, by=cast.payroll)
    before = list(Payroll.objects.order_by("pk").values())
    builders.rate(cast.manager.employee)
    again = builders.computed(by=cast.hr)
    assert list(Payroll.objects.filter(run=run).order_by("pk").values()) == before
    assert again.payroll_count == 1
    result = again.job.result
    assert len(result["payroll_ids"]) == 1 and len(result["posted"]) == 3
    assert {row["code"] for row in result["posted"]} == {"posted_before"}


def test_a_raise_a_renamed_and_a_lowered_component_do_not_reach_a_posted_payslip(cast, client_of, run):
    builders.posted(run, by=cast.payroll)
    before = list(PayrollItem.objects.order_by("pk").values())
    hr = client_of(cast.hr)
    hr.put(f"/api/v1/employees/{cast.employee.employee_id}", {"current_salary": 99})
    hr.put(f"/api/v1/salary_components/{builders.basic().pk}", {"name": "Renamed", "default_amount": 5})
    hr.put(f"/api/v1/employees/{cast.employee.employee_id}", {"first_name": "Emma", "department_id": None})
    people.setting(payroll_cutoff_day=5, money_unit="1000")
    used = SalaryComponent.objects.get(code="basic")
    with pytest.raises(Conflict):
        components.delete(component=used, by=cast.hr, at=timezone.now())
    assert list(PayrollItem.objects.order_by("pk").values()) == before
    assert chain.breaks() == []
    assert [difference for _, difference in replay.all_posted()] == [None] * 3


WRITES = [
    "UPDATE payroll_payroll SET net_amount = 1, gross_amount = 1, deduction_amount = 0",
    "UPDATE payroll_payroll SET status = 'computed'",
    "DELETE FROM payroll_payroll",
    "UPDATE payroll_payrollitem SET amount = amount + 1",
    "DELETE FROM payroll_payrollitem",
    "INSERT INTO payroll_payrollitem (id, payroll_id, position, component_id, component_name, kind, amount, reason) "
    "SELECT gen_random_uuid(), payroll_id, position + 50, component_id, component_name, kind, amount, reason "
    "FROM payroll_payrollitem",
    "UPDATE payroll_payrollsnapshot SET inputs = '{}'",
    "DELETE FROM payroll_payrollsnapshot",
    "UPDATE payroll_manifest SET hash = 'x'",
    "DELETE FROM payroll_manifest",
    "UPDATE payroll_manifestentry SET position = position + 100",
    "DELETE FROM payroll_manifestentry",
]


@pytest.mark.parametrize("statement", WRITES)
def test_sql_cannot_change_what_is_posted_even_for_the_owner(cast, run, statement):
    builders.posted(run, by=cast.payroll)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.diag.constraint_name == "payroll_payroll_posted_is_final"


RUN_IS_FINAL, OF_ITS_RUN = "payroll_payrollrun_posted_is_final", "payroll_payroll_period_of_its_run"
PAYS_POSTED = "payroll_payment_pays_what_is_posted"
COPIED = """INSERT INTO payroll_payroll (id, created_at, employee_id, run_id, period_year, period_month, kind, sequence, status,
    gross_amount, deduction_amount, net_amount, employer_amount, generated_at, is_outlier, warnings)
    SELECT gen_random_uuid(), now(), employee_id, run_id, 2025, {month}, '{kind}', 1, 'computed', 1, 0, 1, 0, now(), false, '[]'
    FROM payroll_payroll LIMIT 1"""
PAID = """INSERT INTO payroll_payment (id, created_at, payroll_id, amount, paid_at)
    SELECT gen_random_uuid(), now(), id, net_amount + {more}, now() FROM payroll_payroll WHERE status = '{status}' LIMIT 1"""


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE payroll_payrollrun SET counted_last_on = counted_last_on + 3 WHERE status = 'posted'", RUN_IS_FINAL),
        ("UPDATE payroll_payrollrun SET status = 'computed' WHERE status = 'posted'", RUN_IS_FINAL),
        ("UPDATE payroll_payrollrun SET status = 'cancelled' WHERE status = 'posted'", RUN_IS_FINAL),
        ("UPDATE payroll_payrollrun SET posted_by_id = NULL WHERE status = 'posted'", RUN_IS_FINAL),
        ("DELETE FROM payroll_payrollrun WHERE status = 'posted'", RUN_IS_FINAL),
        (COPIED.format(month=10, kind="regular"), OF_ITS_RUN),
        (COPIED.format(month=11, kind="bonus"), OF_ITS_RUN),
        (PAID.format(more=1, status="posted"), PAYS_POSTED),
        (PAID.format(more=0, status="computed"), PAYS_POSTED),
    ],
)
def test_sql_cannot_bend_a_posted_run_or_pay_what_is_not_posted(cast, run, statement, constraint):
    builders.posted(run, by=cast.payroll)
    builders.computed(by=cast.hr, month=12, employee_ids=run.employee_ids)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_a_posted_run_may_still_lose_its_job_to_housekeeping_and_be_paid(cast, run):
    done = builders.posted(run, by=cast.payroll)
    PayrollRun.objects.get(pk=done.pk).job.delete()
    paid = payments.pay(run=done, by=cast.payroll, at=timezone.now())
    assert (paid.status, paid.job_id, Payment.objects.count()) == ("paid", None, 3)


def test_open_payslips_of_other_months_can_still_be_computed_again(cast, run):
    builders.posted(run, by=cast.payroll)
    builders.computed(by=cast.hr, month=12)
    assert builders.computed(by=cast.hr, month=12).payroll_count == 3


def test_outliers_need_an_acknowledgement_and_the_first_month_has_none(cast, client_of, run):
    assert run.outlier_count == 0
    builders.posted(run, by=cast.payroll)
    builders.component("Bonus", "variable", 5_000_000)
    second = builders.computed(by=cast.hr, month=12, employee_ids=run.employee_ids)
    assert second.outlier_count == 3
    payroll = client_of(cast.payroll)
    refused = act(payroll, second, "approve")
    assert refused.status_code == 409 and "acknowledgement" in refused.json()["errors"]
    page = payroll.get(f"/api/v1/payroll_runs/{second.pk}/variance?is_outlier=true").json()
    assert page["meta"]["total"] == 3
    net = page["data"][0]["net"]
    assert net == {"before": 10_000_000, "now": 15_000_000, "change": 5_000_000, "percent": 50, "is_outlier": True}
    answer = act(payroll, second, "approve", {"acknowledgement": "Bonus agreed in October"})
    assert answer.status_code == 200


def points(client, run) -> dict[str, int]:
    shown = client.get(f"/api/v1/payroll_runs/{run.pk}/readiness").json()
    assert shown["is_ready"] is not any(point["is_blocking"] for point in shown["points"])
    return {point["code"]: point["count"] for point in shown["points"] if point["is_blocking"]}


def test_a_run_with_people_who_cannot_be_paid_is_approved_only_by_saying_why(cast, client_of, run):
    payroll, again = client_of(cast.payroll), builders.computed(by=cast.hr)
    assert points(payroll, again) == {"refused": 5}
    refused = act(payroll, again, "approve")
    assert refused.status_code == 409 and set(refused.json()["errors"]) == {"readiness", "acknowledgement"}
    assert "cannot be paid yet" in refused.json()["message"]
    assert PayrollRun.objects.get(pk=again.pk).status == "computed"
    assert act(payroll, again, "approve", {"acknowledgement": " "}).status_code == 409
    assert act(payroll, again, "approve", {"acknowledgement": "They start in December"}).status_code == 200
    assert act(payroll, again, "post").status_code == 200
    assert ActivityLog.objects.get(action="payroll_run.approved").meta["acknowledgement"] == "They start in December"


def undecided(cast) -> None:
    """Leave, a correction and overtime of counted days that nobody has decided, and the same of days before."""
    for on in (date(2025, 11, 3), date(2025, 10, 20)):
        timetable.leave(cast.employee.employee, on, on, status="pending")
        at = datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
        Correction.objects.create(employee=cast.employee.employee, work_date=on, clock_in=at, reason="Forgot")
        day = DaySummary.objects.create(employee=cast.employee.employee, work_date=on, overtime={"work": 3600})
        approvals.request_many(
            kind="overtime", subjects={day.pk: day.employee_id}, noun="day(s)", by=None, at=timezone.now()
        )


def test_what_comes_in_the_way_after_approval_stops_posting_until_it_is_taken_on(cast, client_of, run):
    payroll = client_of(cast.payroll)
    assert points(payroll, run) == {} and act(payroll, run, "approve").status_code == 200
    undecided(cast)
    assert points(payroll, run) == {"pending_leave": 1, "pending_corrections": 1, "pending_overtime": 1}
    refused = act(payroll, run, "post")
    assert refused.status_code == 409 and len(refused.json()["errors"]["readiness"]) == 3
    assert set(Payroll.objects.values_list("status", flat=True)) == {"approved"}
    assert not PeriodLock.objects.exists()
    assert act(payroll, run, "post", {"acknowledgement": "Settled in December"}).status_code == 200
    run.refresh_from_db()
    assert run.acknowledgement == "Settled in December"


def test_a_reason_of_several_lines_that_is_given_again_is_kept_once(cast, client_of, run):
    payroll, again = client_of(cast.payroll), builders.computed(by=cast.hr)
    for name, end in (("approve", "\n"), ("post", "\r\n")):
        reason = f"They start.{end}Agreed with Hana."
        assert act(payroll, again, name, {"acknowledgement": reason}).status_code == 200
    again.refresh_from_db()
    assert again.acknowledgement == "They start.\nAgreed with Hana."


def test_an_earlier_month_that_is_still_open_is_in_the_way(cast, client_of, run):
    later = builders.computed(by=cast.hr, month=12, employee_ids=run.employee_ids)
    assert points(client_of(cast.payroll), later) == {"earlier_open": 1}
    assert act(client_of(cast.payroll), later, "approve").status_code == 409


def test_runs_are_listed_with_filters_for_those_entitled(cast, client_of, run):
    run = builders.computed(by=cast.hr)
    shown = client_of(cast.auditor).get("/api/v1/payroll_runs?period_year=2025&status=computed").json()
    assert shown["data"][0]["payroll_count"] == 3
    assert client_of(cast.employee).get("/api/v1/payroll_runs").status_code == 403
    detail = client_of(cast.hr).get(f"/api/v1/payroll_runs/{run.pk}").json()
    assert {row["level"] for row in detail["findings"]} == {"refused"}


def test_an_approved_run_whose_payslips_were_all_computed_again_cannot_be_posted(cast, run):
    approved(run, cast)
    builders.computed(by=cast.hr)
    with pytest.raises(Conflict, match="computed them later"):
        posting.post(run=PayrollRun.objects.get(pk=run.pk), by=cast.payroll, at=timezone.now())
    assert set(Payroll.objects.values_list("status", flat=True)) == {"computed"}


def test_manifests_are_chained_and_hold_an_entry_per_payslip_in_the_order_of_employees(cast, run):
    builders.posted(run, by=cast.payroll)
    second = builders.computed(by=cast.hr, month=12)
    builders.posted(second, by=cast.payroll)
    first, last = Manifest.objects.order_by("number")
    assert (first.number, last.number, last.previous_hash) == (1, 2, first.hash)
    people_in_order = ManifestEntry.objects.filter(manifest=first).order_by("position")
    ids = [str(pk) for pk in people_in_order.values_list("payroll__employee_id", flat=True)]
    assert ids == sorted(ids) and len(ids) == 3
    assert PayrollSnapshot.objects.count() == 6 and chain.breaks() == []
