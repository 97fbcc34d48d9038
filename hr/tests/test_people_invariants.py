"""The doctor finds accounts, people, departments and balances that contradict themselves, and nothing where all is well."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from hr.models import Department, LeaveLedgerEntry, LeaveType, LedgerKind, User
from hr.selectors import leave_invariants, people_invariants
from hr.tests import builders

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def found(check) -> str:
    return " / ".join(finding.what for finding in check(AT))


def test_a_well_house_has_no_findings(cast):
    assert [check(AT) for check in people_invariants.CHECKS.values()] == [[], [], []]
    assert leave_invariants.overdrawn(AT) == []


def test_accounts_without_roles_or_of_leavers_are_remarked_upon(cast):
    builders.user(roles=())
    gone = builders.employee("Gone", ended_on=date(2026, 1, 31), status="terminated")
    builders.user(employee=gone)
    remarks = people_invariants.accounts(AT)
    assert found(people_invariants.accounts) == (
        "1 accounts can sign in and hold no role / 1 accounts belong to people who have left"
    )
    assert not any(remark.is_problem for remark in remarks)


def test_service_users_need_no_role(cast):
    service = User(email="kenjo@service.invalid")
    service.set_unusable_password()
    service.save()
    assert people_invariants.accounts(AT) == []


def test_a_house_nobody_administers_is_a_problem():
    builders.user(roles=("hr",))
    assert "nobody who can sign in may administer" in found(people_invariants.accounts)


def test_what_is_advised_where_nobody_administers_the_house_runs_as_it_is_printed():
    builders.user(roles=("hr",))
    builders.role("superadmin")
    (finding,) = people_invariants.accounts(AT)
    advised = finding.do.partition("manage.py ")[2].replace("ADDRESS", "first@example.com").split()
    call_command(*advised, "--password", "a longer and better one 7", stdout=io.StringIO())
    assert people_invariants.accounts(AT) == []


def test_status_and_dates_that_disagree_are_problems():
    builders.employee(status="terminated")
    builders.employee(ended_on=date(2026, 11, 1))
    builders.employee(ended_on=date(2026, 11, 21))
    deleted = builders.department("Old", deleted_at=AT)
    builders.employee(department=deleted)
    builders.employee(timezone="Mars/Olympus")
    assert found(people_invariants.employees) == (
        "1 people are terminated and have no last day / 1 people have left by their dates and not by their status / "
        "1 people are in a department that was deleted / 1 people have an unknown time zone"
    )


def test_rings_and_lost_parents_of_departments_are_problems():
    first, second = builders.department("A"), builders.department("B")
    builders.department("C", parent=builders.department("Old", deleted_at=AT))
    builders.department("Below", parent=second)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as damage would: past the trigger that forbids it
        Department.objects.filter(pk=first.pk).update(parent=second)
        Department.objects.filter(pk=second.pk).update(parent=first)
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "departments are above themselves" in found(people_invariants.departments)
    assert "1 departments hang below a deleted one" in found(people_invariants.departments)


def test_overdrawn_balances_matter_where_they_are_refused():
    person = builders.employee()
    LeaveLedgerEntry.objects.create(
        employee=person,
        leave_type=LeaveType.objects.get(code="annual"),
        kind=LedgerKind.ADJUSTED,
        days=Decimal(-1),
        effective_on=AT.date() - timedelta(days=1),
        natural_key="adjust:test",
    )
    builders.setting(refuses_insufficient_leave=False)
    assert leave_invariants.overdrawn(AT) == []
    builders.setting(refuses_insufficient_leave=True)
    assert found(leave_invariants.overdrawn) == "1 leave balances are below zero"
