"""PURE. What Kenjo's mount answers, as an OpenAPI document."""

from __future__ import annotations

from typing import Any

from attendance.adapters import openapi
from attendance.adapters.kenjo.entries import MOST_BREAKS
from attendance.adapters.kenjo.fields import COMMENT_LIMIT, NAME_LIMIT
from attendance.adapters.kenjo.wire import PAGE_SIZES
from attendance.adapters.openapi import BOOLEAN, DAY, INTEGER, NUMBER, STRING, Operation, Parameter, array, record, ref

_ID = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
_ID_SENT = {"type": "string", "pattern": "^[0-9A-Fa-f]{24}$"}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", "example": "10:00:00"}
_WALL = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
    "example": "2021-07-01T10:00:00",
    "description": "The employee's wall clock, without a zone.",
}
_WHO: dict[str, openapi.Schema] = {
    "userId": {**_ID_SENT, "nullable": True},
    "email": {"type": "string", "maxLength": NAME_LIMIT, "nullable": True},
    "externalId": {"type": "string", "maxLength": NAME_LIMIT, "nullable": True},
}
_COMMENT = {"type": "string", "maxLength": COMMENT_LIMIT, "nullable": True}
_FLAG = {"type": "boolean", "nullable": True}
_BREAK = record({"start": _CLOCK, "end": {**_CLOCK, "nullable": True}}, required=["start"])
_BREAKS = array(_BREAK, maxItems=MOST_BREAKS, nullable=True)
_LEFT_OUT = "Keys without a value are left out."


def _entry(time: openapi.Schema, **more: openapi.Schema) -> openapi.Schema:
    keys = {
        "_id": _ID,
        "userId": _ID,
        "email": STRING,
        "externalId": STRING,
        **more,
        "startTime": time,
        "endTime": time,
        "breaks": array(record({"start": _CLOCK, "end": _CLOCK}, required=["start"])),
        "breakTime": INTEGER,
        "attendanceCategoryId": _ID,
        "attendanceSubCategoryId": _ID,
        "comment": STRING,
    }
    needed = ["_id", "userId", "startTime", *more]
    return record(keys, required=needed, description=_LEFT_OUT, additionalProperties=False)


def _data(items: openapi.Schema) -> openapi.Schema:
    return record({"data": array(items)})


_TRACK: dict[str, openapi.Schema] = {**_WHO, "dateTime": _WALL, "isOvernightShift": _FLAG}
_SCHEMAS = {
    "Track": record(_TRACK, required=["dateTime"], description="One of userId, email and externalId is needed."),
    "Token": record({"token": {"type": "string", "pattern": "^Bearer "}, "X-Expires-After": STRING}),
    "NewEntry": record(
        {
            **_WHO,
            "date": DAY,
            "startTime": _CLOCK,
            "endTime": {**_CLOCK, "nullable": True},
            "breaks": _BREAKS,
            "comment": _COMMENT,
            "isOvernightShift": _FLAG,
        },
        required=["date", "startTime"],
        description="One of userId, email and externalId is needed.",
    ),
    "Change": record(
        {
            "startTime": {**_CLOCK, "nullable": True},
            "endTime": {**_CLOCK, "nullable": True},
            "breaks": _BREAKS,
            "comment": _COMMENT,
            "isOvernightShift": _FLAG,
        },
        required=[],
        description="Only what is sent changes; an empty list removes the breaks.",
    ),
    "CreatedEntry": _entry(_WALL),
    "Entry": _entry({"type": "string", "pattern": r"^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$"}),
    "ChangedEntry": _entry(_CLOCK, date=DAY),
    "Category": record(
        {"_id": _ID, "name": STRING, "parentCategoryId": _ID, "isActive": BOOLEAN}, required=["_id", "name", "isActive"]
    ),
    "Expected": record(
        {
            "userId": _ID,
            "days": array(record({"date": DAY, "expectedHours": NUMBER, "expectedMinutes": INTEGER})),
            "totalExpectedHours": NUMBER,
            "totalExpectedMinutes": INTEGER,
        }
    ),
    "Page": record({"count": INTEGER, "offset": INTEGER, "limit": INTEGER, "total": INTEGER}),
    "Employee": record(
        {"_id": _ID, "email": STRING, "isActive": BOOLEAN, "externalId": STRING},
        required=["_id", "isActive"],
        description=_LEFT_OUT,
    ),
    "Account": record(
        {
            "_id": _ID,
            "email": STRING,
            "isActive": BOOLEAN,
            "firstName": STRING,
            "lastName": STRING,
            "displayName": STRING,
            "companyId": _ID,
            "officeId": _ID,
            "departmentId": _ID,
        },
        required=["_id", "isActive"],
        description=_LEFT_OUT,
    ),
    "Office": record(
        {"_id": _ID, "name": STRING, "companyId": _ID, "street": STRING},
        required=["_id", "name"],
        description=_LEFT_OUT,
    ),
    "Department": record({"_id": _ID, "name": STRING}),
    "Error": record({"code": INTEGER, "message": STRING}, additionalProperties=False),
}
_ERRORS = openapi.errors_in(
    "Error",
    {
        400: "The request breaks a rule, names nothing known, or collides with recorded time.",
        401: "The token is missing, not valid or expired.",
        403: "The key may not do that.",
        415: "Send application/json.",
    },
)
_API = openapi.Api(
    title="Kenjo attendance API v1, as PeopleSync speaks it",
    about="Wall-clock entries, paired anew by day with every punch. A `Z` after a listed time is decoration.",
    mount="/compat/kenjo",
    security={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    schemas=_SCHEMAS,
    errors=_ERRORS,
    common_open=(401, 429, 500, 503),
)
_RANGE = (Parameter("from", DAY, is_required=True), Parameter("to", DAY, is_required=True))
_ENTRY = "/api/v1/attendances/{id}"
_LOGIN = record({"apiKey": {"type": "string", "minLength": 1, "maxLength": NAME_LIMIT}})

_OPERATIONS = [
    Operation("post", "/api/v1/auth/login", "Exchange an API key for a token", ref("Token"), body=_LOGIN, is_open=True),
    Operation("post", "/api/v1/auth/logout", "End the token", None, status=204),
    Operation("post", "/api/v1/attendances/track-time", "Record a punch", ref("Track"), status=201, body=ref("Track")),
    Operation("get", "/api/v1/attendances/categories", "List the categories", _data(ref("Category"))),
    Operation(
        "get",
        "/api/v1/attendances/expected-time",
        "Expected hours",
        record({"data": array(ref("Expected")), "metadata": ref("Page")}),
        parameters=(
            *_RANGE,
            Parameter("companyId", _ID_SENT),
            Parameter("officeId", _ID_SENT),
            Parameter("departmentId", _ID_SENT),
            Parameter("userId", STRING, about="Up to 15 ids with commas between them."),
            Parameter("offset", {"type": "integer", "minimum": 1, "default": 1}, about="The page, counted from 1."),
            Parameter("limit", {"type": "integer", "enum": list(PAGE_SIZES), "default": 50}),
        ),
        refusals=(400,),
    ),
    Operation(
        "get",
        "/api/v1/attendances",
        "List entries by their start",
        array(ref("Entry")),
        parameters=_RANGE,
        refusals=(400,),
    ),
    Operation("post", "/api/v1/attendances", "Create an entry", ref("CreatedEntry"), status=201, body=ref("NewEntry")),
    Operation("get", _ENTRY, "Show an entry", ref("Entry"), refusals=(400,)),
    Operation("put", _ENTRY, "Change an entry", ref("ChangedEntry"), body=ref("Change")),
    Operation("delete", _ENTRY, "Delete an entry", None, status=204, refusals=(400,)),
    Operation("get", "/api/v1/employees", "List the employees", _data(ref("Employee"))),
    Operation("get", "/api/v1/user-accounts", "List the accounts", array(ref("Account"))),
    Operation("get", "/api/v1/offices", "List the offices", array(ref("Office"))),
    Operation("get", "/api/v1/departments", "List the departments", array(ref("Department"))),
]


def document() -> dict[str, Any]:
    """The document of the mount."""
    return openapi.document(_API, _OPERATIONS)
