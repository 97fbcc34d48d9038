"""Which days a month counts: each exactly once, whatever the cut-off day and however it changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from attendance.models import DaySummary
from hr.models import Employee, PeriodLock
from hr.tests import builders as people
from hr.tests import timetable
from payroll.models import Payroll, PayrollRun
from payroll.selectors import facts, readiness
from payroll.services import runs
from payroll.tests import builders
from peoplesync.kernel.dates import ONE_DAY, counted_window

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cutoff_day", [1, 25, 28, 29, 30, 31])
def test_every_day_is_counted_in_exactly_one_month(cutoff_day):
    months = [(year, month) for year in (2027, 2028, 2099, 2100) for month in range(1, 13)]
    windows = [counted_window(year, month, cutoff_day) for year, month in months]
    for (_, last), (first, _), (year, month) in zip(windows, windows[1:], months[1:], strict=False):
        assert first - last == ONE_DAY or (year, month) == (2099, 1)
    assert [(last.year, last.month) for _, last in windows] == months


def posted(cast, month: int) -> tuple[date, date]:
    run = builders.posted(builders.computed(by=cast.hr, month=month), by=cast.payroll)
    return run.counted_first_on, run.counted_last_on


def days_of(month: int) -> tuple[date, date]:
    counted = facts.terms(year=2025, month=month, kind="regular").counted
    return counted.starts_on, counted.ends_on


@pytest.mark.parametrize(("cutoff_day", "last"), [(20, date(2025, 11, 20)), (31, date(2025, 11, 30))])
def test_a_changed_cut_off_begins_where_the_posted_month_ended(cast, cutoff_day, last):
    builders.paid("Jane")
    assert posted(cast, 10) == (date(2025, 9, 26), date(2025, 10, 25))
    people.setting(payroll_cutoff_day=cutoff_day)
    assert days_of(10) == (date(2025, 9, 26), date(2025, 10, 25))
    assert days_of(11) == posted(cast, 11) == (date(2025, 10, 26), last)
    assert days_of(12)[0] == last + timedelta(days=1)


@pytest.fixture
def leaver(cast):
    """Whose last day is 28 November, three days after the cut-off, with unpaid leave and overtime on days after it."""
    jane = builders.paid("Jane", 30_000_000, ended_on=date(2025, 11, 28))
    builders.assign(jane, builders.component("Overtime"), formula="overtime_minutes * 1000")
    timetable.leave(jane, date(2025, 11, 26), date(2025, 11, 26), code="unpaid")
    DaySummary.objects.create(employee=jane, work_date=date(2025, 11, 27), counted_overtime={"weekday": 5400})
    return jane


def counted_days_of(person) -> list[tuple[date, date]]:
    locks = PeriodLock.objects.filter(employee=person, source="payroll").order_by("first_on")
    return list(locks.values_list("first_on", "last_on"))


def test_a_leavers_days_after_the_cut_off_are_counted_and_closed_with_her_last_month(cast, leaver):
    stays = builders.paid("Stays")
    posted(cast, 11)
    assert Payroll.objects.get(employee=leaver).gross_amount == 27_000_000 + 90_000
    assert counted_days_of(leaver) == [(date(2025, 10, 26), date(2025, 11, 28))]
    assert counted_days_of(stays) == [(date(2025, 10, 26), date(2025, 11, 25))]


def test_a_leaver_who_stays_after_all_has_each_day_counted_once(cast, leaver):
    posted(cast, 11)
    Employee.objects.filter(pk=leaver.pk).update(ended_on=None)
    posted(cast, 12)
    assert Payroll.objects.get(employee=leaver, period_month=12).gross_amount == 30_000_000
    assert counted_days_of(leaver)[1] == (date(2025, 11, 29), date(2025, 12, 25))


def test_what_waits_of_a_leavers_days_after_the_cut_off_is_in_the_way_once(cast, leaver):
    timetable.leave(leaver, date(2025, 11, 24), date(2025, 11, 25), status="pending")
    timetable.leave(leaver, date(2025, 11, 28), date(2025, 11, 28), status="pending")
    timetable.leave(builders.paid("Stays"), date(2025, 11, 28), date(2025, 11, 28), status="pending")
    found = readiness.points(builders.computed(by=cast.hr), timezone.now())
    assert {point.code: point.count for point in found}["pending_leave"] == 2


def codes(run) -> dict[str, int]:
    return {point.code: point.count for point in readiness.points(run, timezone.now())}


def test_days_that_moved_after_a_run_was_computed_stand_in_its_way(cast):
    builders.paid("Jane")
    november = builders.computed(by=cast.hr)
    people.setting(payroll_cutoff_day=28)
    december = builders.computed(by=cast.hr, month=12)
    assert december.counted_first_on == date(2025, 11, 29)
    assert "counted_days_moved" in codes(november) and "counted_days_moved" not in codes(december)
    builders.posted(november, by=cast.payroll)
    # November was posted up to the 25th: computed as it stands, December would leave three days to nobody.
    assert codes(december)["counted_days_moved"] == 1
    again = builders.computed(by=cast.hr, month=12)
    assert again.counted_first_on == date(2025, 11, 26) and "counted_days_moved" not in codes(again)


def test_who_was_left_out_of_a_posted_month_is_named_by_the_next_one_until_it_is_paid(cast):
    builders.paid("Paid")
    posted(cast, 11)
    late = builders.paid("Entered late", hired_at=date(2025, 11, 3))
    builders.paid("Joined after the cut-off", hired_at=date(2025, 11, 27))
    december = builders.computed(by=cast.hr, month=12)
    found = next(one for one in readiness.points(december, timezone.now()) if one.code == "unpaid_before")
    assert (found.count, found.is_blocking) == (1, True) and str(late) in found.message
    Employee.objects.filter(pk=late.pk).update(ended_on=date(2025, 12, 10))
    assert codes(builders.computed(by=cast.hr, month=12, kind="final"))["unpaid_before"] == 1
    Employee.objects.filter(pk=late.pk).update(ended_on=None)
    runs.cancel(run=PayrollRun.objects.get(kind="final"), by=cast.hr, at=timezone.now())
    december = builders.computed(by=cast.hr, month=12)
    posted(cast, 11)
    assert "unpaid_before" not in codes(december)


def test_who_joined_and_left_in_a_posted_month_without_being_paid_is_named_by_the_next_one(cast):
    builders.paid("Paid")
    quit_soon = builders.paid("Joined after the cut-off", hired_at=date(2025, 11, 27))
    posted(cast, 11)
    december = builders.computed(by=cast.hr, month=12)
    assert "unpaid_before" not in codes(december)
    Employee.objects.filter(pk=quit_soon.pk).update(ended_on=date(2025, 11, 28))
    people.employee("Left without a salary", ended_on=date(2025, 11, 28))
    december = builders.computed(by=cast.hr, month=12)
    found = next(one for one in readiness.points(december, timezone.now()) if one.code == "unpaid_before")
    assert (found.count, found.is_blocking) == (1, True) and str(quit_soon) in found.message
    assert "unpaid_before" not in codes(builders.computed(by=cast.hr, month=12, department_id=cast.sales.pk))
    again = builders.computed(by=cast.hr, month=12)
    posted(cast, 11)
    assert "unpaid_before" not in codes(again)


def test_who_has_no_first_day_counts_as_employed_before_and_is_named(cast):
    builders.paid("Paid")
    posted(cast, 11)
    entered = builders.paid("Entered late", hired_at=None)
    december = builders.computed(by=cast.hr, month=12)
    found = next(one for one in readiness.points(december, timezone.now()) if one.code == "unpaid_before")
    assert (found.count, found.is_blocking) == (1, True) and str(entered) in found.message


def test_a_first_month_asks_for_nobodys_month_before(cast):
    builders.paid("Jane")
    assert "unpaid_before" not in codes(builders.computed(by=cast.hr))


def test_unpaid_leave_takes_nothing_off_for_days_after_the_last_one(cast):
    jane = builders.paid("Jane", ended_on=date(2025, 11, 15))
    timetable.leave(jane, date(2025, 11, 10), date(2025, 11, 20), code="unpaid")
    run = builders.computed(by=cast.hr, employee_ids=[jane.pk])
    # 10,000,000 for 15 of 30 days, of which 6 (the 10th to the 15th) are unpaid: 5,000,000 * 9 / 15.
    assert run.net_total == 3_000_000


def test_minutes_are_added_up_from_seconds_and_thirds_of_one_come_to_a_whole(cast):
    jane = builders.paid("Jane")
    builders.assign(jane, builders.component("Overtime"), formula="overtime_minutes * 0.005")
    for day, kind in ((3, "weekday"), (4, "rest_day"), (5, "holiday")):
        DaySummary.objects.create(employee=jane, work_date=date(2025, 11, day), counted_overtime={kind: 20})
    run = builders.computed(by=cast.hr, employee_ids=[jane.pk])
    # One minute: half a cent, which rounds up. Thirds added up come to a little less, and to nothing.
    assert Payroll.objects.get(run=run).gross_amount == 10_000_000 + Decimal("0.01")
