"""PURE. What Connecteam's mount answers, as an OpenAPI document."""

from __future__ import annotations

from typing import Any

from attendance.adapters import openapi
from attendance.adapters.connecteam.schemas import SCHEMAS, punch
from attendance.adapters.openapi import (
    BOOLEAN,
    DAY,
    FORM,
    INTEGER,
    STRING,
    Operation,
    Parameter,
    array,
    nullable,
    record,
    ref,
)

_ERRORS = openapi.errors_in(
    "Detail",
    {
        400: "The request breaks a rule, or collides with the present state; nothing was written.",
        403: "The key is not valid, or the credential does not reach this.",
        415: "Send JSON; the token call takes a form.",
        429: "Too many requests; see the x-ratelimit headers.",
    },
) | {
    401: ("Unauthorised", "There is no credential, or the access token is not valid."),
    409: ("Traced", "The days lie in a period that is approved."),
    422: ("Problems", "Parts of the request have the wrong type or lie out of bounds."),
}
_API = openapi.Api(
    title="Connecteam time clock API v1, as PeopleSync speaks it",
    about="Time clocks, punches, breaks, timesheets. Instants are Unix seconds with the name of the zone to show them in.",
    mount="/compat/connecteam",
    security={
        "key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
        "token": {"type": "http", "scheme": "bearer"},
    },
    schemas=SCHEMAS,
    errors=_ERRORS,
)
_CLOCKS = "/time-clock/v1/time-clocks"
_CLOCK = f"{_CLOCKS}/{{timeClockId}}"
_IDS = {"timeClockId": INTEGER, "userId": INTEGER}


def _on_clock(method: str, path: str, summary: str, answer: str, *refusals: int, **more: Any) -> Operation:
    return Operation(
        method, f"{_CLOCK}/{path}", summary, ref(answer), refusals=(400, 422, *refusals), path_schemas=_IDS, **more
    )


_MANY_NUMBERS, _MANY_TEXTS = array(INTEGER), array(STRING)
_RANGE = (Parameter("startDate", DAY, is_required=True), Parameter("endDate", DAY, is_required=True))
_ACTIVITY_FILTERS = (
    *_RANGE,
    Parameter("userIds", _MANY_NUMBERS),
    *(Parameter(name, _MANY_TEXTS) for name in ("jobIds", "manualBreakIds", "policyTypeIds", "activityTypes")),
)
_SHEET_FILTERS = (
    *_RANGE,
    Parameter("userIds", _MANY_NUMBERS),
    *(Parameter(name, BOOLEAN) for name in ("isApproved", "isSubmitted", "isLocked", "includePlanVsActual")),
)
_JOB_FILTERS = (
    Parameter("instanceIds", _MANY_NUMBERS),
    *(Parameter(name, _MANY_TEXTS) for name in ("jobIds", "jobNames", "jobCodes")),
    Parameter("includeDeleted", BOOLEAN),
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 10}),
    Parameter("offset", {"type": "integer", "minimum": 0}),
)
_TOKEN = record({"grant_type": {"type": "string", "enum": ["client_credentials"]}, "scope": STRING}, required=[])
_OPERATIONS = [
    Operation(
        "post", "/oauth/v1/token", "Trade a client pair (HTTP Basic) for a token of a day", ref("Token"),
        body=_TOKEN, body_types=(FORM,), is_open=True, is_body_required=False, refusals=(401, 403, 429),
    ),
    Operation("get", "/me", "Whose key it is", ref("Me")),
    Operation("get", _CLOCKS, "List the clocks", ref("Clocks")),
    _on_clock(
        "post", "clock-in", "Open a shift", "ShiftAnswer",
        body=punch(jobId=nullable(STRING), schedulerShiftId=nullable(STRING)),
    ),
    _on_clock("post", "clock-out", "Close the open shift", "ShiftAnswer", body=punch()),
    _on_clock("get", "time-activities", "List what people did", "Activities", parameters=_ACTIVITY_FILTERS),
    _on_clock("post", "time-activities", "Write finished activities", "Activities", body=ref("NewActivities")),
    _on_clock("put", "time-activities", "Change activities", "Activities", 404, body=ref("ChangedActivities")),
    Operation(
        "delete", f"{_CLOCK}/time-activities/{{activityId}}", "Delete an activity", ref("Deleted"),
        refusals=(422,), own_refusals={400: "Traced", 404: "Traced"}, path_schemas=_IDS,
    ),
    _on_clock("get", "timesheet", "Daily totals", "Timesheet", parameters=_SHEET_FILTERS),
    Operation(
        "put", f"{_CLOCK}/users/{{userId}}/lock-days", "Lock or unlock days", ref("LockedDays"),
        body=ref("LockDays"), refusals=(422,), path_schemas=_IDS,
        own_refusals={400: "TracedBody", 403: "LocksRefused", 404: "Traced", 409: "Traced", 415: "Detail"},
    ),
    _on_clock("get", "geofences", "List the geofences", "Geofences"),
    _on_clock("post", "geofences", "Make geofences", "MadeGeofences", body=ref("NewGeofences")),
    Operation("get", "/jobs/v1/jobs", "List the jobs", ref("Jobs"), parameters=_JOB_FILTERS, refusals=(422,)),
    _on_clock("get", "manual-breaks", "List the kinds of break", "Breaks"),
    _on_clock("post", "manual-breaks/{manualBreakId}/clock-in", "Begin a break", "BreakBegun", body=punch()),
    _on_clock(
        "post", "manual-breaks/clock-out", "End the break", "BreakEnded", body=punch(isResumeShift=nullable(BOOLEAN))
    ),
]  # fmt: skip


def document() -> dict[str, Any]:
    """The document of the mount."""
    return openapi.document(_API, _OPERATIONS)
