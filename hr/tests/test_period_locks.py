"""Closed days: who is concerned, who may open them, and a lock that waits for a change under way."""

from __future__ import annotations

import io
import re
import threading
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hr.models import PeriodLock
from hr.selectors import locks
from hr.services import departments, employee_csv, employee_intake, employees, holidays, leaves, period_locks, schedules
from hr.services.day_facts import day_locks_changed
from hr.services.employee_intake import Wish
from hr.tests import builders, timetable
from peoplesync.core.models import ActivityLog, new_id
from peoplesync.kernel.errors import Conflict, Invalid

FIRST, LAST = date(2026, 10, 26), date(2026, 11, 25)
NOW = timezone.now()


@pytest.fixture
def heard(monkeypatch):
    calls = []
    monkeypatch.setattr(day_locks_changed, "_functions", [lambda *call: calls.append(call)])
    return calls


def close(employee=None, *, by=None, first=FIRST, last=LAST):
    return period_locks.lock(
        employee_id=employee and employee.pk, first_on=first, last_on=last, reason="October pay", by=by, at=NOW
    )


@pytest.mark.django_db
def test_a_lock_for_everybody_and_one_for_a_person_close_different_days(django_assert_num_queries):
    jane, other = builders.employee(), builders.employee()
    close(first=FIRST, last=FIRST)
    close(jane, first=LAST, last=LAST)
    with django_assert_num_queries(1):
        found = locks.locked_days([jane.pk, other.pk], FIRST, LAST)
    assert set(found[jane.pk]) == {FIRST, LAST}
    assert set(found[other.pk]) == {FIRST}


@pytest.mark.django_db
def test_changing_a_closed_day_says_who_closed_it_and_what_to_do():
    hana = builders.user("hana@example.com", roles=("hr",))
    jane = builders.employee()
    close(by=hana)
    with pytest.raises(Conflict) as refused:
        locks.ensure_open(jane.pk, [FIRST - timedelta(days=1), LAST], "This leave")
    assert refused.value.code == "period_locked"
    assert "hana@example.com" in refused.value.message
    assert "Ask HR" in refused.value.message
    locks.ensure_open(jane.pk, [FIRST - timedelta(days=1), LAST + timedelta(days=1)], "This leave")


@pytest.mark.django_db
def test_releasing_opens_the_days_once_and_is_logged(heard):
    jane = builders.employee()
    made = close(jane)
    period_locks.release(lock=made, by=None, at=NOW)
    locks.ensure_open(jane.pk, [FIRST], "This leave")
    with pytest.raises(Conflict):
        period_locks.release(lock=made, by=None, at=NOW)
    assert heard == [([jane.pk], FIRST, LAST)] * 2
    assert set(ActivityLog.objects.values_list("action", flat=True)) == {"period_lock.created", "period_lock.released"}


@pytest.mark.django_db
def test_a_posted_payroll_locks_its_people_once_and_nobody_releases_one_by_hand(django_assert_max_num_queries):
    run = new_id()
    people = [builders.employee().pk for _ in range(30)]
    order = {"employee_ids": people, "first_on": FIRST, "last_on": LAST, "source_id": run, "reason": "November"}
    with django_assert_max_num_queries(9):
        assert period_locks.lock_many(**order, by=None, at=NOW) == 30
    assert period_locks.lock_many(**order, by=None, at=NOW) == 0
    with pytest.raises(Conflict) as refused:
        period_locks.release(lock=PeriodLock.objects.first(), by=None, at=NOW)
    assert refused.value.code == "locked_by_payroll"
    with pytest.raises(Conflict, match=r"allow_retro.*after 2026-11-25") as refused:
        locks.ensure_open(people[0], [LAST], "This correction")
    assert "release" not in refused.value.message


@pytest.mark.django_db
def test_days_closed_one_by_one_are_opened_alone_or_together_at_the_cost_of_one(heard, django_assert_num_queries):
    jane = builders.employee()
    close(first=LAST, last=LAST)
    days = [FIRST + timedelta(days=n) for n in range(10)]
    order = {"employee_id": jane.pk, "source": "vendor", "reason": "By hand", "by": None, "at": NOW}
    with django_assert_num_queries(6):
        made = period_locks.lock_each(days=[*days, LAST], **order)
    assert period_locks.lock_each(days=days, **order) == []
    period_locks.release(lock=made[3], by=None, at=NOW)
    assert set(locks.locked_days([jane.pk], FIRST, LAST)[jane.pk]) == {*days, LAST} - {days[3]}
    with pytest.raises(Conflict):
        period_locks.release_all(held=made, by=None, at=NOW)
    rest = [lock for lock in made if lock != made[3]]
    with django_assert_num_queries(4):
        period_locks.release_all(held=rest, by=None, at=NOW)
    assert set(locks.locked_days([jane.pk], FIRST, LAST)[jane.pk]) == {LAST}
    told = ActivityLog.objects.filter(action="period_lock.released").values_list("resource_id", flat=True)
    assert sorted(told) == sorted(lock.pk for lock in made)
    assert heard[1:] == [([jane.pk], days[0], days[-1]), ([jane.pk], days[3], days[3]), ([jane.pk], days[0], days[-1])]


@pytest.mark.django_db
def test_a_lock_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid):
        close(first=LAST, last=FIRST)


@pytest.mark.django_db(transaction=True)
def test_a_lock_waits_for_a_change_that_was_allowed_a_moment_before():
    jane = builders.employee()
    order = []

    def lock_from_another_connection():
        close(jane)
        order.append("locked")
        connection.close()

    with transaction.atomic():
        locks.ensure_open(jane.pk, [FIRST], "This leave")
        locker = threading.Thread(target=lock_from_another_connection)
        locker.start()
        locker.join(timeout=0.5)
        assert locker.is_alive(), "the lock did not wait"
        order.append("changed")
    locker.join(timeout=10)
    assert order == ["changed", "locked"]


@pytest.mark.django_db
def _one_day(weekday):
    return {"weekday": weekday, "starts_at": time(8), "ends_at": time(16)}


def _below():
    return builders.department("Shop", parent=builders.department("Sales"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda now: holidays.load(country="ID", year=2025, **now),
        lambda now: holidays.put(calendar=timetable.calendar(), on=date(2025, 3, 3), name="X", kind="holiday", **now),
        lambda now: holidays.remove(holiday=timetable.calendar(date(2025, 3, 3)).holidays.get(), **now),
        lambda now: schedules.create(values={"name": "X"}, days=[_one_day(0)], **now),
        lambda now: schedules.update(schedule=timetable.schedule(), values={"name": "X"}, days=None, **now),
        lambda now: schedules.hand_over(
            schedule=timetable.schedule(), employee_id=builders.employee().pk, first_on=date(2025, 3, 3), **now
        ),
        lambda now: employees.update(employee=builders.employee(), changes={"status": "terminated"}, **now),
        lambda now: employees.end(employee=builders.employee(), last_day=date(2025, 3, 3), reason="X", **now),
        lambda now: departments.update(department=_below(), changes={"parent_id": None}, **now),
        lambda now: departments.delete(department=_below(), **now),
        lambda now: employee_intake.take_in(
            sheet=employee_csv.read(io.BytesIO(b"employee_number,first_name\nE-1,Jane\n"), advance=abs),
            wish=Wish(),
            **now,
        ),
    ],
)
def test_what_changes_days_promises_first_that_none_are_closed_beneath_it(act):
    with CaptureQueriesContext(connection) as asked:
        act({"by": None, "at": timezone.now()})
    told = [str(each["sql"]) for each in asked]
    promised = next(place for place, sql in enumerate(told) if "pg_advisory_xact_lock_shared" in sql)
    assert not [sql for sql in told[:promised] if re.search(r"\bUPDATE\b|core_activitylog", sql)]
    assert ActivityLog.objects.exists()


def test_leave_on_paid_days_is_not_sent_to_a_word_it_does_not_take(cast):
    timetable.schedule(is_default=True)
    timetable.leave_type()
    person = cast.employee.employee
    order = {"first_on": FIRST, "last_on": LAST, "source_id": new_id(), "reason": "November"}
    period_locks.lock_many(employee_ids=[person.pk], **order, by=None, at=NOW)
    asked = {"employee": person, "leave_type": "annual", "start_date": LAST, "end_date": LAST, "days": Decimal(1)}
    with pytest.raises(Conflict, match=r"after 2026-11-25.*one-off salary line of the next month") as refused:
        leaves.request(**asked, reason="Family", by=cast.employee, at=NOW)
    assert "is locked for this employee by a posted payroll (November)." in refused.value.message
    assert "allow_retro" not in refused.value.message
    assert refused.value.errors["period_lock"][0] in refused.value.message
