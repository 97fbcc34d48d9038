"""Timesheets, day locks, geofences, jobs and tokens."""

import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.connecteam import wire_geofences, wire_jobs, wire_timesheets, wire_tokens
from attendance.adapters.connecteam.errors import BodyRefused, Refused, Unprocessable
from attendance.adapters.connecteam.wire import Point

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("days", "passes"), [(45, True), (46, False)])
def test_a_timesheet_spans_at_most_forty_five_days(days: int, passes: bool) -> None:
    query = {"startDate": ["2024-01-01"], "endDate": [(date(2024, 1, 1) + timedelta(days=days)).isoformat()]}
    if passes:
        assert wire_timesheets.timesheet_query(query).is_locked is None
        return
    with pytest.raises(Unprocessable):
        wire_timesheets.timesheet_query(query)


def test_a_timesheet_is_filtered_by_flags() -> None:
    query = {"startDate": ["2024-01-01"], "endDate": ["2024-01-02"], "isApproved": ["true"], "isLocked": ["0"]}
    read = wire_timesheets.timesheet_query(query | {"includePlanVsActual": ["yes"], "groupIds": ["a"]})
    assert (read.is_approved, read.is_submitted, read.is_locked, read.include_plan) == (True, None, False, True)
    with pytest.raises(Unprocessable):
        wire_timesheets.timesheet_query(query | {"isLocked": ["perhaps"]})


def test_a_timesheet_day_counts_in_decimal_hours_and_shows_no_pay() -> None:
    record = wire_timesheets.ShiftRecord("a" * 24, Point(NOON, "UTC"), Point(NOON, "UTC"), "job-123")
    day = wire_timesheets.Day(date(2024, 1, 1), 465, 15, 50, is_locked=True, records=(record,))
    query = wire_timesheets.TimesheetQuery(date(2024, 1, 1), date(2024, 1, 31))
    shown = wire_timesheets.timesheet_answer(query, [wire_timesheets.UserSheet(1, (day,))], "r")["data"]
    assert isinstance(shown, dict)
    assert (shown["startDate"], shown["endDate"]) == ("2024-01-01", "2024-01-31")
    told = shown["users"][0]["dailyRecords"][0]
    assert told | {"records": 0} == {
        "date": "2024-01-01",
        "dailyTotalHours": Decimal("8"),
        "dailyTotalWorkHours": Decimal("7.75"),
        "dailyTotalPaidBreakHours": Decimal("0.25"),
        "dailyTotalUnpaidBreakHours": Decimal("0.83"),
        "isApproved": False,
        "isSubmitted": False,
        "isLocked": True,
        "payItems": [],
        "records": 0,
    }
    assert set(told["records"][0]) == {"timeActivityId", "start", "end", "resources"}
    assert told["records"][0]["resources"] == [{"resourceId": "job-123"}]


def test_the_plan_is_shown_only_when_asked_for() -> None:
    day = wire_timesheets.Day(date(2024, 1, 1), 480, plan=wire_timesheets.Plan(450, ("s",)))
    query = wire_timesheets.TimesheetQuery(date(2024, 1, 1), date(2024, 1, 1), include_plan=True)
    shown: Any = wire_timesheets.timesheet_answer(query, [wire_timesheets.UserSheet(1, (day,))], "r")
    assert shown["data"]["users"][0]["dailyRecords"][0]["dailyScheduledDetails"] == {
        "dailyScheduledHours": Decimal("7.5"),
        "dailyScheduledDifferenceHours": Decimal("0.5"),
        "dailyScheduledShifts": 1,
        "shifts": [{"id": "s"}],
    }


@given(st.integers(0, 60 * 24 * 45))
def test_decimal_hours_are_within_half_a_hundredth(minutes: int) -> None:
    assert abs(wire_timesheets.decimal_hours(minutes) * 60 - minutes) <= Decimal("0.3")


FIFTY = [(date(2024, 1, 1) + timedelta(days=n)).isoformat() for n in range(50)]


def test_one_to_fifty_days_are_locked_by_default() -> None:
    assert wire_timesheets.lock_days_request({"dates": ["2024-01-23"]}).is_locked is True
    assert len(wire_timesheets.lock_days_request({"dates": FIFTY, "isLocked": False}).days) == 50


@pytest.mark.parametrize(
    ("body", "place", "message", "kind"),
    [
        ({"dates": []}, "body.dates", "ensure this value has at least 1 items", "value_error.list.min_items"),
        (
            {"dates": [*FIFTY, "2025-01-01"]},
            "body.dates",
            "ensure this value has at most 50 items",
            "value_error.list.max_items",
        ),
        ({"dates": ["2024-01-01"] * 2}, "__root__", "dates must be unique", "value_error"),
        (
            {"dates": ["2026/04/10"]},
            "body.dates.0",
            "Date must be a valid date and in the format yyyy-MM-dd (iso format) got 2026/04/10",
            "value_error",
        ),
        ({}, "body.dates", "field required", "value_error.missing"),
        ({"dates": "2024-01-01"}, "body.dates", "value is not a valid list", "type_error.list"),
        (
            {"dates": ["2024-01-01"], "isLocked": "perhaps"},
            "body.isLocked",
            "value could not be parsed to a boolean",
            "type_error.bool",
        ),
    ],
)
def test_a_bad_day_lock_is_400_not_422(body: object, place: str, message: str, kind: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        wire_timesheets.lock_days_request(body)
    assert refused.value.status == 400
    assert [(found.place, found.message, found.kind) for found in refused.value.problems] == [(place, message, kind)]


def test_a_day_lock_echoes_the_state_asked_for() -> None:
    request = wire_timesheets.lock_days_request({"dates": ["2024-01-23"], "isLocked": False})
    assert wire_timesheets.lock_days_answer(9170357, request, "r") == {
        "requestId": "r",
        "data": {"userId": 9170357, "isLocked": False, "dates": ["2024-01-23"]},
    }
    with pytest.raises(Unprocessable):
        wire_timesheets.lock_user_id("0")


PLACE = {"address": "Tashkent", "latitude": "41.2938726905277", "longitude": "69.24597090975743"}


def test_a_geofence_keeps_its_coordinates_as_strings() -> None:
    written = wire_geofences.create_request({"geofences": [{"name": "Gate", "fenceSize": 75, "location": PLACE}]})
    assert written[0].latitude == Decimal("41.2938726905277")
    fence = wire_geofences.Geofence("f" * 24, written[0])
    assert wire_geofences.geofence_json(fence) == {
        "id": "f" * 24,
        "name": "Gate",
        "isEnabled": True,
        "fenceSize": 75,
        "jobIds": [],
        "onGeofenceExitAction": "noAction",
        "location": PLACE,
    }
    assert wire_geofences.created_answer([fence], "r")["data"] == {"geofences": [{"fenceId": "f" * 24, "name": "Gate"}]}


@pytest.mark.parametrize("size", [75, 1524, "300", Decimal("99.9")])
def test_a_fence_measures_seventy_five_to_fifteen_hundred_and_twenty_four_metres(size: object) -> None:
    body = {"geofences": [{"name": "Gate", "fenceSize": size, "location": PLACE}]}
    assert 75 <= wire_geofences.create_request(body)[0].size <= 1524


IN = ("body", "geofences", 0)


@pytest.mark.parametrize(
    ("change", "loc", "kind"),
    [
        ({"fenceSize": 74}, (*IN, "fenceSize"), "value_error.number.not_ge"),
        ({"fenceSize": 1525}, (*IN, "fenceSize"), "value_error.number.not_le"),
        ({"name": ""}, (*IN, "name"), "value_error.any_str.min_length"),
        ({"name": None}, (*IN, "name"), "type_error.none.not_allowed"),
        ({"location": None}, (*IN, "location"), "type_error.none.not_allowed"),
        ({"location": PLACE | {"latitude": "north"}}, (*IN, "location", "latitude"), "value_error"),
        ({"location": PLACE | {"latitude": "90.1"}}, (*IN, "location", "latitude"), "value_error"),
        ({"location": PLACE | {"longitude": None}}, (*IN, "location", "longitude"), "type_error.none.not_allowed"),
        ({"onGeofenceExitAction": "explode"}, (*IN, "onGeofenceExitAction"), "type_error.enum"),
        ({"jobIds": ["j"] * 101}, (*IN, "jobIds"), "value_error.list.max_items"),
        ({"jobIds": [[]]}, (*IN, "jobIds", 0), "type_error.str"),
    ],
)
def test_a_bad_geofence_is_422(change: dict[str, object], loc: tuple[str | int, ...], kind: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire_geofences.create_request({"geofences": [{"name": "Gate", "location": PLACE} | change]})
    assert [(found.loc, found.kind) for found in refused.value.problems] == [(loc, kind)]


@given(st.decimals(-90, 90, places=14), st.decimals(-180, 180, places=14))
def test_coordinates_survive_a_geofence(latitude: Decimal, longitude: Decimal) -> None:
    place = {"address": "", "latitude": str(latitude), "longitude": str(longitude)}
    written = wire_geofences.create_request({"geofences": [{"name": "Gate", "location": place}]})[0]
    shown: Any = wire_geofences.geofence_json(wire_geofences.Geofence("f", written))
    assert Decimal(shown["location"]["latitude"]) == latitude
    assert Decimal(shown["location"]["longitude"]) == longitude


def test_jobs_come_ten_at_a_time_with_the_deleted_ones() -> None:
    assert wire_jobs.jobs_query({}) == wire_jobs.JobsQuery()
    read = wire_jobs.jobs_query(
        {"limit": ["500"], "offset": ["20"], "includeDeleted": ["false"], "jobIds": ["a", "b"], "order": ["desc"]}
    )
    assert (read.limit, read.offset, read.include_deleted, read.job_ids, read.order) == (
        500,
        20,
        False,
        ("a", "b"),
        "desc",
    )


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"limit": ["501"]}, "limit"),
        ({"limit": ["0"]}, "limit"),
        ({"limit": ["ten"]}, "limit"),
        ({"offset": ["-1"]}, "offset"),
        ({"includeDeleted": ["perhaps"]}, "includeDeleted"),
        ({"sort": ["code"]}, "sort"),
        ({"order": ["up"]}, "order"),
        ({"instanceIds": ["x"]}, "instanceIds"),
    ],
)
def test_a_bad_jobs_query_is_422(query: dict[str, list[str]], key: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire_jobs.jobs_query(query)
    assert refused.value.problems[0].loc[:2] == ("query", key)


def test_a_jobs_page_says_where_the_next_begins() -> None:
    sub_job = wire_jobs.Job("sub-1", "Night", parent_id="job-123")
    job = wire_jobs.Job("job-123", "Guard", instance_ids=(12345,), latitude=Decimal("1.50"), sub_jobs=(sub_job,))
    shown: Any = wire_jobs.jobs_answer([job], wire_jobs.JobsQuery(offset=10), total=11, request_id="r")
    assert set(shown) == {"requestId", "data", "paging"}
    assert shown["paging"] == {"offset": 11, "total": 11}
    told = shown["data"]["jobs"][0]
    assert (told["jobId"], told["color"], told["isDeleted"]) == ("job-123", "#4B7AC5", False)
    assert told["gps"] == {"latitude": Decimal("1.5")}
    assert told["subJobs"][0]["parentId"] == "job-123"
    assert told["subJobs"][0]["subJobs"] is None


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def test_a_key_wins_over_a_token_and_nothing_is_401() -> None:
    assert wire_tokens.credential(api_key="k", authorization="Bearer t") == wire_tokens.ApiKey("k")
    assert wire_tokens.credential(api_key=" ", authorization="bearer t") == wire_tokens.BearerToken("t")
    for authorization in (None, "", "Bearer", "Bearer ", "Token t", "t"):
        with pytest.raises(Refused) as refused:
            wire_tokens.credential(api_key=None, authorization=authorization)
        assert refused.value.status == 401


def test_a_client_pair_is_traded_for_a_days_token() -> None:
    read = wire_tokens.token_request(authorization=basic("id:se:cret"), form={"scope": "time_clock.write jobs.read"})
    assert read == wire_tokens.TokenRequest("id", "se:cret", ("time_clock.write", "jobs.read"))
    assert wire_tokens.token_answer("t", read.scopes) == {
        "access_token": "t",
        "token_type": "bearer",
        "expires_in": 86400,
        "scope": "time_clock.write jobs.read",
    }


@pytest.mark.parametrize(
    ("authorization", "form", "status"),
    [
        (basic("id:secret"), {"grant_type": "password"}, 400),
        (None, {}, 401),
        ("Bearer x", {}, 401),
        ("Basic %%%", {}, 401),
        ("Basic /w==", {}, 401),
        (basic("idsecret"), {}, 401),
        (basic(":secret"), {}, 401),
        (basic("id:"), {}, 401),
        (basic("id:se\x00cret"), {}, 401),
        (basic("id:secret"), {"scope": "payroll.write"}, 403),
    ],
)
def test_a_bad_token_call_is_refused(authorization: str | None, form: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refused:
        wire_tokens.token_request(authorization=authorization, form=form)
    assert refused.value.status == status
