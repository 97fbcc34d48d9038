"""Workly's account, people, schedules and reports against a real database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.tests.calling import id_of, issued
from attendance.adapters.workly.tests.conftest import EMPLOYEE, FLOOR, LOCATION, client_with
from attendance.models import DaySummary
from attendance.services import vendor_keys
from hr.models import Employee, Holiday, HolidayCalendar, Schedule, WorkSiteAssignment
from hr.tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_afternoon")]


def event(client, side, text, location=LOCATION, employee=EMPLOYEE):
    body = {"location_id": location, "employee_id": employee, "event_time": text}
    answer = client.post(f"/v1/times/clock{side}", body)
    assert answer.status_code == 200, answer.content


def items(answer):
    assert answer.status_code == 200, answer.content
    assert list(answer.json()) == ["items", "_meta"]
    return answer.json()["items"]


def test_the_account_of_a_service_user_and_of_a_person(client, cast, place, key):
    shown = client.get("/v1/accounts").json()
    assert (shown["role"]["id"], shown["employee"], shown["user_name"]) == (1, None, key.key.username)
    assert shown["settings"]["time_zone"] == "Asia/Tashkent"
    event(client, "in", "2026-11-16 09:30:00")
    own = client_with(issued("workly", cast, employee=Employee.objects.get(pk=place.ema)))
    shown = own.get("/v1/accounts").json()
    assert (shown["role"]["id"], shown["employee"]["id"]) == (5, EMPLOYEE)
    assert (shown["actual"]["first_in"], shown["actual"]["late_in"], shown["actual"]["last_event"]) == (
        "09:30",
        "00:30",
        "in",
    )
    assert shown["scheduled"]["start_time"] == "2026-11-16 09:00:00"


def test_employees_are_listed_found_and_shown(client, cast, place):
    listed = items(client.get("/v1/employees"))
    assert len(listed) == Employee.objects.count()
    ema = next(each for each in listed if each["id"] == EMPLOYEE)
    assert (ema["start_date"], ema["department"]["title"]) == ("2015-01-01", "Engineering")
    assert {each["id"] for each in ema["locations"]} == {LOCATION, FLOOR}
    assert ema["user"]["email"] == "ema@example.com"
    assert client.get(f"/v1/employees/{EMPLOYEE}").json() == {"success": True, "data": ema}
    unit = id_of("workly", cast.engineering, "department")
    for query, names in (
        ({"full_name": "em"}, ["Ema"]),
        ({"f": "tab_number", "fv": ema["tab_number"]}, ["Ema"]),
        ({"f": "department", "fv": unit}, ["Ema", "Budi", "Mona"]),
        ({"ids": f"{EMPLOYEE},424242"}, ["Ema"]),
        ({"page": "2"}, []),
    ):
        found = [each["first_name"] for each in items(client.get("/v1/employees", **query))]
        assert sorted(found) == sorted(names), query
    assert client.get("/v1/employees/1").json()["code"] == 3000
    assert client.get("/v1/employees", page="x").json()["code"] == 8001


def test_an_employees_locations_are_the_nearest_first(client, place):
    near = client.get(f"/v1/employees/{EMPLOYEE}/locations", lat="41.29", lon="69.24").json()["items"]
    assert [each["id"] for each in near] == [LOCATION, FLOOR]


def test_heads_of_today(client):
    event(client, "in", "2026-11-16 09:30:00")
    heads = client.get("/v1/employees/attendance").json()
    assert (heads["count_inout"], heads["count_late_in"], heads["count_time_off"]) == (1, 1, 0)
    assert heads["count_absence"] == heads["count_employees"] - 1


def test_schedules_have_numbers_and_types(client):
    Schedule.objects.create(name="Nights", kind="shift")
    (shown,) = items(client.get("/v1/schedules"))
    assert (shown["title"], shown["type"]) == ("Nights", 4)


def test_comings_and_goings(client, cast, place):
    for side, clock in (("in", "08:30"), ("out", "12:00"), ("in", "12:45"), ("out", "18:00")):
        event(client, side, f"2026-11-13 {clock}:00")
    days = {"start_date": "2026-11-13", "end_date": "2026-11-13"}
    shown = items(client.get("/v1/reports/inouts", **days))
    assert [(each["event_name"], each["event_time"]) for each in shown] == [
        ("in", "08:30:00"),
        ("out", "12:00:00"),
        ("in", "12:45:00"),
        ("out", "18:00:00"),
    ]
    assert (shown[0]["employee_id"], shown[0]["location_id"], shown[0]["event_code"]) == (EMPLOYEE, LOCATION, 0)
    assert len(items(client.get("/v1/reports/inouts", **days, f="location", ids=str(LOCATION)))) == 4
    assert items(client.get("/v1/reports/inouts", **days, f="location", ids=str(FLOOR))) == []
    assert items(client.get("/v1/reports/inouts", **days, f="employee", ids="1")) == []
    assert items(client.get("/v1/reports/inouts", **days, sort="-date"))[0]["event_time"] == "18:00:00"
    assert client.get("/v1/reports/inouts", start_date="2026-11-13").json()["errors"][0]["code"] == 8002


def test_late_at_work_and_absent(client, place):
    event(client, "in", "2026-11-12 08:50:00")
    event(client, "in", "2026-11-13 09:30:00")
    event(client, "out", "2026-11-13 17:30:00")
    days = {"start_date": "2026-11-10", "end_date": "2026-11-16"}
    (late,) = items(client.get("/v1/reports/late-in", **days))
    assert (late["actual"]["late_in"], late["actual"]["late_out"]) == ("00:30", "00:30")
    assert (late["scheduled"]["report_date"], late["actual"]["last_event"]) == ("2026-11-13", "out")
    assert late["actual"]["authorized_time"] == "07:00"
    at_work = items(client.get("/v1/reports/at-work", **days, f="employee", ids=str(EMPLOYEE)))
    assert [each["scheduled"]["report_date"] for each in at_work] == ["2026-11-12", "2026-11-13"]
    DaySummary.objects.create(employee_id=place.ema, work_date="2026-11-11", status="absent")
    (absent,) = items(client.get("/v1/reports/absence", **days))
    assert (absent["employee"]["id"], set(absent)) == (EMPLOYEE, {"employee", "scheduled"})


def test_a_key_reads_only_whom_it_reaches(client, cast, place):
    event(client, "in", "2026-11-13 09:30:00")
    narrow = client_with(issued("workly", cast, scope=vendor_keys.Scope(employee_ids=[cast.hr.employee_id])))
    days = {"start_date": "2026-11-13", "end_date": "2026-11-13"}
    assert [each["first_name"] for each in items(narrow.get("/v1/employees"))] == ["Hana"]
    assert narrow.get(f"/v1/employees/{EMPLOYEE}").status_code == 404
    for report in ("inouts", "late-in", "at-work"):
        assert len(items(client.get(f"/v1/reports/{report}", **days))) == 1
        assert items(narrow.get(f"/v1/reports/{report}", **days)) == []
    assert narrow.get("/v1/employees/attendance").json()["count_employees"] == 1
    sites = client_with(issued("workly", cast, scope=vendor_keys.Scope(site_ids=[place.floor.pk])))
    assert [each["id"] for each in items(sites.get("/v1/locations"))] == [FLOOR]
    assert items(sites.get("/v1/reports/inouts", **days, f="location", ids=str(LOCATION))) == []


def test_a_page_costs_the_same_however_full(client, cast, place):
    paths = ("employees", "locations", "reports/inouts", "reports/late-in")
    days = {"start_date": "2026-11-01", "end_date": "2026-11-30"}

    def cost():
        with CaptureQueriesContext(connection) as spent:
            for path in paths:
                items(client.get(f"/v1/{path}", **(days if "reports" in path else {})))
        return len(spent)

    event(client, "in", "2026-11-13 09:30:00")
    cost()
    before = cost()
    for _ in range(4):
        person = builders.employee("Another", department=cast.platform)
        WorkSiteAssignment.objects.create(site=place.yard, employee=person)
        event(client, "in", "2026-11-13 09:30:00", employee=int(id_of("workly", person)))
    cost()
    assert cost() == before


def test_lateness_counts_on_a_holiday_and_from_a_whole_minute(client, cast, place):
    calendar = HolidayCalendar.objects.create(name="Ours", is_default=True)
    Holiday.objects.create(calendar=calendar, on=date(2026, 11, 16), name="A holiday", kind="holiday")
    event(client, "in", "2026-11-16 15:47:00")
    event(client, "in", "2026-11-12 09:00:59")
    event(client, "in", "2026-11-13 09:01:00")
    days = {"start_date": "2026-11-09", "end_date": "2026-11-16"}
    shown = items(client.get("/v1/reports/late-in", **days))
    late = [(day["scheduled"]["report_date"], day["actual"]["late_in"]) for day in shown]
    assert late == [("2026-11-13", "00:01"), ("2026-11-16", "06:47")]
    assert shown[1]["scheduled"]["is_work_day"] is False
    own = client_with(issued("workly", cast, employee=Employee.objects.get(pk=place.ema)))
    assert own.get("/v1/accounts").json()["actual"]["late_in"] == "06:47"
    assert DaySummary.objects.get(work_date=date(2026, 11, 16), employee_id=place.ema).late_seconds == 0
