"""Pay rates and assignments: dated, never overlapping, never one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from hr.selectors import employees
from hr.services import period_locks
from hr.tests import builders as people
from payroll.models import PayRate, SalaryAssignment
from payroll.services import latest, posting, rates, runs
from payroll.tests import builders
from peoplesync.core.models import ActivityLog, Notification
from peoplesync.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db


def spans(employee) -> list[tuple[date | None, date | None, int]]:
    rows = PayRate.objects.filter(employee=employee).order_by("valid")
    return [(row.valid_from, row.valid_to, int(row.amount)) for row in rows]


def set_from(employee, amount, day):
    return rates.set_from(employee_id=employee.pk, amount=Decimal(amount), valid_from=day, by=None, at=timezone.now())


def test_a_new_rate_ends_the_one_in_force_the_day_before(db):
    jane = builders.paid("Jane", 10, hired_at=date(2020, 1, 15))
    set_from(jane, 20, date(2025, 11, 10))
    assert spans(jane) == [(date(2020, 1, 15), date(2025, 11, 9), 10), (date(2025, 11, 10), None, 20)]


def test_a_rate_for_the_past_ends_where_the_next_begins(db):
    jane = builders.paid("Jane", 10, hired_at=date(2020, 1, 15))
    set_from(jane, 30, date(2025, 6, 1))
    set_from(jane, 20, date(2024, 1, 1))
    assert [(row[0], row[2]) for row in spans(jane)] == [
        (date(2020, 1, 15), 10), (date(2024, 1, 1), 20), (date(2025, 6, 1), 30),
    ]  # fmt: skip
    assert spans(jane)[1][1] == date(2025, 5, 31)


def test_a_second_rate_of_the_same_day_replaces_the_first(db):
    jane = builders.paid("Jane", 10, hired_at=date(2020, 1, 15))
    set_from(jane, 20, date(2025, 11, 10))
    set_from(jane, 25, date(2025, 11, 10))
    assert spans(jane)[1:] == [(date(2025, 11, 10), None, 25)]


def test_the_database_refuses_two_rates_on_one_day(db):
    jane = builders.paid("Jane")
    with pytest.raises(IntegrityError, match="payroll_payrate_no_overlap"):
        PayRate.objects.create(employee=jane, amount=1, valid=DateRange(date(2030, 1, 1), None))


def test_a_mistyped_first_salary_is_put_right_from_its_first_day_and_who_did_it_is_told(cast, client_of):
    hr, person = client_of(cast.hr), cast.employee.employee
    for amount in (50_000_000, 5_000_000):
        assert hr.put(f"/api/v1/employees/{person.pk}", {"current_salary": amount}).status_code == 200
    assert spans(person) == [(date(2020, 1, 15), None, 5_000_000)]
    (told,) = Notification.objects.filter(user=cast.hr)
    assert "counts from 2020-01-15" in told.message and "ask payroll" in told.message
    kept = ActivityLog.objects.filter(action="pay_rate.set", meta__employee_id=str(person.pk))
    assert kept.count() == 2


def changed_to_20(person, at):
    person.current_salary = Decimal(20)
    rates.follow_salary(person, Decimal(10), None, at)
    return [(row[0], row[2]) for row in spans(person)]


def test_a_salary_that_payroll_entered_changes_from_today_only(cast):
    at = timezone.now()
    jane = builders.paid("Jane", 10, hired_at=date(2020, 1, 15))
    assert changed_to_20(jane, at) == [(date(2020, 1, 15), 10), (employees.today_of(jane, at), 20)]


@pytest.mark.parametrize(
    ("kind", "reached", "is_put_right"),
    [
        ("regular", "computed", True),
        ("regular", "approved", False),
        ("regular", "posted", False),
        ("regular", "cancelled", True),
        ("bonus", "posted", True),
    ],
)
def test_a_first_salary_is_put_right_until_a_payslip_that_pays_it_is_approved(cast, kind, reached, is_put_right):
    at = timezone.now()
    kate = people.employee("Kate", hired_at=date(2020, 1, 15), current_salary=Decimal(10))
    rates.follow_salary(kate, None, None, at)
    builders.assign(kate, builders.component("Bonus"), 5, kind="bonus")
    run = builders.computed(by=cast.hr, kind=kind, employee_ids=[kate.pk])
    if reached in ("approved", "posted", "cancelled"):
        runs.approve(run=run, by=cast.payroll, at=at)
    if reached == "posted":
        posting.post(run=run, by=cast.payroll, at=at)
    if reached == "cancelled":
        runs.cancel(run=run, by=cast.payroll, at=at)
    today = [(date(2020, 1, 15), 10), (employees.today_of(kate, at), 20)]
    assert changed_to_20(kate, at) == ([(date(2020, 1, 15), 20)] if is_put_right else today)


def test_nobody_sets_her_own_rate(cast):
    with pytest.raises(Forbidden):
        rates.set_from(
            employee_id=cast.payroll.employee_id,
            amount=Decimal(1),
            valid_from=date(2025, 1, 1),
            by=cast.payroll,
            at=timezone.now(),
        )


def test_rates_over_http_are_set_by_payroll_and_seen_by_those_entitled(cast, client_of):
    body = {"employee_id": str(cast.employee.employee_id), "amount": 15000000.5, "valid_from": "2025-11-01"}
    answer = client_of(cast.payroll).post("/api/v1/pay_rates", body)
    assert answer.status_code == 201 and answer.json()["amount"] == 15000000.5
    assert ActivityLog.objects.get(action="pay_rate.set").meta["amount"] == "***"
    assert client_of(cast.employee).get("/api/v1/pay_rates").json()["meta"]["total"] == 1
    assert client_of(cast.colleague).get("/api/v1/pay_rates").json()["meta"]["total"] == 0
    assert client_of(cast.manager).get("/api/v1/pay_rates").json()["meta"]["total"] == 0
    assert client_of(cast.hr).post("/api/v1/pay_rates", body).status_code == 403


@pytest.mark.parametrize(
    ("now", "shown"), [("2025-11-30", 10_000_000), ("2025-12-01", 12_000_000), ("2025-12-09", 12_000_000)]
)
def test_a_raise_entered_ahead_shows_on_the_record_from_its_day_on(cast, now, shown):
    jane = builders.paid("Jane")
    at = datetime.fromisoformat(f"{now}T05:00:00+00:00")
    values = {"amount": Decimal(12_000_000), "valid_from": date(2025, 12, 1), "allow_retro": True}
    rates.set_from(employee_id=jane.pk, **values, by=cast.payroll, at=datetime(2025, 11, 3, tzinfo=UTC))
    for _ in range(2):
        latest.push_begun(at=at)
        jane.refresh_from_db()
        assert jane.current_salary == shown


def test_reading_somebody_elses_rate_is_logged(cast, client_of):
    builders.rate(cast.employee.employee)
    for reader in (cast.employee, cast.hr):
        client_of(reader).get("/api/v1/pay_rates")
    assert list(ActivityLog.objects.filter(action="pay_rate.read").values_list("user__email")) == [
        ("hana@example.com",)
    ]


def test_reading_somebody_elses_assignments_is_logged_in_the_list_and_alone(cast, client_of, staff):
    row = builders.assign(cast.employee.employee, builders.component("Grade"), 5)
    for reader in (cast.employee, cast.hr):
        client_of(reader).get("/api/v1/salary_assignments")
        client_of(reader).get(f"/api/v1/salary_assignments/{row.pk}")
    staff(cast.payroll).get("/admin/payroll/salaryassignment/")
    read = ActivityLog.objects.filter(action="salary_assignment.read", resource_id=row.pk).order_by("created_at", "pk")
    assert list(read.values_list("user__email", flat=True)) == ["hana@example.com"] * 2 + ["paula@example.com"]


def test_a_rate_from_a_closed_day_is_409_unless_it_is_meant(cast, client_of):
    person = cast.employee.employee
    period_locks.lock(
        employee_id=person.pk, first_on=date(2025, 10, 26), last_on=date(2025, 11, 25), reason="", by=None,
        at=timezone.now(),
    )  # fmt: skip
    body = {"employee_id": str(person.pk), "amount": 5, "valid_from": "2025-11-25"}
    payroll = client_of(cast.payroll)
    assert payroll.post("/api/v1/pay_rates", body).status_code == 409
    assert not PayRate.objects.exists()
    assert payroll.post("/api/v1/pay_rates", {**body, "allow_retro": True}).status_code == 201
    assert payroll.post("/api/v1/pay_rates", {**body, "valid_from": "2025-11-26"}).status_code == 201


def test_a_rate_of_nobody_is_400_naming_the_field(cast, client_of):
    body = {"employee_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "amount": 1, "valid_from": "2025-11-01"}
    answer = client_of(cast.payroll).post("/api/v1/pay_rates", body)
    assert answer.status_code == 400 and "employee_id" in answer.json()["errors"]


def test_own_pay_over_http_is_403(cast, client_of):
    body = {"employee_id": str(cast.payroll.employee_id), "amount": 1, "valid_from": "2025-11-01"}
    assert client_of(cast.payroll).post("/api/v1/pay_rates", body).status_code == 403
    component = builders.component()
    body = {"employee_id": str(cast.payroll.employee_id), "component_id": str(component.pk), "amount": 1}
    answer = client_of(cast.payroll).post("/api/v1/salary_assignments", {**body, "valid_from": "2025-11-01"})
    assert answer.status_code == 403 and not SalaryAssignment.objects.exists()


@pytest.mark.parametrize("day", ["2025-02-30", "0001-01-01", "9999-12-31", "20251101", "now", 5, None])
def test_a_day_that_cannot_be_is_400(cast, client_of, day):
    body = {"employee_id": str(cast.employee.employee_id), "amount": 1, "valid_from": day}
    answer = client_of(cast.payroll).post("/api/v1/pay_rates", body)
    assert answer.status_code == 400 and "valid_from" in answer.json()["errors"]


def test_an_assignment_is_made_and_ended(cast, client_of):
    payroll, component = client_of(cast.payroll), builders.component()
    body = {
        "employee_id": str(cast.employee.employee_id),
        "component_id": str(component.pk),
        "valid_from": "2025-11-01",
    }
    made = payroll.post("/api/v1/salary_assignments", {**body, "formula": "salary * 0.05"})
    assert made.status_code == 201 and made.json()["formula"] == "salary * 0.05"
    again = payroll.post("/api/v1/salary_assignments", {**body, "amount": 5})
    assert again.status_code == 400
    ended = payroll.put(f"/api/v1/salary_assignments/{made.json()['id']}", {"valid_to": "2025-12-31"})
    assert ended.status_code == 200 and ended.json()["valid_to"] == "2025-12-31"
    assert (
        payroll.post("/api/v1/salary_assignments", {**body, "amount": 5, "valid_from": "2026-01-01"}).status_code == 201
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "amount"),
        ({"amount": 1, "formula": "1"}, "amount"),
        ({"formula": "salary *"}, "formula"),
        ({"formula": "__import__('os')"}, "formula"),
        ({"amount": 1, "valid_to": "2025-10-31"}, "valid_to"),
        ({"amount": 1, "employee_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}, "employee_id"),
        ({"amount": 1, "component_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}, "component_id"),
        ({"amount": 1, "kind": "weekly"}, "kind"),
    ],
)
def test_a_bad_assignment_is_400_naming_the_field(cast, client_of, changes, field):
    component = builders.component()
    body = {
        "employee_id": str(cast.employee.employee_id),
        "component_id": str(component.pk),
        "valid_from": "2025-11-01",
    }
    answer = client_of(cast.payroll).post("/api/v1/salary_assignments", {**body, **changes})
    assert answer.status_code == 400 and field in answer.json()["errors"]
    assert not SalaryAssignment.objects.exists()


def test_the_salary_itself_is_never_assigned(cast, client_of):
    body = {"employee_id": str(cast.employee.employee_id), "component_id": str(builders.basic().pk), "amount": 5}
    answer = client_of(cast.payroll).post("/api/v1/salary_assignments", {**body, "valid_from": "2025-11-01"})
    assert answer.status_code == 400 and "component_id" in answer.json()["errors"]
