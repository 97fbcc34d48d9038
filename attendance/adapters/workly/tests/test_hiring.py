"""Hiring, changing and dismissing through Workly's door: the same people as everywhere, written in HR's own log."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.tests.calling import id_of, issued
from attendance.adapters.workly.tests.conftest import EMPLOYEE, FLOOR, LOCATION, client_with, named
from attendance.services import vendor_keys
from hr.models import Employee, Schedule, ScheduleAssignment, WorkSiteAssignment
from hr.selectors.schedules import for_day
from peoplesync.core.models import ActivityLog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_morning")]
#: The body of the vendor's page, its commas mended.
PRINTED = {
    "first_name": "4test_first_name",
    "last_name": "4test_last_name",
    "patronymic": "test_patronymic",
    "birth_date": "1990-04-06",
    "gender": "male",
    "department_id": 582,
    "positions": [1049],
    "locations": ["368", "5554"],
    "schedule_id": 4507,
    "start_date": "2017-08-22",
    "schedule_start_date": "2017-08-22",
    "username": "test_username7696@gmail.com",
    "notes": "",
    "work_phone": "",
    "mobile_phone": "",
    "home_phone": "",
    "home_address": "",
    "tab_number": "412",
    "bank_book": "IaOb3VpVS6",
}


@pytest.fixture
def plan(cast, place):
    """The department and the schedule the page prints."""
    named("department", cast.engineering.pk, 582)
    free = Schedule.objects.create(name="add_free", kind="free")
    named("schedule", free.pk, 4507)
    return free


def put(client, number, **more):
    return client.call("PUT", f"/v1/employees/{number}", {"first_name": "Emma", "last_name": "Eka", **more})


def faults(answer):
    assert answer.status_code == 422, answer.content
    body = answer.json()
    assert (set(body), body["code"]) == ({"message", "code", "errors"}, 8001)
    return {fault["field"]: fault["code"] for fault in body["errors"]}


def test_the_printed_body_hires_somebody_who_may_punch_at_once(client, cast, client_of, plan):
    answer = client.post("/v1/employees", PRINTED)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert {key: shown[key] for key in ("first_name", "last_name", "start_date", "schedule_start_date", "tab_number")} == {
        "first_name": "4test_first_name", "last_name": "4test_last_name", "start_date": "2017-08-22",
        "schedule_start_date": "2017-08-22", "tab_number": "412",
    }  # fmt: skip
    assert shown["department"] == {"id": 582, "title": "Engineering"}
    assert shown["schedule"] == {"id": 4507, "title": "add_free", "type": 1}
    assert {each["id"] for each in shown["locations"]} == {LOCATION, FLOOR}
    assert client.get(f"/v1/employees/{shown['id']}").json() == {"success": True, "data": shown}
    person = Employee.objects.get(employee_number="412")
    assert (person.email, person.hired_at, person.current_salary) == (
        "test_username7696@gmail.com",
        date(2017, 8, 22),
        None,
    )
    assert WorkSiteAssignment.objects.filter(employee=person).count() == 1, "the floor is everybody's already"
    assert ActivityLog.objects.filter(action="employee.created", resource_id=person.pk).count() == 1
    seen = client_of(cast.hr).get(f"/api/v1/employees/{person.pk}").json()
    assert seen["first_name"] == "4test_first_name"
    punched = client.post("/v1/times/clockin", {"location_id": LOCATION, "employee_id": shown["id"]})
    assert punched.status_code == 200


def test_all_locations_are_a_star_and_no_tab_number_is_one_of_ours(client, plan):
    body = {key: value for key, value in PRINTED.items() if key != "tab_number"}
    shown = client.post("/v1/employees", {**body, "locations": "*"}).json()
    assert {each["id"] for each in shown["locations"]} == {LOCATION, FLOOR}
    assert shown["tab_number"].isdigit()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"department_id": 583}, {"department_id": 8003}),
        ({"schedule_id": 1, "locations": [LOCATION, 846]}, {"schedule_id": 8003, "locations": 8003}),
        ({"tab_number": "{ema}"}, {"tab_number": 8008}),
        ({"username": "EMA@example.com"}, {"username": 8008}),
        ({"mobile_phone": "9" * 51}, {"mobile_phone": 8003}),
        ({"start_date": None, "locations": None}, {"start_date": 8002, "locations": 8002}),
        ({"schedule_start_date": "2017-08-21"}, {"schedule_start_date": 8010}),
    ],
)
def test_what_cannot_be_written_names_its_field_and_hires_nobody(client, place, plan, change, expected):
    Employee.objects.filter(pk=place.ema).update(email="ema@example.com")
    number = Employee.objects.get(pk=place.ema).employee_number
    before = Employee.objects.count()
    sent = {key: value.format(ema=number) if isinstance(value, str) else value for key, value in change.items()}
    assert faults(client.post("/v1/employees", {**PRINTED, **sent})) == expected
    assert Employee.objects.count() == before
    assert not ScheduleAssignment.objects.exists()


def test_a_change_touches_what_is_sent(client, cast, place, plan):
    before = client.get(f"/v1/employees/{EMPLOYEE}").json()["data"]
    shown = put(client, EMPLOYEE, mobile_phone="+998 1").json()
    assert (shown["first_name"], shown["last_name"], shown["mobile_phone"]) == ("Emma", "Eka", "+998 1")
    for key in ("department", "schedule", "locations", "tab_number", "start_date", "user"):
        assert shown[key] == before[key], key
    unit = int(id_of("workly", cast.platform, "department"))
    shown = put(client, EMPLOYEE, department_id=unit, locations=[], mobile_phone="").json()
    assert (shown["department"]["id"], shown["mobile_phone"]) == (unit, "")
    assert [each["id"] for each in shown["locations"]] == [FLOOR]
    (written,) = ActivityLog.objects.filter(action="employee.updated").order_by("-created_at", "-id")[:1]
    assert written.meta["changes"]["department_id"]


@pytest.mark.parametrize("act", ["hire", "change"])
def test_days_are_promised_to_stay_open_before_anybody_is_held_since_a_schedule_comes_with_the_person(
    client, plan, act
):
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/v1/employees", PRINTED) if act == "hire" else put(client, EMPLOYEE, schedule_id=4507)
    assert answer.status_code == 200, answer.content
    told = [str(each["sql"]) for each in asked]
    promised = next(place for place, sql in enumerate(told) if "pg_advisory_xact_lock_shared" in sql)
    held = re.compile(r'INTO "hr_employee"|FROM "hr_employee".* UPDATE$')
    assert next(place for place, sql in enumerate(told) if held.search(sql)) > promised


def test_what_was_read_is_written_back_without_a_change(client, place, plan):
    put(client, EMPLOYEE)
    read = client.get(f"/v1/employees/{EMPLOYEE}").json()["data"]
    before = ActivityLog.objects.count()
    sent = {
        **read, "department_id": read["department"]["id"], "locations": [each["id"] for each in read["locations"]],
        "positions": [],
    }  # fmt: skip
    assert client.call("PUT", f"/v1/employees/{EMPLOYEE}", sent).json() == read
    assert ActivityLog.objects.count() == before


def test_another_schedule_holds_from_today_and_the_one_before_until_yesterday(client, place, plan):
    assert put(client, EMPLOYEE, schedule_id=4507).json()["schedule_start_date"] == "2026-11-16"
    nights = Schedule.objects.create(name="Nights", kind="shift")
    shown = put(client, EMPLOYEE, schedule_id=int(id_of("workly", nights, "schedule"))).json()
    assert (shown["schedule"]["title"], shown["schedule_start_date"]) == ("Nights", "2026-11-16")
    assert ScheduleAssignment.objects.filter(employee=place.ema).count() == 1
    ScheduleAssignment.objects.update(valid=("2026-01-01", None))
    put(client, EMPLOYEE, schedule_id=4507)
    found = {day: for_day(place.ema, day).schedule_id for day in (date(2026, 11, 15), date(2026, 11, 16))}
    assert list(found.values()) == [nights.pk, plan.pk]


def test_number_and_first_day_are_facts(client, place):
    assert faults(put(client, EMPLOYEE, tab_number="411", start_date="2017-08-22")) == {
        "tab_number": 8005,
        "start_date": 8005,
    }
    assert faults(client.call("PUT", f"/v1/employees/{EMPLOYEE}", {"first_name": "Emma"})) == {"last_name": 8002}
    assert put(client, 1).status_code == 404


def test_a_dismissal_ends_employment_on_its_day(client, place):
    sent = client.post(f"/v1/employees/{EMPLOYEE}/dismiss", {"exp_date": "2026-11-13"})
    assert (sent.status_code, sent.json()) == (200, {"success": True})
    person = Employee.objects.get(pk=place.ema)
    assert (person.ended_on, person.status) == (date(2026, 11, 13), "terminated")
    assert client.post(f"/v1/employees/{EMPLOYEE}/dismiss", {"exp_date": "2026-11-13"}).json() == {"success": True}
    assert ActivityLog.objects.filter(action="employee.employment_ended").count() == 1
    path = f"/v1/employees/{EMPLOYEE}/dismiss"
    for body, code in (({}, 8002), ({"exp_date": "13.11.2026"}, 8009), ({"exp_date": "2014-12-31"}, 8010)):
        assert faults(client.post(path, body)) == {"exp_date": code}
    assert client.post("/v1/employees/1/dismiss", {"exp_date": "2026-11-13"}).json()["code"] == 3000


def test_only_a_key_of_everybody_or_of_departments_writes_about_people(cast, place, plan):
    narrow = [
        {"employee": Employee.objects.get(pk=place.ema)},
        {"scope": vendor_keys.Scope(employee_ids=[place.ema])},
        {"scope": vendor_keys.Scope(site_ids=[place.floor.pk])},
    ]
    for values in narrow:
        client = client_with(issued("workly", cast, **values))
        for answer in (
            client.post("/v1/employees", PRINTED),
            put(client, EMPLOYEE),
            client.post(f"/v1/employees/{EMPLOYEE}/dismiss", {"exp_date": "2026-11-13"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, 7004)
    client = client_with(issued("workly", cast, scope=vendor_keys.Scope(department_ids=[cast.engineering.pk])))
    assert client.post("/v1/employees", PRINTED).status_code == 200
    elsewhere = int(id_of("workly", cast.sales, "department"))
    assert faults(put(client, EMPLOYEE, department_id=elsewhere)) == {"department_id": 8003}
    assert put(client, id_of("workly", cast.outsider)).status_code == 404
