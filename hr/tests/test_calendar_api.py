"""Schedules, work sites, holidays and period locks over HTTP: who may write, what is refused, what is shown."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hr.models import Holiday, HolidayCalendar, PeriodLock, Schedule, WorkSite, WorkSiteAssignment
from hr.selectors import schedules, work_sites
from hr.services import holidays
from hr.services import schedules as schedule_acts
from hr.services import work_sites as site_acts
from hr.services.day_facts import day_facts_changed
from hr.tests import builders, timetable
from hr.tests.together import together
from peoplesync.kernel.errors import NotFound

MONDAY = date(2026, 12, 7)
WEEK = [{"weekday": day, "starts_at": "08:00", "ends_at": "16:30", "break_minutes": 30} for day in range(5)]
OFFICE = {"name": "Office", "days": WEEK}


@pytest.fixture
def heard(monkeypatch):
    calls = []
    monkeypatch.setattr(day_facts_changed, "_functions", [lambda *call: calls.append(call)])
    return calls


def made(client_of, user, path, body):
    answer = client_of(user).post(f"/api/v1/{path}", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_schedule_is_made_shown_and_changed(cast, client_of):
    shown = made(client_of, cast.hr, "schedules", {**OFFICE, "kind": "fixed", "grace_in_minutes": 10})
    assert shown["days"][0] == {
        "weekday": 0, "starts_at": "08:00", "ends_at": "16:30", "break_minutes": 30, "required_minutes": None,
    }  # fmt: skip
    path = f"/api/v1/schedules/{shown['id']}"
    assert client_of(cast.employee).get(path).json() == shown
    changed = client_of(cast.hr).put(path, {"days": WEEK[:2]}).json()
    assert (len(changed["days"]), changed["name"], changed["grace_in_minutes"]) == (2, "Office", 10)


def test_making_another_schedule_the_default_replaces_the_first(cast, client_of, heard):
    first = made(client_of, cast.hr, "schedules", {**OFFICE, "is_default": True})
    second = made(client_of, cast.hr, "schedules", {**OFFICE, "name": "Shop", "is_default": True})
    assert set(Schedule.objects.filter(is_default=True).values_list("pk", flat=True)) != {first["id"]}
    assert str(Schedule.objects.get(is_default=True).pk) == second["id"]
    assert heard == [(None, date.min, date.max)] * 2


def test_an_assignment_holds_for_the_person_and_tells_whose_days_changed(cast, client_of, heard):
    schedule = made(client_of, cast.hr, "schedules", OFFICE)
    employee_id = cast.employee.employee_id
    body = {"employee_id": str(employee_id), "first_on": "2026-12-01", "last_on": None}
    shown = made(client_of, cast.hr, f"schedules/{schedule['id']}/assignments", body)
    assert (shown["first_on"], shown["last_on"]) == ("2026-12-01", None)
    assert str(schedules.for_day(employee_id, MONDAY).schedule_id) == schedule["id"]
    assert heard[-1] == ([employee_id], date(2026, 12, 1), date.max)
    again = client_of(cast.hr).post(f"/api/v1/schedules/{schedule['id']}/assignments", body)
    assert (again.status_code, list(again.json()["errors"])) == (400, ["first_on"])
    path = f"/api/v1/schedules/{schedule['id']}/assignments/{shown['id']}"
    ended = client_of(cast.hr).put(path, {"last_on": "2026-12-06"}).json()
    assert (ended["first_on"], ended["last_on"]) == ("2026-12-01", "2026-12-06")
    assert schedules.for_day(employee_id, MONDAY).schedule_id is None
    made(client_of, cast.hr, f"schedules/{schedule['id']}/assignments", {**body, "first_on": "2026-12-07"})


def test_a_department_assignment_concerns_everybody_below(cast, client_of, heard):
    schedule = made(client_of, cast.hr, "schedules", OFFICE)
    body = {"department_id": str(cast.engineering.pk)}
    made(client_of, cast.hr, f"schedules/{schedule['id']}/assignments", body)
    people = {cast.employee.employee_id, cast.manager.employee_id, cast.colleague.employee_id}
    assert set(heard[-1][0]) == people
    client_of(cast.hr).put(f"/api/v1/schedules/{schedule['id']}", {"days": WEEK})
    assert set(heard[-1][0]) == people


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "A\x00"},
        {"name": "A", "kind": "odd"},
        {"name": "A", "days": [{"weekday": 7, "starts_at": "08:00", "ends_at": "09:00"}]},
        {"name": "A", "days": [WEEK[0], WEEK[0]]},
        {"name": "A", "days": [{"weekday": 0, "starts_at": "25:00", "ends_at": "09:00"}]},
        {"name": "A", "days": [{"weekday": 0, "starts_at": 8, "ends_at": "09:00"}]},
        {"name": "A", "days": "all"},
        {"name": "A", "grace_in_minutes": -1},
        {"name": "A", "calendar_id": str(uuid4())},
        {"name": "A", "is_default": "yes"},
        [],
    ],
)
def test_a_schedule_that_makes_no_sense_is_a_400(cast, client_of, body):
    assert client_of(cast.hr).post("/api/v1/schedules", body).status_code == 400
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"employee_id": str(uuid4())},
        {"department_id": str(uuid4())},
        {"employee_id": "x"},
        {"first_on": "2026-13-01"},
        {"first_on": "2026-12-02", "last_on": "2026-12-01"},
        {"first_on": "9999-12-31"},
    ],
)
def test_an_assignment_that_makes_no_sense_is_a_400(cast, client_of, body):
    schedule = made(client_of, cast.hr, "schedules", OFFICE)
    if "first_on" in body:
        body = {"employee_id": str(cast.employee.employee_id), **body}
    assert client_of(cast.hr).post(f"/api/v1/schedules/{schedule['id']}/assignments", body).status_code == 400


def test_a_work_site_keeps_every_digit_and_its_people(cast, client_of):
    body = {
        "name": "Office HQ",
        "lat": -6.20881234567891,
        "lng": 106.84561234567891,
        "timezone": "Asia/Jakarta",
        "department_ids": [str(cast.engineering.pk)],
    }
    sent = {**body, "lat": -6.2088123456789104}
    shown = made(client_of, cast.hr, "work_sites", sent)
    assert (shown["lat"], shown["lng"], shown["policy"], shown["radius_metres"]) == (
        body["lat"], body["lng"], "flag", 300,
    )  # fmt: skip
    assert shown["department_ids"] == [str(cast.engineering.pk)]
    path = f"/api/v1/work_sites/{shown['id']}"
    changed = client_of(cast.hr).put(path, {"employee_ids": [str(cast.outsider.employee_id)], "radius_metres": 50})
    assert changed.json()["employee_ids"] == [str(cast.outsider.employee_id)]
    assert changed.json()["department_ids"] == shown["department_ids"]
    assert client_of(cast.employee).get(path).json() == changed.json()


def test_a_person_may_use_her_own_her_departments_and_everybodys_sites(cast, django_assert_num_queries):
    names = ("All", "Engineering", "Sales", "Own", "Gone")
    made_sites = {name: WorkSite.objects.create(name=name, is_for_everyone=name in ("All", "Gone")) for name in names}
    WorkSite.objects.filter(name="Gone").update(deleted_at="2026-01-01T00:00Z")
    WorkSiteAssignment.objects.create(site=made_sites["Engineering"], department=cast.engineering)
    WorkSiteAssignment.objects.create(site=made_sites["Sales"], department=cast.sales)
    WorkSiteAssignment.objects.create(site=made_sites["Own"], employee=cast.colleague.employee)
    with django_assert_num_queries(1):
        found = [site.name for site in work_sites.sites_of(cast.colleague.employee_id)]
    assert found == ["All", "Engineering", "Own"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "Office HQ"}, "name"),
        ({"name": "A", "lat": 91, "lng": 0}, "lat"),
        ({"name": "A", "lat": 1}, "lat"),
        ({"name": "A", "lat": "1", "lng": 1}, "lat"),
        ({"name": "A", "timezone": "Jakarta"}, "timezone"),
        ({"name": "A", "radius_metres": 0}, "radius_metres"),
        ({"name": "A", "employee_ids": [str(uuid4())]}, "employee_ids"),
        ({"name": "A", "department_ids": "all"}, "department_ids"),
    ],
)
def test_a_work_site_that_makes_no_sense_is_a_400(cast, client_of, body, field):
    made(client_of, cast.hr, "work_sites", {"name": "Office HQ"})
    answer = client_of(cast.hr).post("/api/v1/work_sites", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("path", ["schedules", "work_sites"])
@pytest.mark.parametrize("who", ["employee", "manager", "payroll", "auditor"])
def test_everybody_reads_schedules_and_sites_and_only_hr_writes(cast, client_of, path, who):
    shown = made(client_of, cast.hr, path, {"name": "A"})
    client = client_of(getattr(cast, who))
    assert client.get(f"/api/v1/{path}").json()["meta"]["total"] == 1
    assert client.post(f"/api/v1/{path}", {"name": "B"}).status_code == 403
    assert client.put(f"/api/v1/{path}/{shown['id']}", {"name": "B"}).status_code == 403
    assert client.get(f"/api/v1/{path}/{uuid4()}").status_code == 404
    assert client_of(None).get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(("path", "bound"), [("schedules", 4), ("work_sites", 4), ("holidays", 3), ("period_locks", 3)])
def test_lists_take_the_same_statements_for_any_number_of_rows(cast, client_of, django_assert_num_queries, path, bound):
    client = client_of(cast.hr)
    for number in range(6):
        timetable.schedule(f"S{number}")
        client.post("/api/v1/work_sites", {"name": f"W{number}", "employee_ids": [str(cast.hr.employee_id)]})
        timetable.calendar(date(2026, 1, 1 + number))
        PeriodLock.objects.create(first_on=MONDAY, last_on=MONDAY, locked_by=cast.hr)
        if number in (1, 5):
            with django_assert_num_queries(bound):
                assert client.get(f"/api/v1/{path}?per_page=100").json()["meta"]["total"] == number + 1


def test_holidays_are_read_by_date_from_the_default_calendar(cast, client_of):
    timetable.calendar(date(2026, 12, 25), date(2027, 1, 1))
    other = timetable.calendar(date(2026, 12, 26), name="Bali", is_default=False)
    client = client_of(cast.employee)

    def dates(query):
        return [row["date"] for row in client.get(f"/api/v1/holidays?{query}").json()["data"]]

    assert dates("from=2026-12-01&to=2026-12-31") == ["2026-12-25"]
    assert dates("from=2026-12-26") == ["2027-01-01"]
    assert dates(f"calendar_id={other.pk}") == ["2026-12-26"]
    assert client.get("/api/v1/holidays?from=25/12/2026").status_code == 400


def test_locks_are_for_hr_and_payroll(cast, client_of):
    body = {"first_on": "2026-12-01", "last_on": "2026-12-31"}
    for who in ("employee", "manager"):
        assert client_of(getattr(cast, who)).get("/api/v1/period_locks").status_code == 403
    for who in ("employee", "manager", "auditor"):
        assert client_of(getattr(cast, who)).post("/api/v1/period_locks", body).status_code == 403
    shown = made(client_of, cast.payroll, "period_locks", {**body, "employee_id": str(cast.employee.employee_id)})
    assert (shown["source"], shown["locked_by"]) == ("manual", str(cast.payroll.pk))
    assert client_of(cast.auditor).get("/api/v1/period_locks").json()["meta"]["total"] == 1
    path = f"/api/v1/period_locks/{shown['id']}/release"
    released = client_of(cast.hr).post(path)
    assert (released.status_code, released.json()["released_by"]) == (200, str(cast.hr.pk))
    assert client_of(cast.hr).post(path).status_code == 409
    assert client_of(cast.hr).post(f"/api/v1/period_locks/{uuid4()}/release").status_code == 404


@pytest.mark.parametrize(
    "values", [{"last_on": "2026-11-30"}, {"first_on": None}, {"employee_id": str(uuid4())}, {"reason": "x" * 256}]
)
def test_a_lock_that_makes_no_sense_is_a_400(cast, client_of, values):
    body = {"first_on": "2026-12-01", "last_on": "2026-12-31", **values}
    assert client_of(cast.hr).post("/api/v1/period_locks", body).status_code == 400


@pytest.mark.django_db
def test_holidays_load_once_and_never_overwrite_what_hr_changed(capsys, heard):
    call_command("load_holidays", "--country", "id", "--year", "2026", "--dry-run")
    assert "would be added" in capsys.readouterr().out
    assert not Holiday.objects.exists()
    call_command("load_holidays", "--country", "id", "--year", "2026")
    calendar = HolidayCalendar.objects.get()
    assert (calendar.name, calendar.is_default) == ("ID", True)
    kinds = dict(calendar.holidays.values_list("on", "kind"))
    assert kinds[date(2026, 12, 25)] == "holiday"
    assert kinds[date(2026, 12, 24)] == "collective_leave"
    assert len(heard) == 1
    holidays.remove(holiday=calendar.holidays.get(on=date(2026, 12, 24)), by=None, at="2026-11-22T00:00Z")
    eid = calendar.holidays.get(on=date(2026, 3, 21))
    eid.on, eid.name = date(2026, 3, 29), "Moved by HR"
    eid.save()
    count = calendar.holidays.count()
    call_command("load_holidays", "--country", "id", "--year", "2026")
    assert calendar.holidays.count() == count
    assert not calendar.holidays.filter(on__in=[date(2026, 12, 24), date(2026, 3, 21)]).exists()
    assert calendar.holidays.get(on=date(2026, 3, 29)).name == "Moved by HR"


@pytest.mark.django_db
def test_days_the_library_only_estimates_are_marked():
    loaded = holidays.load(country="ID", year=2028, at="2026-11-22T00:00Z")
    assert Holiday.objects.get(on=date(2028, 2, 27)).is_estimated
    assert not Holiday.objects.get(on=date(2028, 12, 25)).is_estimated
    assert all("estimated" not in day.name for day in loaded.new)


@pytest.mark.django_db
def test_an_unknown_country_is_refused_in_words():
    with pytest.raises(CommandError, match="ISO country code"):
        call_command("load_holidays", "--country", "XX", "--year", "2026")


@pytest.mark.django_db
def test_a_holiday_set_by_hr_changes_the_day(heard):
    jane = builders.employee()
    calendar = timetable.calendar()
    holidays.put(calendar=calendar, on=MONDAY, name="Founders' day", kind="holiday", by=None, at="2026-11-22T00:00Z")
    assert schedules.for_day(jane.pk, MONDAY).is_holiday
    assert heard == [(None, MONDAY, MONDAY)]


@pytest.mark.django_db(transaction=True)
def test_two_assignments_of_one_person_in_the_same_moment_give_one(cast, client_of):
    schedule = timetable.schedule()

    def assign():
        body = {"employee_id": str(cast.employee.employee_id)}
        return client_of(cast.hr).post(f"/api/v1/schedules/{schedule.pk}/assignments", body).status_code

    assert sorted(together(assign, assign, assign)) == [201, 400, 400]


def test_two_changes_of_one_schedule_at_once_are_both_kept(cast):
    made = timetable.schedule("Office")
    first, second = Schedule.objects.get(pk=made.pk), Schedule.objects.get(pk=made.pk)
    schedule_acts.update(schedule=first, values={"grace_in_minutes": 15}, days=None, by=cast.hr, at=timezone.now())
    changed = schedule_acts.update(schedule=second, values={"name": "Studio"}, days=None, by=cast.hr, at=timezone.now())
    made.refresh_from_db()
    assert (made.name, made.grace_in_minutes, changed.grace_in_minutes) == ("Studio", 15, 15)


def test_two_changes_of_one_work_site_at_once_are_both_kept_and_a_deleted_one_stays_deleted(cast):
    made = WorkSite.objects.create(name="Gate")
    first, second = WorkSite.objects.get(pk=made.pk), WorkSite.objects.get(pk=made.pk)
    site_acts.update(site=first, values={"radius_metres": 50}, by=cast.hr, at=timezone.now())
    changed = site_acts.update(site=second, values={"address": "Jalan Sudirman"}, by=cast.hr, at=timezone.now())
    made.refresh_from_db()
    assert (made.radius_metres, made.address, changed.radius_metres) == (50, "Jalan Sudirman", 50)
    site_acts.delete(site=first, by=cast.hr, at=timezone.now())
    with pytest.raises(NotFound):
        site_acts.update(site=second, values={"name": "Gate 7"}, by=cast.hr, at=timezone.now())
    made.refresh_from_db()
    assert (made.name, made.deleted_at is not None) == ("Gate", True)
