"""Time activities: periods, filters, writes, the answer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.connecteam import wire_activities as activities
from attendance.adapters.connecteam.errors import Refused, Unprocessable
from attendance.adapters.connecteam.tests.test_clocking import json_values
from attendance.adapters.connecteam.wire import Point
from peoplesync.kernel.errors import PeopleSyncError

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
START = {"timestamp": 1704110400, "timezone": "America/New_York"}
END = {"timestamp": 1704139200, "timezone": "America/New_York"}
PERIOD = {"startDate": ["2024-01-01"], "endDate": ["2024-01-31"]}


def written(**user: Any) -> dict[str, object]:
    return {"timeActivities": [{"userId": 1, **user}]}


def test_a_period_is_two_days_inclusive() -> None:
    read = activities.activities_query(PERIOD)
    assert read == activities.ActivitiesQuery(date(2024, 1, 1), date(2024, 1, 31))


def test_filters_are_repeated_keys() -> None:
    read = activities.activities_query(
        PERIOD | {"userIds": ["1", "2"], "jobIds": ["a", "b"], "activityTypes": ["shift", "time_off"], "limit": ["5"]}
    )
    assert (read.user_ids, read.job_ids, read.activity_types) == ((1, 2), ("a", "b"), ("shift", "time_off"))
    assert read.manual_break_ids is None


@pytest.mark.parametrize("joined", ["1,2", "1, 2", "1,", "1,2,3"])
def test_a_comma_joined_filter_matches_nobody(joined: str) -> None:
    assert activities.activities_query(PERIOD | {"userIds": [joined]}).user_ids == ()


@pytest.mark.parametrize(("days", "passes"), [(0, True), (92, True), (93, False), (-1, False)])
def test_a_period_spans_at_most_ninety_two_days(days: int, passes: bool) -> None:
    end = date(2024, 1, 1) + timedelta(days=days)
    query = {"startDate": ["2024-01-01"], "endDate": [end.isoformat()]}
    if passes:
        assert activities.activities_query(query).end_on == end
        return
    with pytest.raises(Unprocessable) as refused:
        activities.activities_query(query)
    assert refused.value.problems[0].loc == ("query", "endDate")


@pytest.mark.parametrize(
    ("change", "loc", "kind"),
    [
        ({"startDate": []}, ("query", "startDate"), "value_error.missing"),
        ({"endDate": ["2024-1-31"]}, ("query", "endDate"), "value_error"),
        ({"endDate": ["2024-02-30"]}, ("query", "endDate"), "value_error"),
        ({"endDate": ["31/01/2024"]}, ("query", "endDate"), "value_error"),
        ({"startDate": ["0001-01-01"]}, ("query", "startDate"), "value_error"),
        ({"userIds": ["1", "x"]}, ("query", "userIds", 1), "type_error.integer"),
        ({"userIds": ["0"]}, ("query", "userIds", 0), "value_error.number.not_ge"),
        ({"activityTypes": ["nap"]}, ("query", "activityTypes", 0), "type_error.enum"),
        ({"jobIds": ["\x00"]}, ("query", "jobIds", 0), "value_error"),
    ],
)
def test_a_bad_query_is_422(change: dict[str, list[str]], loc: tuple[str | int, ...], kind: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        activities.activities_query(PERIOD | change)
    assert [(found.loc, found.kind) for found in refused.value.problems] == [(loc, kind)]


def test_a_bad_date_is_quoted_in_the_vendors_sentence() -> None:
    with pytest.raises(Unprocessable) as refused:
        activities.activities_query(PERIOD | {"startDate": ["2026/04/10"]})
    expected = "Date must be a valid date and in the format yyyy-MM-dd (iso format) got 2026/04/10"
    assert refused.value.problems[0].message == expected


def test_a_closed_shift_is_written() -> None:
    note = {"employeeNote": "e", "managerNote": "m"}
    read = activities.create_request(
        written(shifts=[{"start": START, "end": END, "jobId": "j", "subJobId": "s", **note}])
    )
    start = activities.TimePoint(1704110400, "America/New_York")
    end = activities.TimePoint(1704139200, "America/New_York")
    assert read.users == (activities.UserWrites(1, (activities.ShiftWrite(None, start, end, "j", "s", "e", "m"),)),)
    assert start.at == NOON
    assert read.is_split_on_break is False


def test_breaks_are_asked_for_in_lower_case_and_answered_in_camel_case() -> None:
    read = activities.create_request(
        written(manualbreaks=[{"id": "lunch", "start": START}], manualBreaks=[{"id": "x"}])
        | {"isSplitShiftOnManualBreak": 1}
    )
    assert [(found.id, found.break_id) for found in read.users[0].breaks] == [(None, "lunch")]
    assert read.is_split_on_break is True
    shown = activities.activities_answer([activities.UserActivities(1)], "r")["data"]
    assert shown == {"timeActivitiesByUsers": [{"userId": 1, "shifts": [], "manualBreaks": [], "timeOffs": []}]}


def test_an_update_names_the_activity_and_touches_what_it_sends() -> None:
    body = written(shifts=[{"id": "a" * 24, "end": END}], manualbreaks=[{"id": "b" * 24, "manualBreakId": "tea"}])
    user = activities.update_request(body).users[0]
    assert (user.shifts[0].id, user.shifts[0].start) == ("a" * 24, None)
    assert (user.breaks[0].id, user.breaks[0].break_id) == ("b" * 24, "tea")


FIRST = ("body", "timeActivities", 0)


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({}, ("body", "timeActivities"), "value_error.missing"),
        ({"timeActivities": {}}, ("body", "timeActivities"), "type_error.list"),
        ({"timeActivities": [1]}, FIRST, "type_error.dict"),
        ({"timeActivities": [{}]}, (*FIRST, "userId"), "value_error.missing"),
        ({"timeActivities": [{"userId": 0}]}, (*FIRST, "userId"), "value_error.number.not_ge"),
        ({"timeActivities": [{"userId": 1}] * 101}, ("body", "timeActivities"), "value_error.list.max_items"),
        (written(shifts=[{"start": START}] * 51), (*FIRST, "shifts"), "value_error.list.max_items"),
        (written(manualbreaks=[{}] * 51), (*FIRST, "manualbreaks"), "value_error.list.max_items"),
        (written(shifts=[{}]), (*FIRST, "shifts", 0, "start"), "value_error.missing"),
        (
            written(shifts=[{"start": {"timestamp": 5}}]),
            (*FIRST, "shifts", 0, "start", "timezone"),
            "value_error.missing",
        ),
        (written(shifts=[{"start": END, "end": START}]), (*FIRST, "shifts", 0, "end"), "value_error"),
        (written(shifts=[{"start": START, "end": START}]), (*FIRST, "shifts", 0, "end"), "value_error"),
        (written(manualbreaks=[{"start": START}]), (*FIRST, "manualbreaks", 0, "id"), "value_error.missing"),
        (
            written(shifts=[{"start": START | {"timestamp": 1704110400000}}]),
            (*FIRST, "shifts", 0, "start", "timestamp"),
            "value_error.number.not_le",
        ),
    ],
)
def test_a_bad_write_is_422(body: object, loc: tuple[str | int, ...], kind: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        activities.create_request(body)
    assert [(found.loc, found.kind) for found in refused.value.problems] == [(loc, kind)]


def test_a_hundred_users_of_fifty_shifts_pass() -> None:
    user = {"userId": 1, "shifts": [{"start": START, "end": END}] * 50}
    assert len(activities.create_request({"timeActivities": [user] * 100}).users) == 100


def test_an_update_without_ids_is_422() -> None:
    with pytest.raises(Unprocessable) as refused:
        activities.update_request(written(shifts=[{"start": START}]))
    assert refused.value.problems[0].loc == (*FIRST, "shifts", 0, "id")
    with pytest.raises(Unprocessable) as refused:
        activities.update_request(written())
    assert refused.value.problems[0].loc == (*FIRST, "shifts")


@pytest.mark.parametrize("value", ["abc", "", "g" * 24, "a" * 23, "a" * 25, "shift-abc123"])
def test_an_activity_id_is_twenty_four_hexadecimal_digits(value: str) -> None:
    assert activities.activity_id("666EDFBAC1ed5f748fabd3d2") == "666edfbac1ed5f748fabd3d2"
    with pytest.raises(Refused) as refused:
        activities.activity_id(value)
    assert refused.value.message == f"INVALID_ID: '{value}' is not a valid time activity identifier"


def test_each_kind_of_activity_shows_its_own_keys() -> None:
    activity = activities.Activity("a" * 24, Point(NOON, "UTC"), NOON, NOON, end=Point(NOON, "UTC"), manager_note="ok")
    shared = {"id", "start", "end", "managerNote", "createdAt", "modifiedAt"}
    shift = activities.shift_activity_json(activities.ShiftActivity(activity, "j", "s"))
    rest = activities.break_activity_json(activities.BreakActivity(activity, "lunch"))
    leave = activities.time_off_json(activities.TimeOffActivity(activity, "p", Decimal("8.00"), "hours", True))
    assert set(shift) == shared | {"jobId", "subJobId", "schedulerShiftId", "isAutoClockOut"}
    assert set(rest) == shared | {"manualBreakId", "isAutoClockOut"}
    assert set(leave) == shared | {"policyTypeId", "duration", "isAllDay"}
    assert leave["duration"] == {"value": Decimal(8), "units": "hours"}


def test_an_open_activity_has_no_end_and_a_deletion_answers_an_empty_object() -> None:
    activity = activities.Activity("a" * 24, Point(NOON, "UTC"), NOON, NOON)
    assert "end" not in activities.shift_activity_json(activities.ShiftActivity(activity))
    assert activities.deleted_answer("r") == {"requestId": "r", "data": {}}


members = st.dictionaries(st.sampled_from(["id", "start", "end", "userId", "shifts", "manualbreaks"]), json_values)
bodies = st.fixed_dictionaries({"timeActivities": st.lists(members | json_values, max_size=3)})


@given(bodies)
def test_no_write_brings_the_reader_down(body: object) -> None:
    for read in (activities.create_request, activities.update_request):
        try:
            read(body)
        except PeopleSyncError as refused:
            assert isinstance(refused, Unprocessable)
