"""PURE. Manual breaks: the list, starting one (which may close a shift), ending one (which may re-open it)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam.fields import Fields, Problems
from attendance.adapters.connecteam.wire import Point, PunchRequest, Shift, point_json, read_punch, shift_json, success


@dataclass(frozen=True)
class BreakEndRequest:
    """`is_resume_shift` is a wish: the answer says what came of it."""

    punch: PunchRequest
    is_resume_shift: bool = True


@dataclass(frozen=True)
class ManualBreak:
    """A kind of break offered on a clock; `duration` in minutes."""

    id: str
    name: str
    is_paid: bool
    duration: int


def break_start_request(body: object) -> PunchRequest:
    """Raises Unprocessable (422) with every fault of the body."""
    problems = Problems()
    found = read_punch(Fields.of_body(body, problems))
    problems.raise_any()
    return found


def break_end_request(body: object) -> BreakEndRequest:
    """Raises Unprocessable (422) with every fault of the body."""
    problems = Problems()
    read = Fields.of_body(body, problems)
    found = BreakEndRequest(read_punch(read), read.boolean("isResumeShift", default=True))
    problems.raise_any()
    return found


def breaks_answer(breaks: Sequence[ManualBreak], *, is_enabled: bool, request_id: str) -> JsonObject:
    listed = [
        {"id": found.id, "name": found.name, "isPaid": found.is_paid, "duration": found.duration} for found in breaks
    ]
    return success({"manualBreaks": listed, "areManualBreaksEnabled": is_enabled}, request_id)


def break_start_answer(break_id: str, start: Point, closed_shift: Shift | None, request_id: str) -> JsonObject:
    """`closedShift` is there exactly when the break was started from a shift."""
    data: JsonObject = {"id": break_id, "start": point_json(start), "isSwitchFromShift": closed_shift is not None}
    if closed_shift is not None:
        data["closedShift"] = shift_json(closed_shift)
    return success(data, request_id)


def break_end_answer(break_id: str, end: Point, resumed_shift: Shift | None, request_id: str) -> JsonObject:
    """`isResumeShift` tells the outcome, whatever was asked."""
    data: JsonObject = {"id": break_id, "end": point_json(end), "isResumeShift": resumed_shift is not None}
    if resumed_shift is not None:
        data["resumedShift"] = shift_json(resumed_shift)
    return success(data, request_id)
