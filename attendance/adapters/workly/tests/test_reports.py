"""Reports: days, filters, lateness, items."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.workly import wire_reports
from attendance.adapters.workly.errors import ValidationFailed
from attendance.adapters.workly.tests.test_punches import DOCUMENTED, TASHKENT, faults
from attendance.adapters.workly.wire_employees import Named
from attendance.adapters.workly.wire_times import Actual, Scheduled, actual_json, scheduled_json

ZONE = ZoneInfo(TASHKENT)
PERSON = wire_reports.Person(35961, "Аляви", "Нозимхон", "Аляви Нозимхон", department=Named(7697, "Отдел"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def planned(start: str, end: str, is_work_day: bool = True) -> Scheduled:
    return Scheduled(date.fromisoformat(start[:10]), is_work_day, 720, at(start), at(end), 9891)


@pytest.mark.parametrize(
    ("start", "end", "came", "is_work_day", "late_in"),
    [
        ("2017-09-22 09:30:00", "2017-09-22 18:30:00", "2017-09-22 15:47:00", True, "06:17"),
        ("2016-05-03 21:00:00", "2016-05-04 09:00:00", "2016-05-04 09:11:00", False, "12:11"),
        ("2016-05-01 21:00:00", "2016-05-02 09:00:00", "2016-05-02 08:50:00", False, "11:50"),
        ("2017-09-22 09:30:00", "2017-09-22 18:30:00", "2017-09-22 09:30:00", True, None),
        ("2017-09-22 09:30:00", "2017-09-22 18:30:00", "2017-09-22 09:30:59", True, None),
        ("2017-09-22 09:30:00", "2017-09-22 18:30:00", "2017-09-22 09:31:00", True, "00:01"),
        ("2017-09-22 09:30:00", "2017-09-22 18:30:00", "2017-09-22 09:00:00", True, None),
    ],
)
def test_lateness_is_the_first_in_minus_the_planned_start(
    start: str, end: str, came: str, is_work_day: bool, late_in: str | None
) -> None:
    shown = actual_json(Actual(at(came), last_event="in"), planned(start, end, is_work_day), TASHKENT)
    assert shown["late_in"] == late_in
    assert shown["first_in"] == came[11:16]


@pytest.mark.parametrize(
    ("came", "went", "expected"),
    [
        ("09:10", "18:45", {"early_in": "00:20", "late_in": None, "early_out": None, "late_out": "00:15"}),
        ("09:30", "18:30", {"early_in": None, "late_in": None, "early_out": None, "late_out": None}),
        ("10:00", "17:00", {"early_in": None, "late_in": "00:30", "early_out": "01:30", "late_out": None}),
    ],
)
def test_the_four_differences(came: str, went: str, expected: dict[str, str | None]) -> None:
    day = planned("2017-09-22 09:30:00", "2017-09-22 18:30:00")
    shown = actual_json(Actual(at(f"2017-09-22 {came}:00"), at(f"2017-09-22 {went}:00")), day, TASHKENT)
    assert {key: shown[key] for key in expected} == expected


def test_a_day_without_punches_has_nulls_and_zero_times() -> None:
    shown = actual_json(Actual(), planned("2017-09-22 09:30:00", "2017-09-22 18:30:00"), TASHKENT)
    zero = {"authorized_time", "work_time"}
    assert list(shown) == [
        "first_in", "last_out", "late_in", "early_in", "early_out", "late_out", "authorized_time", "work_time",
        "last_event",
    ]  # fmt: skip
    assert all(value == ("00:00" if key in zero else None) for key, value in shown.items())


def test_a_free_day_is_neither_late_nor_early() -> None:
    day = Scheduled(date(2017, 9, 22), True)
    shown = actual_json(Actual(at("2017-09-22 12:00:00"), at("2017-09-22 13:00:00"), 60, 60, "out"), day, TASHKENT)
    assert (shown["late_in"], shown["early_in"], shown["late_out"], shown["early_out"]) == (None,) * 4
    assert (shown["work_time"], shown["last_event"]) == ("01:00", "out")


def test_a_planned_night_shows_full_datetimes() -> None:
    assert scheduled_json(planned("2016-05-03 21:00:00", "2016-05-04 09:00:00", False), TASHKENT) == {
        "report_date": "2016-05-03",
        "is_work_day": False,
        "production_time": "12:00",
        "start_time": "2016-05-03 21:00:00",
        "end_time": "2016-05-04 09:00:00",
        "schedule_id": 9891,
        "timeoff_id": None,
    }


@given(st.integers(-600, 1800), st.integers(-600, 1800))
def test_a_punch_is_late_or_early_or_neither_never_both(came: int, went: int) -> None:
    day = planned("2017-09-22 09:30:00", "2017-09-22 18:30:00")
    assert day.start_at is not None
    assert day.end_at is not None
    first, last = day.start_at + timedelta(minutes=came), day.end_at + timedelta(minutes=went)
    shown = actual_json(Actual(first, last), day, TASHKENT)
    for offset, late, early in ((came, "late_in", "early_in"), (went, "late_out", "early_out")):
        text = f"{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
        assert (shown[late], shown[early]) == (text if offset > 0 else None, text if offset < 0 else None)


PERIOD = {"start_date": "2020-01-01", "end_date": "2020-01-05"}


def test_a_report_covers_days_inclusive_and_filters_by_ids() -> None:
    read = wire_reports.report_query(PERIOD | {"f": "location", "ids": "593,161", "page": "2", "sort": "-date"})
    assert (read.start_on, read.end_on) == (date(2020, 1, 1), date(2020, 1, 5))
    assert (read.filter, read.ids, read.page.offset, read.is_descending) == ("location", (593, 161), 50, True)
    assert wire_reports.report_query(PERIOD | {"employee_id": "35961"}).employee_id == 35961


@pytest.mark.parametrize(
    "case", [case for case in DOCUMENTED["requests"] if "/reports/" in case["path"]], ids=lambda case: case["name"]
)
def test_the_documented_report_queries_are_read(case: dict) -> None:
    read = wire_reports.report_query(case["query"])
    assert (read.start_on.isoformat(), read.end_on.isoformat()) == (
        case["query"]["start_date"],
        case["query"]["end_date"],
    )


def test_tab_numbers_are_texts() -> None:
    read = wire_reports.report_query(PERIOD | {"f": "tab_number", "ids": "A-1, 007"})
    assert (read.ids, read.tab_numbers) == (None, ("A-1", "007"))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"start_date": ""}, "start_date", 8002),
        ({"end_date": "2020-1-5"}, "end_date", 8009),
        ({"end_date": "05.01.2020"}, "end_date", 8009),
        ({"end_date": "2019-12-31"}, "end_date", 8010),
        ({"f": "letter"}, "f", 8003),
        ({"ids": "a"}, "ids", 8003),
        ({"page": "0"}, "page", 8003),
        ({"employee_id": "me"}, "employee_id", 8003),
        ({"sort": "name"}, "sort", 8003),
    ],
)
def test_a_bad_report_query_names_the_field(change: dict[str, object], field: str, code: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_reports.report_query(PERIOD | change)
    assert faults(refused) == [(field, code)]


def test_both_days_are_missed_at_once() -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_reports.report_query({})
    assert faults(refused) == [("start_date", 8002), ("end_date", 8002)]


def test_a_coming_has_twenty_keys() -> None:
    person = wire_reports.Person(
        476263, "Sardor", "Dushamov", "Dushamov Sardor", pin_code=412, tab_number="157",
        department=Named(4150, "Development"), position=Named(1969598280, "Lead"),
    )  # fmt: skip
    inout = wire_reports.InOut(person, at("2020-01-03 08:46:47"), True, False, Named(139, "Office"), "FRA084D")
    assert wire_reports.inout_json(inout, TASHKENT) == {
        "employee_id": 476263,
        "pin_code": 412,
        "last_name": "Dushamov",
        "first_name": "Sardor",
        "patronymic": "",
        "full_name": "Dushamov Sardor",
        "tab_number": "157",
        "position_id": 1969598280,
        "department_id": 4150,
        "department_title": "Development",
        "position_title": "Lead",
        "event_date": "2020-01-03",
        "event_full_date": "2020-01-03 08:46:47",
        "event_time": "08:46:47",
        "event_code": 0,
        "event_name": "in",
        "mode": "auto",
        "location_title": "Office",
        "location_id": 139,
        "serial_number": "FRA084D",
    }


def test_a_going_by_hand_says_so() -> None:
    shown = wire_reports.inout_json(wire_reports.InOut(PERSON, at("2020-01-03 18:00:00"), False, True), TASHKENT)
    assert (shown["event_code"], shown["event_name"], shown["mode"]) == (1, "out", "manual")
    assert (shown["location_id"], shown["serial_number"], shown["position_title"]) == (None, None, None)


def test_a_late_day_and_an_absence_show_their_keys() -> None:
    day = planned("2016-05-01 21:00:00", "2016-05-02 09:00:00", False)
    late = wire_reports.PersonDay(PERSON, day, Actual(at("2016-05-02 08:50:00"), last_event="in"), True, 140)
    shown: Any = wire_reports.person_day_json(late, TASHKENT)
    assert set(shown) == {
        "employee", "scheduled", "actual", "sum_paid_time", "sum_not_paid_time", "sum_paid_over_time",
        "sum_not_paid_over_time", "paid_time", "not_paid_time", "paid_over_time", "not_paid_over_time", "status",
        "not_authorized_time", "auth_lunch_time",
    }  # fmt: skip
    assert (shown["actual"]["late_in"], shown["not_authorized_time"], shown["status"]) == ("11:50", "02:20", True)
    assert (shown["paid_time"], shown["sum_paid_time"]) == ("00:00", None)
    absent: Any = wire_reports.absence_json(PERSON, day, TASHKENT)
    assert set(absent) == {"employee", "scheduled"}
    assert absent["employee"] == {
        "id": 35961,
        "full_name": "Аляви Нозимхон",
        "first_name": "Аляви",
        "last_name": "Нозимхон",
        "department_id": 7697,
        "department_title": "Отдел",
        "position_id": None,
        "position_title": None,
        "photos": None,
    }
