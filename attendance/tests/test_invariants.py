"""The doctor finds presence that contradicts itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from attendance.models import Attendance, DaySummary
from attendance.rules.punches import Door
from attendance.selectors import invariants
from attendance.services import clocking, vendor_keys
from attendance.services.presented import Presented
from hr.models import Employee, User
from hr.tests import builders

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stay() -> Attendance:
    builders.setting()
    punch = Presented(door=Door.NATIVE, at=AT, received_at=AT)
    return clocking.clock_in(employee_id=builders.employee().pk, punch=punch)


def test_what_was_just_punched_is_well(stay):
    assert [check(AT) for check in invariants.CHECKS.values()] == [[], [], [], []]


def test_a_stay_open_for_days_is_found(stay):
    (found,) = invariants.forgotten(AT + timedelta(days=5))
    assert found.what == "1 stays have been open for days"


def test_a_stay_its_day_does_not_know_is_found(stay):
    DaySummary.objects.all().delete()
    (found,) = invariants.days(AT)
    assert found.what == "1 recent stays are missing in their day"


def test_a_stay_bound_by_anothers_punch_is_found(stay):
    clocking.clock_out(
        employee_id=stay.employee_id,
        punch=Presented(door=Door.NATIVE, at=AT + timedelta(hours=8), received_at=AT + timedelta(hours=8)),
    )
    Attendance.objects.update(employee=builders.employee("Other"))
    (found,) = invariants.punches(AT)
    assert found.what == "1 recent stays are bound by somebody else's punches"


def test_keys_of_accounts_that_are_off_and_of_leavers_are_found(stay):
    person = Employee.objects.get(pk=stay.employee_id)
    vendor_keys.issue(vendor="kenjo", name="x", by=None, at=AT, employee=person)
    assert invariants.keys(AT) == []
    User.objects.update(is_active=False)
    Employee.objects.update(ended_on=AT.date() - timedelta(days=3))
    problem, remark = invariants.keys(AT)
    assert (problem.is_problem, remark.is_problem) == (True, False)
