"""The reports on those who left, on the night and of the T-12 form: the printed keys, and the sums behind them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.tests.calling import id_of, issued
from attendance.adapters.workly import wire_nights, wire_reports, wire_sheets
from attendance.adapters.workly.errors import ValidationFailed
from attendance.adapters.workly.tests.conftest import EMPLOYEE, FLOOR, LOCATION, client_with
from attendance.adapters.workly.wire_nights import PersonNights, Presence, night_seconds
from attendance.adapters.workly.wire_reports import Person
from attendance.adapters.workly.wire_sheets import Sheet, SheetDay
from attendance.services import vendor_keys
from hr.models import Employee, Leave, LeaveType
from hr.tests import builders

pytestmark = pytest.mark.usefixtures("in_the_afternoon")
PRINTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))["report_items"]
TASHKENT = "Asia/Tashkent"
ALEX = Person(78224, "Alex", "Gold", "Alex Gold", tab_number="1")


def at(text):
    return datetime.fromisoformat(f"{text}+05:00").astimezone(UTC)


def shape(value):
    """The keys of a printed item, all the way down, and the types of its values; a null is any type."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value)


def check_shape(found, printed, path=""):
    if isinstance(printed, dict):
        assert list(found) == list(printed), path
        for key in printed:
            if found[key] is not None and printed[key] is not type(None):
                check_shape(found[key], printed[key], f"{path}.{key}")
    elif isinstance(printed, list):
        for each in found:
            check_shape(each, printed[0], path)
    else:
        assert isinstance(found, printed), (path, found)


@pytest.mark.parametrize(
    ("came", "left", "night"),
    [
        ("2026-11-13 09:00", "2026-11-13 17:00", 0),
        ("2026-11-13 21:00", "2026-11-14 07:00", 8),
        ("2026-11-13 22:00", "2026-11-14 06:00", 8),
        ("2026-11-13 05:00", "2026-11-13 23:30", 2.5),
        ("2026-11-13 12:00", "2026-11-15 12:00", 16),
        ("2026-11-13 23:00", "2026-11-13 23:00", 0),
    ],
)
def test_night_is_ten_in_the_evening_to_six(came, left, night):
    assert night_seconds(at(came), at(left), TASHKENT) == night * 3600


def test_breaks_are_taken_off_the_part_they_lie_in_and_an_open_presence_counts_nothing():
    nights = Presence(
        date(2026, 11, 13), at("2026-11-13 20:00"), at("2026-11-14 07:00"),
        pauses=((at("2026-11-13 21:30"), at("2026-11-13 22:15")),),
    )  # fmt: skip
    shown = wire_nights.night_json(
        PersonNights(ALEX, (nights, Presence(date(2026, 11, 14), at("2026-11-14 20:00")))), TASHKENT
    )
    assert (shown["day_time_sum"], shown["night_time_sum"]) == ("02:30", "07:45")
    assert (shown["sum_day_night_time"], shown["sum_day_night_minute"]) == ("10:15:00", 615)
    first, second = shown["report"]
    assert (first["subtract_time"], first["subtract_time_minute"]) == ("00:45:00", 45)
    assert second["times"] == [{"first_time": "2026-11-14 20:00:00", "last_time": ""}]


def test_what_is_missing_beyond_and_excused_on_a_timesheet():
    monday = {"is_work_day": True, "is_holiday": False, "is_over": True, "planned_minutes": 480}
    days = (
        SheetDay(date(2026, 11, 9), **monday, worked_minutes=540, authorised_minutes=450),
        SheetDay(date(2026, 11, 10), **monday, leave_minutes=480),
        SheetDay(date(2026, 11, 11), **monday),
        SheetDay(date(2026, 11, 14), is_work_day=False, is_holiday=False, is_over=True, worked_minutes=60),
        SheetDay(date(2026, 11, 16), **{**monday, "is_over": False}),
    )
    report = wire_sheets.t12_json(Sheet(ALEX, days))["report"]
    del report["days"]
    assert report == {
        "authorized_time_sum": "07:30",
        "weekend_holidays": "01:00",
        "not_work_time_all_sum": "16:30",
        "not_work_time_with_absence_sum": "08:00",
        "not_work_time_without_absence_sum": "08:30",
        "worked_days": 2,
        "production_time_sum": "32:00",
        "work_time_sum": "10:00",
        "not_worked_time": "00:30",
        "overtime": "02:00",
    }


def test_a_sheet_holds_a_bounded_span():
    days = {"start_date": "2018-12-01", "end_date": "2023-05-05"}
    assert wire_reports.sheet_query(days, most_days=wire_reports.MOST_NIGHTS).tab_numbers is None
    assert wire_reports.sheet_query({**days, "tab_number": "1, 2"}, most_days=9999).tab_numbers == ("1", "2")
    with pytest.raises(ValidationFailed):
        wire_reports.sheet_query(days, most_days=wire_reports.MOST_SHEET_DAYS)


def event(client, side, text, location=LOCATION, employee=EMPLOYEE):
    body = {"location_id": location, "employee_id": employee, "event_time": text}
    assert client.post(f"/v1/times/clock{side}", body).status_code == 200


def items(client, report, **query):
    answer = client.get(f"/v1/reports/{report}", **{"start_date": "2026-11-09", "end_date": "2026-11-16", **query})
    assert answer.status_code == 200, answer.content
    assert list(answer.json()) == ["items", "_meta"]
    return answer.json()["items"]


@pytest.mark.django_db
def test_the_hours_of_the_night_by_day_and_by_location(client, place):
    event(client, "in", "2026-11-12 20:00:00")
    event(client, "out", "2026-11-12 23:30:00", location=FLOOR)
    event(client, "in", "2026-11-13 09:00:00", location=FLOOR)
    (sheet,) = items(client, "night")
    check_shape(sheet, shape(PRINTED["night"]))
    assert (sheet["employeeID"], sheet["day_time_sum"], sheet["night_time_sum"]) == (EMPLOYEE, "02:00", "01:30")
    assert [(each["inoutDate"], each["times_count"]) for each in sheet["report"]] == [
        ("2026-11-12", 1),
        ("2026-11-13", 1),
    ]
    (sheet,) = items(client, "night-by-location", tab_number=sheet["tab_number"])
    check_shape(sheet, shape(PRINTED["night-by-location"]))
    assert sheet["sum_prod_days"] == 2
    yard, floor = sheet["locations"]
    assert (yard["location_id"], yard["night_time_sum"], yard["sum_prod_shifts"]) == (LOCATION, "01:30:00", 1)
    assert (floor["location_id"], floor["day_time_sum"]) == (FLOOR, "00:00:00")
    (told,) = yard["dates"][0]["times"]
    assert (told["in_location_id"], told["out_location_id"]) == (LOCATION, FLOOR)
    assert items(client, "night", tab_number="nobody") == []
    assert len(items(client, "night", f="location", ids=str(LOCATION))) == 1
    assert items(client, "night", start_date="2026-11-14") == []


@pytest.mark.django_db
def test_the_timesheet_of_the_form(client, cast, place):
    event(client, "in", "2026-11-12 09:00:00")
    event(client, "out", "2026-11-12 18:00:00")
    annual, _ = LeaveType.objects.get_or_create(code="annual", defaults={"name": "Annual leave"})
    Leave.objects.create(
        employee_id=place.ema, leave_type=annual, start_date="2026-11-10",
        end_date="2026-11-10", days=1, status="approved",
    )  # fmt: skip
    (sheet,) = items(client, "t12", f="employee", ids=str(EMPLOYEE))
    check_shape(sheet, shape(PRINTED["t12"]))
    assert [day["report_date"] for day in sheet["report"]["days"]] == [f"2026-11-{day:02}" for day in range(9, 17)]
    report = sheet["report"]
    assert (report["worked_days"], report["production_time_sum"]) == (1, "42:00")
    assert (report["not_work_time_with_absence_sum"], report["not_work_time_all_sum"]) == ("07:00", "28:00")
    assert (report["days"][1]["absence_cause_name"], report["days"][5]["is_work_day"]) == ("annual", False)
    everybody = items(client, "t12")
    assert len(everybody) == Employee.objects.count()
    unit = id_of("workly", cast.platform, "department")
    (below,) = items(client, "t12", f="department", ids=unit)
    assert (below["department_title"], below["department_parent_title"]) == ("Platform", "Engineering")
    Employee.objects.filter(pk=place.ema).update(ended_on="2026-11-01")
    assert items(client, "t12", f="employee", ids=str(EMPLOYEE)) == []


@pytest.mark.django_db
def test_the_days_of_those_who_left(client, place):
    event(client, "in", "2026-11-12 09:30:00")
    event(client, "out", "2026-11-12 16:00:00")
    assert items(client, "dismissed") == []
    assert client.post(f"/v1/employees/{EMPLOYEE}/dismiss", {"exp_date": "2026-11-12"}).status_code == 200
    told = items(client, "dismissed")
    for day in told:
        check_shape(day, shape(PRINTED["dismissed"]))
    day = next(each for each in told if each["report_date"] == "2026-11-12")
    assert (day["late_in"], day["early_out"], day["early_in"], day["norm_worktime"]) == (
        "00:30",
        "01:00",
        "00:00",
        "-01:30",
    )
    assert (day["start_time"], day["end_time"], day["report_day"], day["day_number"]) == ("09:00", "17:00", "12", 4)


@pytest.mark.django_db
def test_sheets_show_whom_a_key_reaches_and_cost_the_same_however_many(client, cast, place):
    event(client, "in", "2026-11-12 09:00:00")
    client.post(f"/v1/employees/{EMPLOYEE}/dismiss", {"exp_date": "2026-11-13"})
    reports = ("night", "night-by-location", "t12", "dismissed")
    narrow = client_with(issued("workly", cast, scope=vendor_keys.Scope(employee_ids=[cast.hr.employee_id])))
    assert [len(items(narrow, report)) for report in reports] == [0, 0, 1, 0]

    def cost():
        with CaptureQueriesContext(connection) as spent:
            seen = [len(items(client, report)) for report in reports]
        return len(spent), seen

    cost()
    before, few = cost()
    for _ in range(3):
        person = builders.employee("Another", department=cast.platform)
        event(client, "in", "2026-11-12 09:00:00", location=FLOOR, employee=int(id_of("workly", person)))
        Employee.objects.filter(pk=person.pk).update(ended_on="2026-11-13")
    cost()
    after, many = cost()
    assert after == before
    assert all(larger > smaller for larger, smaller in zip(many, few, strict=True))
