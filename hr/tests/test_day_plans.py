"""Which schedule holds on which day for whom, and what holidays and leave make of the day."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from hr.models import HolidayKind
from hr.selectors import schedules
from hr.tests import builders, timetable

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 29)


def hours_of(person, day=MONDAY):
    plan = schedules.for_day(person.pk, day)
    return plan.starts_at, plan.ends_at


def test_who_has_no_schedule_works_the_built_in_weekdays():
    jane = builders.employee()
    plans = schedules.for_days([jane.pk], MONDAY, SUNDAY)
    due = [plan.on for plan in plans.values() if plan.is_work_due]
    assert due == [MONDAY + timedelta(days=offset) for offset in range(5)]
    monday = plans[jane.pk, MONDAY]
    assert (monday.starts_at, monday.ends_at, monday.break_minutes) == (time(9), time(17), 60)
    assert plans[jane.pk, SUNDAY].starts_at is None


def test_the_default_schedule_replaces_the_built_in_one():
    timetable.schedule(is_default=True, hours=(time(7), time(15)))
    assert hours_of(builders.employee()) == (time(7), time(15))


def test_the_nearest_department_wins_over_the_one_above_and_the_employee_over_both():
    top = builders.department("Top")
    team = builders.department("Team", parent=builders.department("Middle", parent=top))
    jane = builders.employee(department=team)
    timetable.assign(timetable.schedule("Top", hours=(time(6), time(14))), department=top)
    assert hours_of(jane) == (time(6), time(14))
    timetable.assign(timetable.schedule("Team", hours=(time(7), time(15))), department=team)
    assert hours_of(jane) == (time(7), time(15))
    timetable.assign(timetable.schedule("Own", hours=(time(10), time(18))), employee=jane)
    assert hours_of(jane) == (time(10), time(18))


def test_an_assignment_holds_on_its_own_days_only():
    jane = builders.employee()
    night = timetable.schedule("Night", hours=(time(22), time(6)))
    timetable.assign(night, employee=jane, first=MONDAY, last=MONDAY)
    plan = schedules.for_day(jane.pk, MONDAY)
    assert plan.schedule_id == night.pk
    assert plan.ends_next_day
    assert hours_of(jane, MONDAY + timedelta(days=1)) == (time(9), time(17))
    assert hours_of(jane, MONDAY - timedelta(days=3)) == (time(9), time(17))


def test_a_free_schedule_without_a_pattern_has_weekdays_without_hours():
    jane = builders.employee()
    timetable.assign(timetable.schedule("Free", kind="free", weekdays=()), employee=jane)
    plan = schedules.for_day(jane.pk, MONDAY)
    assert (plan.is_work_due, plan.starts_at) == (True, None)
    assert not schedules.for_day(jane.pk, SUNDAY).is_work_due


@pytest.mark.parametrize(
    ("kind", "is_holiday", "is_collective"),
    [(HolidayKind.HOLIDAY, True, False), (HolidayKind.COLLECTIVE_LEAVE, False, True)],
)
def test_holidays_and_collective_leave_are_told_apart_and_ask_for_no_work(kind, is_holiday, is_collective):
    timetable.calendar(MONDAY, kind=kind)
    plan = schedules.for_day(builders.employee().pk, MONDAY)
    assert (plan.is_holiday, plan.is_collective_leave, plan.is_work_due) == (is_holiday, is_collective, False)
    assert plan.is_workday


def test_a_schedules_own_calendar_replaces_the_default_one():
    timetable.calendar(MONDAY)
    bali = timetable.calendar(MONDAY + timedelta(days=1), name="Bali", is_default=False)
    jane = builders.employee()
    timetable.assign(timetable.schedule(calendar=bali), employee=jane)
    plans = schedules.for_days([jane.pk], MONDAY, MONDAY + timedelta(days=1))
    assert [plan.is_holiday for plan in plans.values()] == [False, True]


def test_leave_counts_on_working_days_only_and_half_a_day_as_half():
    jane = builders.employee()
    friday = MONDAY + timedelta(days=4)
    timetable.leave(jane, friday, friday + timedelta(days=3), days=2)
    timetable.leave(jane, MONDAY, MONDAY, days=Decimal("0.5"), code="unpaid")
    timetable.leave(jane, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1), status="pending")
    plans = schedules.for_days([jane.pk], MONDAY, friday + timedelta(days=3))
    taken = {
        plan.on: (plan.leave_code, plan.leave_days, plan.is_leave_paid) for plan in plans.values() if plan.leave_days
    }
    assert taken == {
        MONDAY: ("unpaid", Decimal("0.5"), False),
        friday: ("annual", Decimal(1), True),
        friday + timedelta(days=3): ("annual", Decimal(1), True),
    }


def test_days_before_hire_and_after_the_last_day_ask_for_nothing():
    jane = builders.employee(hired_at=MONDAY + timedelta(days=1), ended_on=MONDAY + timedelta(days=2))
    plans = schedules.for_days([jane.pk], MONDAY, SUNDAY)
    assert [plan.on.day for plan in plans.values() if plan.is_work_due] == [24, 25]


def test_a_month_of_many_people_is_one_statement(django_assert_num_queries):
    people = [builders.employee().pk for _ in range(20)]
    with django_assert_num_queries(1):
        plans = schedules.for_days(people, date(2028, 2, 1), date(2028, 2, 29))
    assert len(plans) == 20 * 29
    with django_assert_num_queries(1):
        schedules.for_day(people[0], date(2028, 2, 29))


def test_an_unknown_employee_has_no_plan():
    with pytest.raises(LookupError):
        schedules.for_day(builders.department().pk, MONDAY)
