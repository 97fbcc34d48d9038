"""Manual breaks: starting, ending, resuming."""

from datetime import UTC, datetime

import pytest

from attendance.adapters.connecteam import wire_breaks
from attendance.adapters.connecteam.errors import Unprocessable
from attendance.adapters.connecteam.wire import Point, PunchRequest, Shift

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
POINT = Point(NOON, "UTC")
SHIFT = Shift("a" * 24, 1, POINT, NOON, NOON, end=POINT, job_id="job-123")


def test_a_break_is_started_with_a_user_and_no_more() -> None:
    assert wire_breaks.break_start_request({"userId": "5"}) == PunchRequest(5)
    with pytest.raises(Unprocessable):
        wire_breaks.break_start_request({"timestamp": 1})


@pytest.mark.parametrize(
    ("sent", "read"), [(None, True), (True, True), (False, False), ("false", False), (0, False), ("Yes", True)]
)
def test_resuming_is_the_default(sent: object, read: bool) -> None:
    assert wire_breaks.break_end_request({"userId": 1, "isResumeShift": sent}).is_resume_shift is read


@pytest.mark.parametrize("sent", ["maybe", 2, [], {}, 1.5])
def test_what_is_no_boolean_is_422(sent: object) -> None:
    with pytest.raises(Unprocessable) as refused:
        wire_breaks.break_end_request({"userId": 1, "isResumeShift": sent})
    assert [found.as_json() for found in refused.value.problems] == [
        {"loc": ["body", "isResumeShift"], "msg": "value could not be parsed to a boolean", "type": "type_error.bool"}
    ]


def test_a_break_from_a_shift_shows_the_shift_it_closed() -> None:
    data = wire_breaks.break_start_answer("b" * 24, POINT, SHIFT, "r")["data"]
    assert isinstance(data, dict)
    assert set(data) == {"id", "start", "isSwitchFromShift", "closedShift"}
    assert data["isSwitchFromShift"] is True
    assert data["closedShift"]["jobId"] == "job-123"


def test_a_break_from_idleness_shows_none() -> None:
    data = wire_breaks.break_start_answer("b" * 24, POINT, None, "r")["data"]
    assert data == {
        "id": "b" * 24,
        "start": {"timestamp": 1704110400, "timezone": "UTC", "source": {"type": "api"}},
        "isSwitchFromShift": False,
    }


@pytest.mark.parametrize(("resumed", "keys"), [(SHIFT, {"resumedShift"}), (None, set())])
def test_the_end_of_a_break_tells_the_outcome(resumed: Shift | None, keys: set[str]) -> None:
    data = wire_breaks.break_end_answer("b" * 24, POINT, resumed, "r")["data"]
    assert isinstance(data, dict)
    assert set(data) == {"id", "end", "isResumeShift"} | keys
    assert data["isResumeShift"] is (resumed is not None)


def test_the_breaks_of_a_clock_are_listed_in_minutes() -> None:
    shown = wire_breaks.breaks_answer(
        [wire_breaks.ManualBreak("l", "Lunch", False, 30)], is_enabled=True, request_id="r"
    )
    assert shown["data"] == {
        "manualBreaks": [{"id": "l", "name": "Lunch", "isPaid": False, "duration": 30}],
        "areManualBreaksEnabled": True,
    }
