"""A run whose payslips a later one took over, and the moment money left: what the API and the admin say of them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from payroll.models import Payment, PayrollRun, RunStatus
from payroll.selectors import overtaking, readiness
from payroll.tests import builders
from payroll.tests.test_posting import act
from peoplesync.core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    """A computed run of two people, started by HR."""
    paid = [user.employee for user in (cast.employee, cast.colleague)]
    for person in paid:
        builders.rate(person)
    return builders.computed(by=cast.hr, employee_ids=[person.pk for person in paid])


def test_a_run_whose_payslips_a_later_one_took_over_names_that_one_everywhere(cast, client_of, staff, run):
    later = builders.computed(by=cast.hr, employee_ids=run.employee_ids)
    payroll = client_of(cast.payroll)
    assert payroll.get(f"/api/v1/payroll_runs/{run.pk}").json()["superseded_by"] == str(later.pk)
    shown = {row["id"]: row["superseded_by"] for row in payroll.get("/api/v1/payroll_runs").json()["data"]}
    assert shown == {str(run.pk): str(later.pk), str(later.pk): None}
    for name in ("approve", "post"):
        answer = act(payroll, run, name)
        assert answer.status_code == 409 and f"Run {later.pk} computed them later" in answer.json()["message"]
    asked = staff(cast.payroll).get(f"/admin/payroll/payrollrun/{run.pk}/act/approve/")
    assert str(later.pk) in asked.content.decode()
    assert "Approve it first" in act(payroll, later, "post").json()["message"]


def test_whom_a_run_that_gave_up_took_over_is_to_be_generated_again(cast, run):
    later = builders.computed(by=cast.hr, employee_ids=[cast.colleague.employee_id])
    assert [point.code for point in readiness.points(run, timezone.now()) if point.is_blocking] == []
    PayrollRun.objects.filter(pk=later.pk).update(status=RunStatus.FAILED)
    found = {point.code: point.about for point in readiness.points(run, timezone.now())}
    (about,) = found["not_included"]
    assert about.startswith(str(cast.colleague.employee_id))


@pytest.mark.parametrize(
    ("changes", "is_named"),
    [
        ({}, True),
        ({"employee_ids": None}, True),
        ({"status": "cancelled"}, False),
        ({"status": "failed"}, False),
        ({"employee_ids": []}, False),
    ],
)
def test_only_a_run_to_go_on_with_for_the_same_people_is_named_where_the_job_listed_none(run, changes, is_named):
    later = builders.computed(employee_ids=run.employee_ids)
    Job.objects.filter(pk=run.job_id).update(result={"count": 2})
    PayrollRun.objects.filter(pk=later.pk).update(**changes)
    (found,) = overtaking.named(PayrollRun.objects.filter(pk=run.pk))
    assert found.superseded_by == (later.pk if is_named else None)


@pytest.mark.parametrize(("paid_at", "status"), [("2025-11-28T03:00:00Z", 200), ("2025-09-28T03:00:00Z", 400)])
def test_the_moment_money_left_is_kept_as_given(cast, client_of, run, paid_at, status):
    builders.posted(run, by=cast.payroll)
    answer = act(client_of(cast.payroll), run, "pay", {"paid_at": paid_at})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["paid_at"] == paid_at
        assert Payment.objects.filter(paid_at=paid_at).count() == 2


@pytest.mark.parametrize(("day", "status"), [("2025-11-28", 302), ("2199-11-28", 400)])
def test_the_admin_asks_when_the_money_left_too(cast, staff, run, day, status):
    builders.posted(run, by=cast.payroll)
    page = f"/admin/payroll/payrollrun/{run.pk}/act/pay/"
    assert staff(cast.payroll).post(page, {"paid_at_0": day, "paid_at_1": "10:00"}).status_code == status
    assert [f"{each.paid_at:%Y-%m-%d}" for each in Payment.objects.all()] == [day] * (2 if status == 302 else 0)


@pytest.mark.parametrize("paid_at", ["2025-11-28", "2199-11-28T03:00:00Z", 5])
def test_a_payment_ahead_or_without_a_time_is_400_and_records_nothing(cast, client_of, run, paid_at):
    builders.posted(run, by=cast.payroll)
    answer = act(client_of(cast.payroll), run, "pay", {"paid_at": paid_at})
    assert answer.status_code == 400 and "paid_at" in answer.json()["errors"]
    assert not Payment.objects.exists()
