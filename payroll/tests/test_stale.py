"""What is decided or entered after a run was computed: it is paid, or it stands in the run's way by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance.models import DaySummary
from hr.models import Employee
from hr.selectors import locks
from hr.tests import builders as employees
from payroll.models import Payroll, PayrollRun
from payroll.selectors import readiness, stale
from payroll.services import assignments, posting, rates, runs
from payroll.tests import builders
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    """A computed November of two people, overtime paid by the minute."""
    paid = [cast.employee.employee, cast.colleague.employee]
    for person in paid:
        builders.rate(person)
        builders.assign(person, builders.component(f"Overtime {person.pk}"), formula="overtime_minutes * 1000")
    return builders.computed(by=cast.hr, employee_ids=[person.pk for person in paid])


def nobody(run) -> bool:
    found = stale.look(run)
    return not (found.changed or found.missing or found.gone)


def point(run, code: str):
    """A point of a run's readiness, None when it is not among them."""
    return next((found for found in readiness.points(run, timezone.now()) if found.code == code), None)


def overtime(person, minutes: int, **values) -> None:
    DaySummary.objects.update_or_create(
        employee=person, work_date=date(2025, 11, 3), defaults={"counted_overtime": {"weekday": minutes * 60}, **values}
    )


def test_nothing_changed_and_nobody_is_named(run):
    assert nobody(run)


def test_overtime_decided_after_approval_stops_posting_until_the_month_is_generated_again(cast, run):
    at = timezone.now()
    runs.approve(run=run, by=cast.payroll, at=at)
    overtime(cast.employee.employee, 90)
    with pytest.raises(Conflict, match=r"has changed since.*Ema.*Generate the month again\. \(1\)"):
        posting.post(run=run, by=cast.payroll, at=at)
    again = builders.computed(by=cast.hr, employee_ids=run.employee_ids)
    assert again.gross_total == 20_090_000 and nobody(again)
    runs.approve(run=again, by=cast.payroll, at=at)
    assert posting.post(run=again, by=cast.payroll, at=at).status == "posted"
    overtime(cast.employee.employee, 120)
    assert nobody(PayrollRun.objects.get(pk=again.pk))


def raised(cast) -> None:
    values = {"amount": 12_000_000, "valid_from": date(2025, 11, 16), "allow_retro": True}
    rates.set_from(employee_id=cast.employee.employee_id, **values, by=cast.payroll, at=timezone.now())


def ended(cast) -> None:
    Employee.objects.filter(pk=cast.employee.employee_id).update(ended_on=date(2025, 11, 20))


def gone_before(cast) -> None:
    Employee.objects.filter(pk=cast.employee.employee_id).update(ended_on=date(2025, 10, 20))


def assigned(cast) -> None:
    builders.assign(cast.employee.employee, builders.component("Bonus", "variable"), 500_000)


@pytest.mark.parametrize("change", [raised, ended, gone_before, assigned])
def test_a_changed_rate_last_day_or_assignment_names_whom_it_concerns(cast, client_of, run, change):
    change(cast)
    shown = client_of(cast.payroll).get(f"/api/v1/payroll_runs/{run.pk}/readiness").json()
    found = next(found for found in shown["points"] if found["code"] == "stale")
    assert (found["count"], found["is_blocking"], shown["is_ready"]) == (1, True, False)
    assert str(cast.employee.employee) in found["message"] and str(cast.colleague.employee) not in found["message"]
    with pytest.raises(Conflict, match="Generate the month again"):
        runs.approve(run=run, by=cast.payroll, at=timezone.now())


def test_days_that_go_by_without_changing_anybodys_pay_are_not_in_the_way(cast, run):
    overtime(cast.employee.employee, 0, worked_seconds=8 * 3600, counters={"present": 1})
    assert nobody(run)


def test_taking_on_one_outdated_payslip_is_not_taking_on_another_nor_a_further_change(cast, run):
    at = timezone.now()
    overtime(cast.employee.employee, 90)
    runs.approve(run=run, acknowledgement="Paid with the next month", by=cast.payroll, at=at)
    overtime(cast.employee.employee, 120)
    with pytest.raises(Conflict, match="Ema"):
        posting.post(run=run, by=cast.payroll, at=at)
    overtime(cast.employee.employee, 0)
    overtime(cast.colleague.employee, 90)
    with pytest.raises(Conflict, match=str(cast.colleague.employee)):
        posting.post(run=run, by=cast.payroll, at=at)
    overtime(cast.employee.employee, 90)
    overtime(cast.colleague.employee, 0)
    assert posting.post(run=run, by=cast.payroll, at=at).status == "posted"


def test_who_is_hired_after_computing_is_named_until_the_month_is_generated_again(cast):
    builders.paid("Early")
    run = builders.computed(by=cast.hr)
    late = builders.paid("Late", hired_at=date(2025, 11, 3))
    unpaid = employees.employee("Unpaid", hired_at=date(2025, 11, 3))
    found = point(run, "not_included")
    assert (found.count, found.is_blocking) == (2, True)
    assert str(late) in found.message and str(unpaid) in found.message
    with pytest.raises(Conflict, match="no payslip for them"):
        runs.approve(run=run, by=cast.payroll, at=timezone.now())
    again = builders.computed(by=cast.hr)
    assert nobody(again) and point(again, "refused").count == Employee.objects.filter(pay_rates=None).count()


def test_who_was_refused_and_can_be_paid_by_now_is_named(cast):
    person = employees.employee("Unpaid")
    run = builders.computed(by=cast.hr, employee_ids=[person.pk])
    assert point(run, "not_included") is None and point(run, "refused").count == 1
    builders.rate(person)
    assert str(person) in point(run, "not_included").message


def test_who_is_paid_elsewhere_or_rightly_later_is_not_named(cast):
    people = [builders.paid("One"), builders.paid("Two"), builders.paid("Late", hired_at=date(2025, 11, 28))]
    run = builders.computed(by=cast.hr)
    part = builders.computed(by=cast.hr, employee_ids=[people[0].pk])
    assert nobody(run) and nobody(part)
    runs.cancel(run=part, by=cast.hr, at=timezone.now())
    assert stale.look(run).missing.keys() == {people[0].pk}


def test_who_left_the_scope_is_named_and_loses_an_open_payslip_with_the_month_for_everybody(cast):
    moved, deleted, before = [builders.paid(name, department=cast.engineering) for name in ("Mo", "Del", "Bea")]
    builders.paid("Stays", department=cast.engineering)
    run = builders.computed(by=cast.hr, department_id=cast.engineering.pk)
    Employee.objects.filter(pk=moved.pk).update(department=None)
    Employee.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    Employee.objects.filter(pk=before.pk).update(ended_on=date(2025, 10, 20))
    found = stale.look(run)
    assert (found.gone, found.changed) == ({moved.pk, deleted.pk, before.pk}, {})
    assert point(run, "out_of_scope").count == 3
    again = builders.computed(by=cast.hr)
    paid = set(Payroll.objects.live().filter(employee__in=[moved, deleted, before]).values_list("run", "employee"))
    assert paid == {(again.pk, moved.pk)}
    assert point(again, "out_of_scope") is None
    assert list(again.findings.filter(employee=before).values_list("level", "code")) == [("skipped", "not_employed")]


def test_many_are_named_in_a_sentence_of_a_few(run, cast):
    for number in range(9):
        builders.paid(f"Person {number}")
    again = builders.computed(by=cast.hr)
    builders.component("Transport", default=1)
    found = point(again, "stale")
    assert found.count == 11 and "6 others" in found.message


def statements(run) -> int:
    with CaptureQueriesContext(connection) as asked:
        readiness.points(run, timezone.now())
    return len(asked)


def test_asking_costs_the_same_statements_for_a_few_and_for_many(cast):
    builders.paid()
    run = builders.computed(by=cast.hr)
    builders.component("Transport", default=1)
    few = statements(run)
    for number in range(40):
        builders.paid(f"Person {number}")
    many = builders.computed(by=cast.hr)
    builders.component("Meal", default=1)
    assert statements(many) == few <= 30


def holds_gate() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = %s", [locks.GATE]
        )
        return cursor.fetchone() is not None


def test_pay_does_not_change_between_the_question_and_the_posting(cast):
    """What could slip in between waits at the gate that posting closes before it asks."""
    row = builders.assign(cast.employee.employee, builders.component(), 5)
    assert not holds_gate()
    for change in (
        lambda: assignments.end(assignment=row, last_day=date(2025, 11, 10), by=cast.payroll, at=timezone.now()),
        lambda: rates.set_from(
            employee_id=row.employee_id, amount=Decimal(7), valid_from=None, by=cast.payroll, at=timezone.now()
        ),
    ):
        undone = transaction.savepoint()
        change()
        assert holds_gate()
        transaction.savepoint_rollback(undone)
        assert not holds_gate()
