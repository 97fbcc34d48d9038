"""What the doctor looks at in pay: silent while all is well, and each illness named."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from hr.models import Employee
from hr.tests import builders as people
from payroll.models import PayrollRun
from payroll.selectors import invariants
from payroll.tests import builders

pytestmark = pytest.mark.django_db
CHECKS = {
    check.__name__: check for check in (invariants.sums, invariants.newest, invariants.sealed, invariants.running)
}


@pytest.fixture
def run():
    people.setting()
    builders.paid("Jane")
    return builders.computed()


def ill() -> set[str]:
    return {name for name, check in CHECKS.items() if check(timezone.now())}


def test_all_is_well_after_a_run(run):
    assert ill() == set()


def test_a_payslip_that_does_not_add_up_is_found(run):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payroll_payrollitem SET amount = amount + 1")
    assert ill() == {"sums"}


def test_a_record_that_shows_another_payroll_is_found(run):
    Employee.objects.update(latest_payroll_id=None)
    assert ill() == {"newest"}


def test_a_payslip_posted_past_the_manifest_is_found(run):
    run.payrolls.update(status="posted")
    assert ill() == {"sealed"}


def test_a_run_without_a_living_job_is_found(run):
    PayrollRun.objects.update(status="computing")
    assert ill() == {"running"}
