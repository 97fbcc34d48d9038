"""PURE. What Workly's mount answers, as an OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attendance.adapters import openapi
from attendance.adapters.openapi import DAY, FORM, INTEGER, NUMBER, STRING, Operation, Parameter, ref
from attendance.adapters.workly.schemas import (
    CHANGED_EMPLOYEE,
    DISMISSAL,
    LOCATION_WRITE,
    NEW_EMPLOYEE,
    PUNCH,
    SCHEMAS,
    TOKEN,
)

_ERRORS = openapi.errors_in(
    "Error",
    {
        400: "The request cannot be read, or the act is not possible.",
        401: "There is no token, or it is wrong or ran out; the code says which.",
        403: "The key's role does not allow this.",
        404: "There is no such row or address.",
        406: "The client takes no JSON.",
        415: "Send JSON; the token call takes a form.",
    },
) | {
    422: ("Faults", "Fields are at fault."),
}
_API = openapi.Api(
    title="Workly API v1, as PeopleSync speaks it",
    about="Comings and goings, people, places and reports. Times are wall clocks of the account's zone.",
    mount="/compat/workly",
    security={"token": {"type": "http", "scheme": "bearer"}},
    schemas=SCHEMAS,
    errors=_ERRORS,
    common=(401, 403, 406, 429, 500, 503),
)
_ID = {"id": INTEGER}
PAGE = (Parameter("page", INTEGER), Parameter("per-page", INTEGER))


def _write(method: str, path: str, summary: str, answer: str, body: openapi.Schema, *refusals: int) -> Operation:
    return Operation(
        method, f"/v1/{path}", summary, ref(answer), body=body, refusals=(422, *refusals), path_schemas=_ID
    )


_REPORT = (
    Parameter("start_date", DAY, is_required=True),
    Parameter("end_date", DAY, is_required=True),
    *PAGE,
    Parameter("f", {"type": "string", "enum": ["location", "employee", "department", "tab_number"]}),
    Parameter("ids", STRING, about="What `f` names, with commas between."),
    Parameter("employee_id", INTEGER),
    Parameter("sort", {"type": "string", "enum": ["date", "-date", "ASC", "DESC"]}),
)
_NIGHTS = (*_REPORT, Parameter("tab_number", STRING, about="Numbers, with commas between."))
_SEARCH = (
    *PAGE,
    Parameter("f", {"type": "string", "enum": ["department", "letter", "tab_number"]}),
    Parameter("fv", STRING),
    Parameter("ids", STRING),
    Parameter("full_name", STRING),
    Parameter("sort", STRING),
)
_NEAR = (Parameter("lat", NUMBER), Parameter("lon", NUMBER))


def _read(path: str, summary: str, answer: str, *refusals: int, parameters: Sequence[Parameter] = ()) -> Operation:
    return Operation(
        "get", f"/v1/{path}", summary, ref(answer), parameters=parameters, refusals=refusals, path_schemas=_ID
    )


_OPERATIONS = [
    Operation(
        "post", "/v1/oauth/token", "Log in or renew", ref("Token"),
        body=TOKEN, body_types=(FORM,), is_open=True, refusals=(401, 422, 429),
    ),
    _write("post", "times/clockin", "Come", "Punch", PUNCH),
    _write("post", "times/clockout", "Go", "Punch", PUNCH),
    _read("accounts", "Whose token it is", "Account"),
    _read("employees", "List the employees", "Employees", 422, parameters=_SEARCH),
    _read("employees/attendance", "Heads of today", "Heads"),
    _write("post", "employees", "Hire an employee", "Employee", NEW_EMPLOYEE),
    _read("employees/{id}", "Show an employee", "OneEmployee", 404),
    _write("put", "employees/{id}", "Change an employee", "Employee", CHANGED_EMPLOYEE, 404),
    _write("post", "employees/{id}/dismiss", "End somebody's employment", "Done", DISMISSAL, 404),
    _read("employees/{id}/locations", "Where an employee may punch", "Places", 404, 422, parameters=_NEAR),
    _read("schedules", "List the schedules", "Schedules", 422, parameters=PAGE),
    _read("reports/inouts", "Comings and goings", "InOuts", 422, parameters=_REPORT),
    _read("reports/late-in", "Late arrivals", "PersonDays", 422, parameters=_REPORT),
    _read("reports/at-work", "Days at work", "PersonDays", 422, parameters=_REPORT),
    _read("reports/absence", "Absences", "Absences", 422, parameters=_REPORT),
    _read("reports/dismissed", "Days of those who left", "DismissedDays", 422, parameters=_REPORT),
    _read("reports/night", "Hours of the night", "NightSheets", 422, parameters=_NIGHTS),
    _read("reports/night-by-location", "Hours of the night by place", "NightSheetsByLocation", 422, parameters=_NIGHTS),
    _read("reports/t12", "Timesheet T-12", "T12Sheets", 422, parameters=_REPORT),
    Operation("get", "/v1/locations", "List the locations", ref("Locations"), parameters=PAGE, refusals=(422,)),
    _write("post", "locations", "Add a location", "Location", LOCATION_WRITE),
    Operation(
        "get", "/v1/locations/{id}", "Show a location", ref("Location"), refusals=(404,), path_schemas=_ID
    ),
    _write("put", "locations/{id}", "Change a location", "Location", LOCATION_WRITE, 404),
    Operation(
        "delete", "/v1/locations/{id}", "Delete a location", ref("Deleted"), refusals=(400, 404), path_schemas=_ID
    ),
]  # fmt: skip


def document() -> dict[str, Any]:
    """The document of the mount."""
    return openapi.document(_API, _OPERATIONS)
