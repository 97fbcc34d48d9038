"""Exceptions: opened and closed with the day, told to the manager once, settled by a person with a note."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import Attendance, DayException, DaySummary
from attendance.rules.punches import Door, PunchKind
from attendance.services import amendments, clocking, days, events, exception_notices, pairs
from attendance.tests.builders import at, presented
from peoplesync.core.models import ActivityLog, Notification

pytestmark = pytest.mark.django_db
URL = "/api/v1/exceptions"
DAY = date(2026, 11, 16)


def come(user, text="2026-11-16 09:30"):
    return clocking.clock_in(employee_id=user.employee_id, punch=presented(text))


def leave(user, text="2026-11-16 17:00"):
    return clocking.clock_out(employee_id=user.employee_id, punch=presented(text))


def mend(stay):
    return amendments.change(
        attendance_id=stay.pk, by=presented("2026-11-16 18:00", Door.ADMIN), clock_in=at("2026-11-16 09:00")
    )


def state():
    return {row.kind: row.resolved_at is None for row in DayException.objects.all()}


def test_a_late_clock_in_opens_an_exception_in_its_own_statement(cast):
    come(cast.employee)
    row = DayException.objects.get()
    assert (row.employee_id, row.work_date, row.kind) == (cast.employee.employee_id, DAY, "late")
    leave(cast.employee, "2026-11-16 16:00")
    assert state() == {"late": True, "early": True}


def test_it_closes_by_itself_when_the_day_is_mended_and_opens_again_when_it_comes_back(cast):
    stay = come(cast.employee)
    leave(cast.employee)
    mend(stay)
    assert state() == {"late": False}
    assert DayException.objects.get().resolved_by_id is None
    amendments.change(
        attendance_id=stay.pk, by=presented("2026-11-16 19:00", Door.ADMIN), clock_in=at("2026-11-16 10:00")
    )
    assert state() == {"late": True}
    assert DayException.objects.count() == 1


def test_computing_in_bulk_keeps_exceptions_in_step(cast):
    stay = come(cast.employee)
    leave(cast.employee)
    Attendance.objects.filter(pk=stay.pk).update(clock_in=at("2026-11-16 09:00"), clock_out=at("2026-11-16 16:00"))
    days.compute(days={cast.employee.employee_id: {DAY}}, at=at("2026-11-17 09:00"))
    assert state() == {"late": False, "early": True}
    days.compute(days={cast.employee.employee_id: {DAY}}, at=at("2026-11-17 10:00"))
    assert state() == {"late": False, "early": True}


def test_what_a_person_settled_stays_settled_while_the_day_says_the_same(cast, client_of):
    come(cast.employee)
    row = DayException.objects.get()
    answer = client_of(cast.manager).post(f"{URL}/{row.pk}/resolve", {"note": "Train strike"})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["resolved_by"], answer.json()["note"]) == (str(cast.manager.pk), "Train strike")
    leave(cast.employee)
    days.compute(days={cast.employee.employee_id: {DAY}}, at=at("2026-11-17 09:00"))
    assert state() == {"late": False}
    again = client_of(cast.hr).post(f"{URL}/{row.pk}/resolve", {"note": "x"})
    assert again.status_code == 400 and list(again.json()["errors"]) == ["resolved"]
    assert ActivityLog.objects.get(action="exception.resolved").user_id == cast.manager.pk


def test_only_the_persons_manager_or_hr_settles_and_never_her_own(cast, client_of):
    for user in (cast.employee, cast.outsider, cast.manager):
        come(user)
    rows = {row.employee_id: row.pk for row in DayException.objects.all()}

    def settle(user, owner):
        return client_of(user).post(f"{URL}/{rows[owner.employee_id]}/resolve", {"note": ""}).status_code

    assert settle(cast.employee, cast.employee) == 403
    assert settle(cast.manager, cast.manager) == 403
    assert settle(cast.manager, cast.outsider) == 404
    assert settle(cast.manager, cast.employee) == 200
    assert settle(cast.hr, cast.outsider) == 200


def test_the_list_narrows_and_shows_a_manager_her_people(cast, client_of, django_assert_max_num_queries):
    for user in (cast.employee, cast.colleague, cast.outsider):
        come(user)
    mend(Attendance.objects.get(employee=cast.colleague.employee))

    def seen(user, query=""):
        return {row["employee_id"] for row in client_of(user).get(f"{URL}?{query}").json()["data"]}

    ema, budi, otto = (str(user.employee_id) for user in (cast.employee, cast.colleague, cast.outsider))
    assert seen(cast.manager) == {ema, budi}
    assert seen(cast.employee) == {ema}
    assert seen(cast.hr, "resolved=false") == {ema, otto}
    assert seen(cast.hr, "resolved=true") == {budi}
    assert seen(cast.hr, "kind=late&from=2026-11-16&to=2026-11-16") == {ema, budi, otto}
    assert seen(cast.hr, "kind=early") == set() == seen(cast.hr, "from=2026-11-17")
    assert seen(cast.hr, f"employee_id={otto}") == {otto}
    assert client_of(cast.hr).get(f"{URL}?kind=naughty").status_code == 400
    assert client_of(cast.hr).get(f"{URL}?resolved=perhaps").status_code == 400
    with django_assert_max_num_queries(4):
        client_of(cast.auditor).get(URL)


def test_the_nearest_manager_is_told_in_bulk_and_once(cast, django_assert_max_num_queries):
    for user in (cast.employee, cast.colleague, cast.outsider):
        come(user)
    with django_assert_max_num_queries(6):
        assert exception_notices.tell_managers(at=at("2026-11-16 10:00")) == 3
    titles = dict(Notification.objects.values_list("user__email", "title"))
    assert titles == {
        "mona@example.com": "Late: 2 people, 2026-11-16",
        "hana@example.com": "Late: Otto, 2026-11-16",
    }
    assert exception_notices.tell_managers(at=at("2026-11-16 10:05")) == 0
    stay = Attendance.objects.get(employee=cast.outsider.employee)
    mend(stay)
    amendments.change(
        attendance_id=stay.pk, by=presented("2026-11-16 19:00", Door.ADMIN), clock_in=at("2026-11-16 10:00")
    )
    assert exception_notices.tell_managers(at=at("2026-11-16 19:05")) == 0
    assert Notification.objects.count() == 2


def test_days_long_past_are_listed_but_told_to_nobody(cast):
    come(cast.employee)
    assert exception_notices.tell_managers(at=at("2026-12-16 10:00")) == 1
    assert not Notification.objects.exists()
    assert DayException.objects.get().notified_at is not None


def test_a_day_whose_only_punch_was_taken_back_follows_its_next_punch(cast):
    person = cast.employee.employee_id
    punch = presented("2026-11-16 09:00", Door.KENJO)
    events.record(employee_id=person, kind=PunchKind.TOGGLE, punch=punch)
    assert DaySummary.objects.get().policy == "paired_day"
    stay = Attendance.objects.get()
    pairs.void(attendance_id=stay.pk, by=presented("2026-11-16 09:05", Door.KENJO), reason="slip")
    assert DaySummary.objects.get().policy == ""
    come(cast.employee)
    assert DaySummary.objects.get().policy == "state_machine"


def test_a_day_that_keeps_a_punch_keeps_its_policy(cast):
    person = cast.employee.employee_id
    for text in ("2026-11-16 09:00", "2026-11-16 12:00", "2026-11-16 13:00"):
        events.record(employee_id=person, kind=PunchKind.TOGGLE, punch=presented(text, Door.KENJO))
    stay = Attendance.objects.order_by("clock_in").first()
    pairs.void(attendance_id=stay.pk, by=presented("2026-11-16 14:00", Door.KENJO), reason="slip")
    assert DaySummary.objects.get().policy == "paired_day"
