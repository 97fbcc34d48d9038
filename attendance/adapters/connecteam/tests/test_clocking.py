"""Clocking in and out: what is accepted, what is refused and how, what is answered."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.connecteam import wire
from attendance.adapters.connecteam.errors import Refused, Unprocessable
from attendance.adapters.connecteam.wire import Location, Point, Shift, Source
from peoplesync.kernel.errors import PeopleSyncError

DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(), parse_float=Decimal)
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
NEW_YORK = "America/New_York"


def faults(refused: pytest.ExceptionInfo[Unprocessable]) -> list[tuple[tuple[str | int, ...], str]]:
    return [(found.loc, found.kind) for found in refused.value.problems]


@pytest.mark.parametrize(
    "case", [case for case in DOCUMENTED["requests"] if "clock-" in case["path"]], ids=lambda case: case["name"]
)
def test_every_documented_body_is_read(case: dict) -> None:
    read = (
        wire.clock_in_request(case["body"]).punch
        if "clock-in" in case["path"]
        else wire.clock_out_request(case["body"])
    )
    assert read.user_id == 9170357
    assert read.timezone == case["body"].get("timezone")
    assert (read.location is None) == ("locationData" not in case["body"])


def test_a_clock_in_carries_job_shift_zone_and_position() -> None:
    read = wire.clock_in_request(
        {
            "userId": 1,
            "jobId": "job-123",
            "schedulerShiftId": "sched-shift-789",
            "timezone": NEW_YORK,
            "timestamp": 1704110400,
            "locationData": {"address": "here", "latitude": Decimal("40.7128"), "longitude": -74},
        }
    )
    position = Location("here", Decimal("40.7128"), Decimal(-74))
    assert read == wire.ClockInRequest(
        wire.PunchRequest(1, NEW_YORK, 1704110400, position), "job-123", "sched-shift-789"
    )


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (9170357, 9170357),
        ("9170357", 9170357),
        (" 12 ", 12),
        (Decimal("12.9"), 12),
        (12.5, 12),
        (Decimal(7), 7),
        (0, 0),
    ],
)
def test_whole_numbers_are_coerced_as_the_vendor_does(sent: object, read: int) -> None:
    assert wire.clock_out_request({"userId": sent}).user_id == read


@pytest.mark.parametrize("sent", ["abc", "", "12.5", "1_000", "٣", True, [], {}, "9" * 30, 10**30, Decimal("1e999999")])
def test_what_is_no_whole_number_is_422(sent: object) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire.clock_out_request({"userId": sent})
    assert [found.as_json() for found in refused.value.problems] == [
        {"loc": ["body", "userId"], "msg": "value is not a valid integer", "type": "type_error.integer"}
    ]


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({}, ("body", "userId"), "value_error.missing"),
        ({"userId": None}, ("body", "userId"), "type_error.none.not_allowed"),
        (None, ("body",), "value_error.missing"),
        ([], ("body",), "type_error.dict"),
        ("text", ("body",), "type_error.dict"),
        ({"userId": 1, "timestamp": 0}, ("body", "timestamp"), "value_error.number.not_ge"),
        ({"userId": 1, "timestamp": -5}, ("body", "timestamp"), "value_error.number.not_ge"),
        ({"userId": 1, "timestamp": "noon"}, ("body", "timestamp"), "type_error.integer"),
        ({"userId": 1, "timestamp": Decimal("0.9")}, ("body", "timestamp"), "value_error.number.not_ge"),
        ({"userId": 1, "timezone": ["UTC"]}, ("body", "timezone"), "type_error.str"),
        ({"userId": 1, "timezone": "U\x00TC"}, ("body", "timezone"), "value_error"),
        ({"userId": 1, "locationData": "here"}, ("body", "locationData"), "type_error.dict"),
        ({"userId": 1, "locationData": {"latitude": "x"}}, ("body", "locationData", "latitude"), "type_error.float"),
        ({"userId": 1, "locationData": {"latitude": "NaN"}}, ("body", "locationData", "latitude"), "type_error.float"),
        ({"userId": 1, "locationData": {"address": "\ud800"}}, ("body", "locationData", "address"), "value_error"),
    ],
)
def test_a_bad_body_is_422_and_names_the_place(body: object, loc: tuple[str, ...], kind: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire.clock_in_request(body)
    assert faults(refused) == [(loc, kind)]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Unprocessable) as refused:
        wire.clock_in_request({"timestamp": "x", "jobId": {}})
    assert [loc[-1] for loc, _ in faults(refused)] == ["userId", "timestamp", "jobId"]


def test_unknown_keys_and_nulls_are_ignored() -> None:
    body = {"userId": 1, "limit": 10, "nested": {"a": []}, "jobId": None, "timestamp": None, "locationData": None}
    assert wire.clock_in_request(body) == wire.ClockInRequest(wire.PunchRequest(1))


def test_a_blank_job_shift_or_zone_was_not_sent() -> None:
    blank = {"userId": 1, "jobId": "", "schedulerShiftId": "", "timezone": ""}
    assert wire.clock_in_request(blank) == wire.ClockInRequest(wire.PunchRequest(1))


def test_an_empty_position_is_no_position() -> None:
    assert wire.clock_out_request({"userId": 1, "locationData": {}}).location is None


def test_no_coordinate_range_is_declared() -> None:
    read = wire.clock_out_request({"userId": 1, "locationData": {"latitude": 400, "longitude": "-74.5"}}).location
    assert read == Location(None, Decimal(400), Decimal("-74.5"))


@pytest.mark.parametrize("value", ["abc", "12.5", "1e3", "9" * 40])
def test_a_clock_id_that_is_no_number_is_422(value: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire.clock_id(value)
    assert faults(refused) == [(("path", "timeClockId"), "type_error.integer")]


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("timestamp", "code"),
    [
        (NOW, None),
        (NOW - 1, None),
        (NOW - 43_200, None),
        (NOW - 43_201, "too_old"),
        (NOW + 1, "in_future"),
        (NOW * 1000, "in_future"),
        (2**63 - 1, "in_future"),
        (1, "too_old"),
    ],
)
def test_a_punch_may_be_twelve_hours_old_and_not_a_second_more(timestamp: int, code: str | None) -> None:
    received_at = NOON + timedelta(milliseconds=900)
    if code is None:
        assert wire.punch_instant(timestamp, received_at=received_at).timestamp() == timestamp
        return
    with pytest.raises(Refused) as refused:
        wire.punch_instant(timestamp, received_at=received_at)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_without_a_timestamp_the_punch_is_the_moment_of_receipt_shown_in_whole_seconds() -> None:
    late = NOON + timedelta(milliseconds=900)
    assert wire.punch_instant(None, received_at=late) == late
    assert wire.point_json(wire.Point(late, "UTC"))["timestamp"] == NOON.timestamp()


def test_the_zone_sent_wins_over_the_clocks_and_must_exist() -> None:
    assert wire.punch_zone(None, "Asia/Jakarta") == "Asia/Jakarta"
    assert wire.punch_zone(NEW_YORK, "Asia/Jakarta") == NEW_YORK
    for name in ("Mars/Olympus", "+07:00", "america/new_york", "../etc/passwd"):
        with pytest.raises(Refused) as refused:
            wire.punch_zone(name, "Asia/Jakarta")
        assert refused.value.status == 400


def test_an_open_shift_is_shown_as_documented() -> None:
    position = Location("123 Main St, New York, NY 10001", Decimal("40.7128000"), Decimal("-74.0060000"))
    shift = Shift("shift-abc123", 9170357, Point(NOON, NEW_YORK, position), NOON, NOON, job_id="job-123")
    sample = DOCUMENTED["answers"]["open shift"]["sample"]
    assert wire.shift_answer(shift, sample["requestId"]) == sample


def test_a_closed_shift_is_shown_as_documented() -> None:
    position = Location("456 Oak Ave, New York, NY 10002", Decimal("40.7145"), Decimal("-74.0055"))
    later = NOON + timedelta(hours=8)
    end = Point(later, NEW_YORK, position)
    shift = Shift("shift-abc123", 9170357, Point(NOON, NEW_YORK), NOON, later, end=end, job_id="job-123")
    sample = DOCUMENTED["answers"]["closed shift"]["sample"]
    shown = wire.shift_answer(shift, sample["requestId"])
    sample["data"]["shift"]["schedulerShiftId"] = None
    assert shown == sample


def test_what_is_not_there_is_left_out() -> None:
    shown = wire.shift_json(Shift("a", 1, Point(NOON, "UTC"), NOON, NOON))
    assert set(shown) == {"id", "userId", "start", "jobId", "schedulerShiftId", "createdAt", "modifiedAt"}
    assert shown["start"] == {"timestamp": NOW, "timezone": "UTC", "source": {"type": "api"}}
    assert shown["jobId"] is None


def test_a_point_shows_its_fence_and_its_source() -> None:
    point = Point(NOON, "UTC", Location(), "f" * 24, Source("autoClockOut", mode="dailyLimit"))
    assert wire.point_json(point) == {
        "timestamp": NOW,
        "timezone": "UTC",
        "geofenceId": "f" * 24,
        "source": {"type": "autoClockOut", "mode": "dailyLimit"},
    }


def test_clocks_and_the_account_are_listed() -> None:
    assert wire.clocks_answer([wire.TimeClock(12345, "Main")], "r") == {
        "requestId": "r",
        "data": {"timeClocks": [{"id": 12345, "name": "Main", "isArchived": False}]},
    }
    assert wire.me_answer(company_name="Acme", company_id="7", request_id="r")["data"] == {
        "companyName": "Acme",
        "companyId": "7",
    }


degrees = st.decimals(-180, 180, places=7)
instants = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 31), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
points = st.builds(
    Point,
    at=instants,
    timezone=st.sampled_from(sorted(available_timezones())),
    location=st.none() | st.builds(Location, st.none() | st.text(min_size=1), degrees, degrees),
    geofence_id=st.none() | st.text(min_size=1),
)


@given(points)
def test_a_point_survives_the_wire(point: Point) -> None:
    shown = json.loads(json.dumps(wire.point_json(point), default=float))
    assert datetime.fromtimestamp(shown["timestamp"], UTC) == point.at
    assert shown["timezone"] == point.timezone
    assert shown.get("geofenceId") == point.geofence_id
    if point.location is not None and point.location.latitude is not None:
        assert float(point.location.latitude) == shown["locationData"]["latitude"]


@given(st.integers(1), st.integers(1, 2**62), st.sampled_from([int, str, Decimal]))
def test_any_spelling_of_a_number_reads_the_same(user_id: int, timestamp: int, spell: type) -> None:
    user_id = min(user_id, 2**62)
    read = wire.clock_out_request({"userId": spell(user_id), "timestamp": spell(timestamp)})
    assert (read.user_id, read.timestamp) == (user_id, timestamp)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["userId", "jobId", "timezone", "timestamp", "schedulerShiftId", "locationData", "isResumeShift"]
)


@given(st.one_of(json_values, st.dictionaries(keys, json_values)))
def test_no_body_brings_the_reader_down(body: object) -> None:
    try:
        wire.clock_in_request(body)
    except PeopleSyncError as refused:
        assert isinstance(refused, Unprocessable)
        assert all(found.loc[0] == "body" and found.message and found.kind for found in refused.problems)
