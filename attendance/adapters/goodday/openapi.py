"""PURE. What GoodDay's mount answers, as an OpenAPI document."""

from __future__ import annotations

from typing import Any

from attendance.adapters import openapi
from attendance.adapters.goodday.fields import COMMENT_LIMIT, ID_LIMIT
from attendance.adapters.openapi import (
    DAY,
    FORM,
    JSON,
    PARTS,
    STRING,
    Operation,
    Parameter,
    array,
    nullable,
    record,
    ref,
)

_INSTANT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$"}
_ID = {"type": "string", "minLength": 1, "maxLength": ID_LIMIT}
_COMMENT = {"type": "string", "maxLength": COMMENT_LIMIT, "nullable": True}
_MOMENT = {"type": "string", "example": "2025-07-18T08:00:00", "description": "UTC; an offset is converted."}

_EVENT = {
    "id": STRING,
    "linkedAttendanceEventId": nullable(STRING),
    "userId": STRING,
    "createByUserId": STRING,
    "officeId": nullable(STRING),
    "date": DAY,
    "momentCreated": _INSTANT,
    "timestamp": _INSTANT,
    "ipAddress": nullable(STRING),
    "type": {"type": "string", "enum": ["CLOCK-IN", "CLOCK-OUT"]},
    "comment": nullable(STRING),
}
_PUNCH = record({"userId": _ID, "comment": _COMMENT, "officeId": nullable(_ID)}, required=["userId"])
_CREATE = record(
    {
        "date": DAY,
        "clockInTimestampUtc": _MOMENT,
        "clockOutTimestampUtc": _MOMENT,
        "userId": _ID,
        "officeId": nullable(_ID),
        "clockInComment": _COMMENT,
        "clockOutComment": _COMMENT,
    },
    required=["date", "clockInTimestampUtc", "clockOutTimestampUtc", "userId"],
)
_SCHEMAS = {
    "Event": record(_EVENT),
    "CreatedClockIn": record({name: schema for name, schema in _EVENT.items() if name != "linkedAttendanceEventId"}),
    "Pair": record({"clockIn": ref("CreatedClockIn"), "clockOut": ref("Event")}),
    "User": record(
        {
            "id": STRING,
            "companyRole": STRING,
            "isAdmin": {"type": "boolean"},
            "momentCreated": _INSTANT,
            "name": STRING,
            "primaryEmail": nullable(STRING),
            "reportsToUserId": nullable(STRING),
        }
    ),
    "Office": record({"id": STRING, "name": STRING}),
    "Error": record({"errorMessage": STRING}, additionalProperties=False),
}
_ERRORS = openapi.errors_in(
    "Error",
    {
        400: "The request breaks a rule, or collides with the present state; nothing was written.",
        401: "The token is missing or not valid.",
        403: "A userId that is nobody the token reaches, or a write that another site's page sent.",
        404: "There is no such event, user or address.",
        415: "Send JSON or a form.",
    },
)
_API = openapi.Api(
    title="GoodDay attendance API 2.0, as PeopleSync speaks it",
    about="Paired clock-in and clock-out events. Instants are UTC with six fractional digits and no suffix.",
    mount="/compat/goodday",
    security={
        "header": {"type": "apiKey", "in": "header", "name": "gd-api-token"},
        "query": {"type": "apiKey", "in": "query", "name": "gd-api-token"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "gd-api-token"},
    },
    schemas=_SCHEMAS,
    errors=_ERRORS,
)
_DAYS = (Parameter("startDate", DAY, is_required=True), Parameter("endDate", DAY, is_required=True))


def _write(method: str, path: str, summary: str, body: openapi.Schema, answer: str) -> Operation:
    return Operation(
        method, f"/2.0/attendance-events/{path}", summary, ref(answer), body=body, body_types=(JSON, FORM, PARTS)
    )


_OPERATIONS = [
    *(_write(verb, "clock-in", "Start the user's timer", _PUNCH, "Event") for verb in ("post", "put")),
    *(_write(verb, "clock-out", "Stop the user's timer", _PUNCH, "Event") for verb in ("post", "put")),
    *(_write(verb, "create", "Write a finished pair", _CREATE, "Pair") for verb in ("post", "put")),
    Operation(
        "get",
        "/2.0/attendance-events",
        "List events by their day",
        array(ref("Event")),
        parameters=(
            *_DAYS,
            Parameter("userId", STRING),
            Parameter("userIds", STRING, about="Ids with commas between them; with userId, the union."),
        ),
        refusals=(400,),
    ),
    Operation(
        "delete",
        "/2.0/attendance-events/{id}",
        "Delete an event and its pair",
        {"type": "string", "enum": ["Ok"]},
        refusals=(400, 404, 405),  # `create`, `clock-in` and `clock-out` are addresses, not ids
    ),
    Operation("get", "/2.0/users", "List the users", array(ref("User"))),
    Operation("get", "/2.0/user/{id}", "Show a user", ref("User"), refusals=(404,)),
    Operation("get", "/2.0/offices", "List the offices", array(ref("Office"))),
]


def document() -> dict[str, Any]:
    """The document of the mount."""
    return openapi.document(_API, _OPERATIONS)
