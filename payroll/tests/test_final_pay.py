"""The salary of a month is on one payslip: a leaver's final pay takes the place of the regular one, never both."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from payroll.models import Payroll, RunFinding
from payroll.tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver(cast):
    builders.paid("Stays")
    return builders.paid("Leaves", 30_000_000, ended_on=date(2025, 11, 10))


def kinds(employee) -> list[tuple[str, str]]:
    return list(Payroll.objects.filter(employee=employee).order_by("created_at").values_list("kind", "status"))


def codes(run) -> list[tuple[str, str]]:
    return list(RunFinding.objects.filter(run=run).values_list("level", "code"))


def test_a_final_run_is_for_those_who_leave_and_takes_the_place_of_the_open_regular_payslip(cast, leaver):
    regular = builders.computed(by=cast.hr, kind="regular", employee_ids=None)
    final = builders.computed(by=cast.hr, kind="final")
    regular.refresh_from_db()
    assert kinds(leaver) == [("regular", "cancelled"), ("final", "computed")]
    assert (regular.payroll_count, final.payroll_count) == (1, 1)
    assert Payroll.objects.get(kind="final").gross_amount == 10_000_000


def test_a_regular_run_leaves_those_with_final_pay_to_it(cast, leaver):
    builders.computed(by=cast.hr, kind="final")
    regular = builders.computed(by=cast.hr)
    assert ("skipped", "final_pay") in codes(regular) and kinds(leaver) == [("final", "computed")]


def test_final_pay_after_a_posted_month_is_refused_by_name(cast, leaver):
    builders.posted(builders.computed(by=cast.hr), by=cast.payroll)
    final = builders.computed(by=cast.hr, kind="final")
    assert codes(final) == [("posted", "posted_before")] and final.payroll_count == 0
    assert kinds(leaver) == [("regular", "posted")]


def test_final_pay_is_computed_again_in_place_and_once_posted_never_again(cast, leaver):
    for _ in range(2):
        final = builders.computed(by=cast.hr, kind="final")
    builders.posted(final, by=cast.payroll)
    again = builders.computed(by=cast.hr, kind="final")
    assert codes(again) == [("posted", "posted_before")] and kinds(leaver) == [("final", "posted")]


def test_the_database_refuses_two_salaries_of_a_month(cast, leaver):
    builders.computed(by=cast.hr, kind="final")
    row = Payroll.objects.get()
    row.pk, row.kind = None, "regular"
    row._state.adding = True
    with pytest.raises(IntegrityError, match="payroll_payroll_one_salary_a_month"), transaction.atomic():
        row.save()
