"""Posted months of people who have left since: no later payslip asks about them, so the next run does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from attendance.models import Correction, DaySummary
from hr.models import Employee
from hr.services import employees
from payroll.selectors import readiness, retro
from payroll.services import assignments, rates
from payroll.tests import builders
from payroll.tests.test_retro import statements

pytestmark = pytest.mark.django_db


def december(cast, **scope):
    return builders.computed(by=cast.hr, month=12, **scope)


def january(cast):
    return builders.computed(by=cast.hr, year=2026, month=1)


def differences(run) -> dict[str, list[tuple[int, Decimal | None]]]:
    found: dict[str, list[tuple[int, Decimal | None]]] = {}
    for one in retro.of_run(run):
        found.setdefault(Employee.objects.get(pk=one.employee_id).first_name, []).append((one.month, one.difference))
    return found


@pytest.fixture
def left(cast):
    """Lea left with November, which is posted for her and Sam of another department, who stays."""
    lea = builders.paid("Lea", ended_on=date(2025, 11, 30), department=cast.sales)
    builders.paid("Sam", department=cast.platform)
    builders.posted(builders.computed(by=cast.hr), by=cast.payroll)
    return lea


def raised(person, by, amount=13_000_000, day=date(2025, 11, 16)):
    values = {"amount": Decimal(amount), "valid_from": day, "allow_retro": True}
    rates.set_from(employee_id=person.pk, **values, by=by, at=timezone.now())


def test_a_raise_of_a_leaver_is_named_by_the_next_run_and_by_no_later_one(cast, left):
    raised(left, cast.hr)
    run = december(cast)
    assert not run.payrolls.filter(employee=left).exists()
    assert differences(run) == {"Lea": [(11, Decimal(1_500_000))]}
    found = next(one for one in readiness.points(run, timezone.now()) if one.code == "posted_month_changed")
    assert found.is_blocking and f"{left} in 2025-11 (1,500,000 more)" in found.message
    builders.posted(run, by=cast.payroll)
    assert differences(january(cast)) == {}
    raised(left, cast.hr, 7_000_000)
    assert differences(january(cast)) == {"Lea": [(11, Decimal(-1_500_000))]}


def test_what_is_assigned_to_a_leaver_and_what_is_corrected_of_her_days_are_named(cast, left):
    given = {"component_id": builders.component().pk, "valid_from": date(2025, 11, 1), "allow_retro": True}
    now = {"by": cast.payroll, "at": timezone.now()}
    assignments.assign(employee_id=left.pk, amount=Decimal(500_000), **given, **now)
    given["component_id"] = builders.component("Overtime").pk
    assignments.assign(employee_id=left.pk, formula="overtime_minutes * 1000", **given, **now)
    run = december(cast)
    assert differences(run) == {"Lea": [(11, Decimal(500_000))]}
    builders.posted(run, by=cast.payroll)
    assert differences(january(cast)) == {}
    Correction.objects.create(
        employee=left, work_date=date(2025, 11, 3), clock_in=datetime(2025, 11, 3, 2, tzinfo=UTC), reason="Late",
        status="approved", is_retro=True, decided_at=timezone.now(),
    )  # fmt: skip
    values = {"counted_overtime": {"weekday": 90 * 60}}
    DaySummary.objects.update_or_create(employee=left, work_date=date(2025, 11, 3), defaults=values)
    assert differences(january(cast)) == {"Lea": [(11, Decimal(590_000))]}


def test_a_last_day_put_right_months_after_it_is_named_until_a_run_is_posted(cast, left):
    builders.posted(december(cast), by=cast.payroll)
    employees.end(employee=left, last_day=date(2025, 11, 27), reason="Mistyped", by=cast.hr, at=timezone.now())
    run = january(cast)
    assert differences(run) == {"Lea": [(11, Decimal(-1_000_000))]}
    builders.posted(run, by=cast.payroll)
    assert differences(builders.computed(by=cast.hr, year=2026, month=2)) == {}


def test_a_leaver_is_named_by_runs_that_are_for_her_and_only_those_settle_it(cast, left):
    raised(left, cast.hr)
    sam = Employee.objects.get(first_name="Sam")
    for others in ({"department_id": cast.platform.pk}, {"employee_ids": [sam.pk]}):
        assert differences(december(cast, **others)) == {}
    builders.posted(december(cast, department_id=cast.platform.pk), by=cast.payroll)
    assert differences(january(cast)) == {"Lea": [(11, Decimal(1_500_000))]}
    assert differences(december(cast, department_id=cast.sales.pk)) == {"Lea": [(11, Decimal(1_500_000))]}


def test_who_left_more_than_a_year_ago_is_not_compared(cast, left):
    raised(left, cast.hr)
    assert differences(builders.computed(by=cast.hr, year=2026, month=11)) == {"Lea": [(11, Decimal(1_500_000))]}
    assert differences(builders.computed(by=cast.hr, year=2026, month=12)) == {}


def test_asking_about_many_leavers_costs_the_statements_of_one(cast, left):
    raised(left, cast.hr)
    run = december(cast)
    few = statements(run)
    people = [builders.paid(f"Leaver {number}", ended_on=date(2025, 11, 30)) for number in range(9)]
    builders.posted(builders.computed(by=cast.hr, employee_ids=[person.pk for person in people]), by=cast.payroll)
    for person in people:
        person.pay_rates.update(amount=5, updated_at=timezone.now())
    assert len(retro.of_run(run)) == 10 and statements(run) == few
