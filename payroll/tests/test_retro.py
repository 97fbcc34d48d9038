"""Pay that changes in a month which is posted: what is posted stays, who changed it hears so, and the next run asks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance.models import Correction, DaySummary
from hr.models import Employee
from hr.selectors import organisation
from hr.services import employees as people_acts
from payroll.models import Payroll
from payroll.selectors import readiness, retro
from payroll.services import assignments, imported_salaries, rates, runs
from payroll.tests import builders
from peoplesync.core.models import Notification
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def posted(cast, **period):
    run = builders.computed(by=cast.hr, employee_ids=[cast.employee.employee_id, cast.colleague.employee_id], **period)
    return builders.posted(run, by=cast.payroll)


@pytest.fixture
def november(cast):
    """A posted November of two people with 10,000,000 each."""
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
    return posted(cast)


def december(cast):
    ids = [cast.employee.employee_id, cast.colleague.employee_id]
    return builders.computed(by=cast.hr, month=12, employee_ids=ids)


def raised(cast, day, amount=13_000_000):
    values = {"amount": Decimal(amount), "valid_from": day, "allow_retro": True}
    return rates.set_from(employee_id=cast.employee.employee_id, **values, by=cast.hr, at=timezone.now())


def point(run):
    found = readiness.points(run, timezone.now())
    return next((one for one in found if one.code == "posted_month_changed"), None)


def differences(run) -> list[tuple[int, Decimal | None]]:
    return [(one.month, one.difference) for one in retro.of_run(run)]


def test_a_salary_put_on_the_record_in_a_posted_month_is_told_and_named_by_the_next_run(cast, client_of):
    today = organisation.today(timezone.now())
    builders.rate(cast.employee.employee)
    builders.rate(cast.colleague.employee)
    posted(cast, year=today.year, month=today.month)
    path = f"/api/v1/employees/{cast.employee.employee_id}"
    assert client_of(cast.hr).put(path, {"current_salary": 40_000_000}).status_code == 200
    (told,) = Notification.objects.filter(user=cast.hr, title="Pay changed in a posted month")
    assert f"{today:%b %Y}" in told.message and "not paid by itself" in told.message
    following = (today.year + today.month // 12, today.month % 12 + 1)
    run = builders.computed(by=cast.hr, year=following[0], month=following[1], employee_ids=[cast.employee.employee_id])
    assert str(cast.employee.employee) in point(run).message and point(run).is_blocking
    with pytest.raises(Conflict, match="Pay of posted months changed since"):
        runs.approve(run=run, by=cast.payroll, at=timezone.now())


def test_the_difference_of_a_raise_in_mid_month_is_worked_out_and_named_once(cast, november):
    raised(cast, date(2025, 11, 16))
    run = december(cast)
    # 3,000,000 more a month for 15 of 30 days.
    assert differences(run) == [(11, Decimal(1_500_000))]
    assert f"{cast.employee.employee} in 2025-11 (1,500,000 more)" in point(run).message
    assert Payroll.objects.get(run=november, employee=cast.employee.employee_id).net_amount == 10_000_000
    settled = posted(cast, month=12)
    january = builders.computed(by=cast.hr, year=2026, month=1, employee_ids=[cast.employee.employee_id])
    assert point(january) is None
    assert readiness.points(settled, timezone.now()) == []


def test_a_lower_salary_and_a_component_that_is_new_since_are_differences_too(cast, november):
    person = cast.employee.employee
    given = {"component_id": builders.component("Transport").pk, "valid_from": date(2025, 11, 1), "allow_retro": True}
    assignments.assign(employee_id=person.pk, amount=Decimal(500_000), **given, by=cast.payroll, at=timezone.now())
    builders.component("Meals", default=700_000)  # for everybody, and only from now on
    assert differences(december(cast)) == [(11, Decimal(500_000))]
    raised(cast, date(2025, 11, 1), 9_000_000)
    assert differences(december(cast)) == [(11, Decimal(-500_000))]


def test_an_assignment_of_a_component_that_was_paid_then_is_named(cast):
    person = cast.employee.employee
    builders.rate(person)
    builders.rate(cast.colleague.employee)
    transport = builders.component("Transport")
    posted(cast)
    given = {"component_id": transport.pk, "valid_from": date(2025, 11, 1), "allow_retro": True}
    row = assignments.assign(
        employee_id=person.pk, amount=Decimal(500_000), **given, by=cast.payroll, at=timezone.now()
    )
    assert differences(december(cast)) == [(11, Decimal(500_000))]
    assert "a component of" in Notification.objects.get(title="Pay changed in a posted month").message
    posted(cast, month=12)
    assignments.end(assignment=row, last_day=date(2025, 11, 30), allow_retro=True, by=cast.payroll, at=timezone.now())
    january = builders.computed(by=cast.hr, year=2026, month=1, employee_ids=[person.pk])
    # November as it was settled, December without what was ended before it.
    assert differences(january) == [(11, Decimal(500_000)), (12, Decimal(-500_000))]


def test_a_correction_allowed_in_counted_days_is_named_when_it_changes_pay(cast):
    person = cast.employee.employee
    builders.rate(person)
    builders.rate(cast.colleague.employee)
    builders.assign(person, builders.component("Overtime"), formula="overtime_minutes * 1000")
    posted(cast)
    at = datetime(2025, 11, 3, 2, tzinfo=UTC)
    Correction.objects.create(
        employee=person, work_date=date(2025, 11, 3), clock_in=at, reason="Late", status="approved", is_retro=True,
        decided_at=timezone.now(),
    )  # fmt: skip
    assert differences(december(cast)) == []
    values = {"counted_overtime": {"weekday": 90 * 60}}
    DaySummary.objects.update_or_create(employee=person, work_date=date(2025, 11, 3), defaults=values)
    assert differences(december(cast)) == [(11, Decimal(90_000))]


def test_what_begins_or_ends_after_the_posted_month_is_nobodys_difference(cast, november):
    raised(cast, date(2025, 12, 1))
    assert point(december(cast)) is None
    assert not Notification.objects.filter(title="Pay changed in a posted month").exists()
    bonus = builders.computed(by=cast.hr, month=12, kind="bonus", employee_ids=[cast.employee.employee_id])
    raised(cast, date(2025, 11, 1))
    assert retro.of_run(bonus) == []


def test_a_last_day_that_moves_into_or_out_of_a_posted_month_is_named_though_the_leaver_is_paid_no_more(cast):
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
    stays = Employee.objects.filter(pk=cast.colleague.employee_id)
    stays.update(ended_on=date(2025, 11, 15))
    posted(cast)
    stays.update(ended_on=None)
    Employee.objects.filter(pk=cast.employee.employee_id).update(ended_on=date(2025, 11, 27))
    run = december(cast)
    assert run.payroll_count == 1
    found = {one.employee_id: one.difference for one in retro.of_run(run)}
    # The one owes 3 of 30 days, to the other 15 are owed.
    assert found == {cast.employee.employee_id: Decimal(-1_000_000), cast.colleague.employee_id: Decimal(5_000_000)}
    assert retro.of_run(builders.computed(by=cast.hr, month=12, department_id=cast.sales.pk)) == []


def enter_first_day(cast, day):
    now = {"by": cast.hr, "at": timezone.now()}
    people_acts.update(employee=cast.employee.employee, changes={"hired_at": day}, **now)


@pytest.mark.parametrize("many", [500, 1])
def test_a_first_day_entered_after_posting_is_named_for_every_month_it_reaches(cast, monkeypatch, many):
    monkeypatch.setattr(retro, "MANY", many)
    Employee.objects.filter(pk=cast.employee.employee_id).update(hired_at=None)
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
    posted(cast)
    posted(cast, month=12)
    ids = [cast.employee.employee_id, cast.colleague.employee_id]
    january = builders.computed(by=cast.hr, year=2026, month=1, employee_ids=ids)
    assert differences(january) == []
    enter_first_day(cast, date(2025, 11, 16))
    assert differences(january) == [(11, Decimal(-5_000_000))]
    assert f"{cast.employee.employee} in 2025-11 (5,000,000 less)" in point(january).message


def test_a_first_day_is_named_over_a_month_without_a_payslip_and_where_nobody_is_paid_any_more(cast):
    Employee.objects.filter(pk=cast.employee.employee_id).update(hired_at=None)
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
    posted(cast)
    january = builders.computed(by=cast.hr, year=2026, month=1, employee_ids=[cast.employee.employee_id])
    enter_first_day(cast, date(2025, 11, 16))
    assert differences(january) == [(11, Decimal(-5_000_000))]
    Employee.objects.filter(pk=cast.employee.employee_id).update(hired_at=date(2026, 1, 5))
    assert differences(december(cast)) == [(11, None)]


@pytest.fixture
def october_corrected(cast, monkeypatch):
    """Both are posted to November; Ema's October alone is 3,000,000 more by now. More than one person is very many."""
    for user in (cast.employee, cast.colleague):
        builders.rate(user.employee)
        builders.assign(user.employee, builders.component(f"Grade of {user.email}"), 500_000)
    posted(cast, month=10)
    posted(cast)
    raised(cast, date(2025, 10, 1))
    raised(cast, date(2025, 11, 1), 10_000_000)
    monkeypatch.setattr(retro, "MANY", 1)


def test_what_is_agreed_from_a_coming_month_on_brings_nobody_among_the_many(cast, october_corrected):
    run = december(cast)
    assert differences(run) == [(10, Decimal(3_000_000))]
    asked = statements(run)
    values = {"amount": Decimal(99_000_000), "valid_from": date(2026, 1, 1)}
    rates.set_from(employee_id=cast.colleague.employee_id, **values, by=cast.hr, at=timezone.now())
    grade = cast.colleague.employee.salary_assignments.get()
    assignments.end(assignment=grade, last_day=date(2025, 12, 31), by=cast.payroll, at=timezone.now())
    assert differences(run) == [(10, Decimal(3_000_000))] and statements(run) == asked


def test_of_very_many_people_each_month_that_a_change_reaches_is_compared(cast, october_corrected):
    values = {"amount": Decimal(13_000_000), "valid_from": date(2025, 11, 1), "allow_retro": True}
    rates.set_from(employee_id=cast.colleague.employee_id, **values, by=cast.hr, at=timezone.now())
    assert sorted(differences(december(cast))) == [(10, Decimal(3_000_000)), (11, Decimal(3_000_000))]


def test_of_very_many_people_months_before_a_change_are_not_compared(cast, october_corrected):
    builders.posted(december(cast), by=cast.payroll)
    for user in (cast.employee, cast.colleague):
        values = {"amount": Decimal(11_000_000), "valid_from": date(2025, 12, 1), "allow_retro": True}
        rates.set_from(employee_id=user.employee_id, **values, by=cast.hr, at=timezone.now())
    ids = [cast.employee.employee_id, cast.colleague.employee_id]
    january = builders.computed(by=cast.hr, year=2026, month=1, employee_ids=ids)
    assert differences(january) == [(12, Decimal(1_000_000))] * 2


def test_a_month_that_could_not_be_paid_by_now_is_named_without_an_amount(cast, november):
    raised(cast, date(2025, 11, 1), 0)
    run = december(cast)
    assert differences(run) == []  # nobody is paid by this run any more: December is refused, too
    values = {"amount": Decimal(10_000_000), "valid_from": date(2025, 12, 1), "allow_retro": True}
    rates.set_from(employee_id=cast.employee.employee_id, **values, by=cast.hr, at=timezone.now())
    run = december(cast)
    assert differences(run) == [(11, None)]
    assert "(cannot be paid as it stands now)" in point(run).message


def test_an_import_of_salaries_into_a_posted_month_tells_once_for_all(cast):
    from hr.services.employee_import import SalarySet

    today = organisation.today(timezone.now())
    builders.rate(cast.employee.employee)
    builders.rate(cast.colleague.employee)
    posted(cast, year=today.year, month=today.month)
    people = (cast.employee.employee_id, cast.colleague.employee_id)
    changes = [SalarySet(employee_id=pk, before=Decimal(1), amount=Decimal(2)) for pk in people]
    imported_salaries.follow(changes, cast.hr, timezone.now())
    (told,) = Notification.objects.filter(user=cast.hr, title="Pay changed in a posted month")
    assert told.message.startswith("Imported salaries of 2 people begin in a month that is posted.")


def statements(run) -> int:
    with CaptureQueriesContext(connection) as asked:
        retro.of_run(run)
    return len(asked)


def test_asking_costs_the_same_statements_for_one_and_for_many(cast, november):
    raised(cast, date(2025, 11, 16))
    few = statements(december(cast))
    people = [builders.paid(f"Person {number}") for number in range(20)]
    run = builders.computed(by=cast.hr, employee_ids=[person.pk for person in people])
    builders.posted(run, by=cast.payroll)
    for person in people:
        person.pay_rates.update(valid=DateRange(date(2019, 1, 1), None), amount=5, updated_at=timezone.now())
    run = builders.computed(by=cast.hr, month=12)
    assert len(retro.of_run(run)) == 21 and statements(run) == few <= 8
