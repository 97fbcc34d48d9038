"""The operators' commands: generate a month, verify what is posted."""

from __future__ import annotations

from contextlib import nullcontext
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from hr.tests import builders as people
from payroll.management.commands import generate_payroll
from payroll.models import PayRate, Payroll, PayrollRun
from payroll.services import generation
from payroll.tests import builders
from peoplesync.core.models import ActivityLog, Job

pytestmark = pytest.mark.django_db


def run(*arguments: str, exit_status: int = 0) -> str:
    out = StringIO()
    with pytest.raises(CommandError) if exit_status else nullcontext() as ended:
        call_command("generate_payroll", "--year", "2025", "--month", "11", *arguments, stdout=out)
    assert not ended or ended.value.returncode == exit_status
    return out.getvalue()


def test_it_queues_a_job_and_says_its_id():
    assert run().startswith("job_payroll_nov2025: run ")
    assert Job.objects.get().status == "queued"


def test_with_wait_it_ends_when_the_month_is_computed():
    builders.paid("Jane")
    assert "1 payslips, net 10,000,000; 0 refused, 0 skipped." in run("--wait")
    assert Payroll.objects.count() == 1


def test_who_was_posted_before_is_counted_and_computed_no_second_time():
    builders.paid("Jane")
    builders.posted(builders.computed(), by=people.user("paula@example.com"))
    builders.paid("Ema")
    assert "1 payslips, gross 10,000,000, net 10,000,000; 0 refused, 0 skipped, 1 posted before" in run("--dry-run")
    assert "1 payslips, net 10,000,000; 0 refused, 0 skipped, 1 posted before and left as they are." in run("--wait")
    assert "posted before" not in run("--dry-run", "--kind", "bonus")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_waiting_shows_how_far_it_is(monkeypatch):
    monkeypatch.setattr(generation, "CHUNK", 1)
    for name in ("Jane", "Ema"):
        builders.paid(name)
    terminal = Terminal()
    call_command("generate_payroll", "--year", "2025", "--month", "11", "--wait", stdout=StringIO(), stderr=terminal)
    assert "0 % (0/2)" in terminal.getvalue() and "100 % (2/2)" in terminal.getvalue()


def test_a_person_who_cannot_be_paid_makes_it_exit_with_2_and_is_named():
    person = people.employee("No salary")
    with pytest.raises(CommandError, match=person.employee_number) as ended:
        run("--wait")
    assert ended.value.returncode == 2


def test_a_dry_run_shows_the_totals_and_writes_nothing_at_all():
    builders.paid("Jane")
    people.employee("No salary")
    people.employee("Salary on her record alone", current_salary=5)
    before = ActivityLog.objects.count()
    shown = run("--dry-run", exit_status=2)
    assert "Nothing was written. 2 payslips, gross 10,000,005, net 10,000,005; 1 refused" in shown
    assert "No pay rate" in shown
    assert not PayrollRun.objects.exists() and not Job.objects.exists() and ActivityLog.objects.count() == before
    assert PayRate.objects.count() == 1


def test_a_dry_run_names_a_few_of_many_who_cannot_be_paid(monkeypatch):
    monkeypatch.setattr(generate_payroll, "SHOWN", 2)
    for number in range(5):
        people.employee(f"Person {number}")
    shown = run("--dry-run", exit_status=2)
    assert shown.count("No pay rate") == 2 and "... and 3 more without a payslip." in shown and "5 refused" in shown


def test_filters_narrow():
    sales = people.department("Sales", code="SAL")
    jane = builders.paid("Jane", department=sales)
    builders.paid("Ema")
    assert "1 payslips" in run("--dry-run", "--department", str(sales.pk))
    assert "1 payslips" in run("--dry-run", "--department", sales.code)
    assert "1 payslips" in run("--dry-run", "--employee", jane.employee_number)
    assert "1 payslips" in run("--wait", "--employee", str(jane.pk))


def test_a_code_that_two_departments_share_is_refused_naming_both():
    shared = [people.department(name, code="OPS") for name in ("Operations", "Old operations")]
    with pytest.raises(CommandError, match="Several departments have the code 'OPS'") as refused:
        run("--dry-run", "--department", "OPS")
    assert all(str(department.pk) in str(refused.value) for department in shared)


@pytest.mark.parametrize(
    "arguments",
    [("--employee", str(uuid4())), ("--employee", "EMP-0"), ("--department", str(uuid4())), ("--department", "NOPE")],
)
@pytest.mark.parametrize("mode", ["--wait", "--dry-run"])
def test_somebody_unknown_is_a_clear_error(arguments, mode):
    with pytest.raises(CommandError, match="There is no"):
        run(mode, *arguments)


@pytest.mark.parametrize(("year", "month", "said"), [("2025", "13", "month from 1 to 12"), ("99999", "1", "year from")])
def test_a_month_that_cannot_be_is_a_clear_error(year, month, said):
    with pytest.raises(CommandError, match=said):
        call_command("generate_payroll", "--year", year, "--month", month)


def test_verifying_an_organisation_that_posted_nothing_is_fine(capsys):
    call_command("verify_payroll")
    assert "0 manifests" in capsys.readouterr().out
