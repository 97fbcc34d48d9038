"""What hr changes under days that are stored: open ones are computed anew at once or by a job, closed ones keep what was paid."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance.models import DaySummary
from attendance.services import clocking, day_marks, day_settling, hr_changes
from attendance.tests.builders import at, compute_span, presented
from hr.models import Employee, HolidayCalendar, LockSource, PeriodLock
from hr.services import departments, employee_csv, employee_intake, employees, holidays, period_locks
from hr.tests import timetable
from peoplesync.core.models import Job, new_id
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 11, 13), date(2026, 11, 16)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(at("2026-11-16 12:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def people(cast):
    """Two people with days from Thursday to Monday."""
    found = [cast.employee.employee_id, cast.colleague.employee_id]
    compute_span(found, date(2026, 11, 12), MONDAY, as_of=timezone.now())
    return found


def close(cast, first=FRIDAY, last=FRIDAY, whom=None):
    return period_locks.lock(
        employee_id=whom, first_on=first, last_on=last, reason="paid", by=cast.hr, at=timezone.now()
    )


def holiday(cast, on):
    calendar, _ = HolidayCalendar.objects.get_or_create(name="Ours", is_default=True)
    holidays.put(calendar=calendar, on=on, name="A holiday", kind="holiday", by=cast.hr, at=timezone.now())


def types(on):
    return set(DaySummary.objects.filter(work_date=on).values_list("day_type", flat=True))


def test_a_holiday_changes_open_days_at_once_and_closed_ones_keep_what_was_paid(cast, people):
    close(cast)
    holiday(cast, FRIDAY)
    holiday(cast, date(2026, 11, 12))
    assert (types(FRIDAY), types(date(2026, 11, 12))) == ({"work"}, {"holiday"})
    assert not Job.objects.exists()


def test_more_days_than_a_request_should_compute_are_a_jobs_work(cast, people, monkeypatch):
    monkeypatch.setattr(hr_changes, "AT_ONCE", 3)
    monkeypatch.setattr(hr_changes, "PAGE", 1)
    close(cast)
    HolidayCalendar.objects.create(name="Ours", is_default=True).holidays.create(on=MONDAY, name="A", kind="holiday")
    with CaptureQueriesContext(connection) as spent:
        hr_changes.days_changed(people, date.min, date.max)
    assert types(MONDAY) == {"work"}
    assert not [each for each in spent if "daysummary" in each["sql"] and "LIMIT 4" not in each["sql"]]
    job = Job.objects.get()
    with CaptureQueriesContext(connection) as spent:
        jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.processed, job.total, job.result) == ("completed", 2, 2, "8 days computed anew")
    # A page asks for its own people, however many there are.
    assert not [each for each in spent if all(who.hex in str(each["sql"]) for who in people)]
    assert (types(MONDAY), types(FRIDAY)) == ({"holiday"}, {"work"})


def test_only_marks_that_differ_move_and_todays_rows_of_many_wait_until_the_day_is_over(cast, people, on_monday):
    close(cast, whom=people[0])
    assert DaySummary.objects.get(employee_id=people[0], work_date=FRIDAY).is_locked
    before = dict(DaySummary.objects.values_list("pk", "updated_at"))
    on_monday.shift(60)
    post(people)
    moved = [row for row in DaySummary.objects.all() if row.updated_at != before[row.pk]]
    assert {(row.employee_id, row.work_date) for row in moved} == {
        (who, day) for who in people for day in (FRIDAY, date(2026, 11, 14), date(2026, 11, 15))
    } - {(people[0], FRIDAY)}
    assert all(row.is_locked for row in moved)
    clocking.clock_in(employee_id=people[0], punch=presented("2026-11-16 12:02"))
    assert DaySummary.objects.get(employee_id=people[0], work_date=MONDAY).is_locked
    on_monday.move_to(at("2026-11-17 00:03"))
    day_settling.settle(at=timezone.now())
    assert DaySummary.objects.filter(work_date=MONDAY, employee_id__in=people, is_locked=True).count() == 2


def test_marks_of_very_many_days_are_a_jobs_work_and_posting_does_not_wait_for_them(people, monkeypatch):
    monkeypatch.setattr(hr_changes, "MARKED_AT_ONCE", 3)
    monkeypatch.setattr(hr_changes, "MARKS_PAGE", 1)
    post(people)
    assert not DaySummary.objects.filter(is_locked=True).exists()
    job = Job.objects.get()
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.processed, job.result) == ("completed", job.total, "6 days marked")
    assert set(DaySummary.objects.filter(is_locked=True).values_list("employee_id", flat=True)) == set(people)


def post(people):
    """A payroll of these people that counted Friday to Monday is posted."""
    period_locks.lock_many(
        employee_ids=people, first_on=FRIDAY, last_on=MONDAY, source_id=new_id(), reason="paid", by=None,
        at=timezone.now(),
    )  # fmt: skip
    assert PeriodLock.objects.filter(source=LockSource.PAYROLL).count() == len(people)


def test_marks_are_held_in_the_order_in_which_computed_days_are_written(cast, people):
    close(cast, whom=people[0])
    with CaptureQueriesContext(connection) as spent:
        day_marks.move(employee_ids=people, first=FRIDAY, last=MONDAY, at=timezone.now())
    (statement,) = [each["sql"] for each in spent]
    assert "ORDER BY day.employee_id, day.work_date" in statement and "FOR NO KEY UPDATE" in statement


def absences(employee_id):
    days_of = DaySummary.objects.filter(employee_id=employee_id, counters__absent=1)
    return list(days_of.order_by("work_date").values_list("work_date", flat=True))


def test_nobody_is_absent_on_days_after_a_last_day_that_was_entered_late(cast, people):
    before, leaver = [date(2026, 11, 12), FRIDAY], Employee.objects.get(pk=people[0])
    assert absences(people[0]) == absences(people[1]) == before
    now = {"by": cast.hr, "at": timezone.now()}
    employees.end(employee=leaver, last_day=date(2026, 11, 12), reason="resigned", **now)
    assert absences(people[0]) == before[:1] and absences(people[1]) == before
    employees.update(employee=leaver, changes={"status": "active"}, **now)
    assert absences(people[0]) == before


def working_days(employee_id):
    days_of = DaySummary.objects.filter(employee_id=employee_id, day_type="work").order_by("work_date")
    return [day.day for day in days_of.values_list("work_date", flat=True)]


def by_file(cast, text):
    sheet = employee_csv.read(io.BytesIO(text.encode()), advance=lambda count: None)
    employee_intake.take_in(sheet=sheet, wish=employee_intake.Wish(), by=cast.hr, at=timezone.now())


def into(cast, door, department):
    """Budi of Platform, below Engineering, works in or below a department from now on."""
    now = {"by": cast.hr, "at": timezone.now()}
    if door == "a form":
        employees.update(employee=cast.colleague.employee, changes={"department_id": department.pk}, **now)
    elif door == "a file":
        by_file(cast, f"employee_number,first_name,department\nC-budi,Budi,{department.code}\n")
    else:
        departments.update(department=cast.platform, changes={"parent_id": department.pk}, **now)


@pytest.mark.parametrize("door", ["a form", "a file", "the tree"])
def test_another_department_computes_open_days_by_the_schedule_it_works(cast, people, door):
    timetable.assign(timetable.schedule("Shop", weekdays=(4, 5, 6)), department=cast.sales)
    close(cast, first=date(2026, 11, 12), last=FRIDAY)
    assert working_days(people[1]) == [12, 13, 16]
    into(cast, door, cast.sales)
    assert working_days(people[1]) == [12, 13, 14, 15] and working_days(people[0]) == [12, 13, 16]


def test_a_time_zone_of_her_own_that_comes_with_a_file_moves_the_hours_of_open_days(cast):
    timetable.schedule(is_default=True, hours=(time(8), time(17)))
    compute_span([cast.colleague.employee_id], date(2026, 11, 12), FRIDAY, as_of=timezone.now())
    close(cast)
    by_file(cast, "employee_number,first_name,timezone\nC-budi,Budi,Asia/Makassar\n")
    began = dict(DaySummary.objects.values_list("work_date", "scheduled_start_at"))
    assert began == {date(2026, 11, 12): at("2026-11-12 07:00"), FRIDAY: at("2026-11-13 08:00")}


def test_a_department_that_is_deleted_takes_its_schedule_from_the_days_of_all_below_it(cast, people):
    timetable.assign(timetable.schedule("Shop", weekdays=(4, 5, 6)), department=cast.engineering)
    compute_span(people, date(2026, 11, 12), MONDAY, as_of=timezone.now())
    assert working_days(people[0]) == working_days(people[1]) == [13, 14, 15]
    departments.delete(department=cast.engineering, by=cast.hr, at=timezone.now())
    assert working_days(people[0]) == working_days(people[1]) == [12, 13, 16]


def test_another_department_computes_nothing_where_no_department_works_a_schedule(cast, people):
    written = dict(DaySummary.objects.values_list("pk", "updated_at"))
    timetable.assign(timetable.schedule("Shop"), employee=cast.outsider.employee)
    with time_machine.travel(at("2026-11-16 12:01"), tick=False):
        into(cast, "a form", cast.sales)
    assert dict(DaySummary.objects.values_list("pk", "updated_at")) == written
