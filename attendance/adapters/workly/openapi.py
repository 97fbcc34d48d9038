"""PURE. What Workly's mount answers, as an OpenAPI document."""

from __future__ import annotations

from typing import Any

from attendance.adapters import openapi
from attendance.adapters.openapi import FORM, INTEGER, Operation, Parameter, ref
from attendance.adapters.workly.schemas import LOCATION_WRITE, PUNCH, SCHEMAS, TOKEN

_ERRORS = {
    400: ("Error", "The request cannot be read, or the act is not possible."),
    401: ("Error", "There is no token, or it is wrong or ran out; the code says which."),
    403: ("Error", "The key's role does not allow this."),
    404: ("Error", "There is no such row or address."),
    405: ("Error", "The address does not take this method."),
    406: ("Error", "The client takes no JSON."),
    413: ("Error", "The request is too large."),
    415: ("Error", "Send JSON; the token call takes a form."),
    422: ("Faults", "Fields are at fault."),
    429: ("Error", "Too many requests; see Retry-After."),
    500: ("Error", "A fault on the server."),
    503: ("Error", "The service is not available at the moment."),
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


_OPERATIONS = [
    Operation(
        "post", "/v1/oauth/token", "Log in or renew", ref("Token"),
        body=TOKEN, body_types=(FORM,), is_open=True, refusals=(401, 422, 429),
    ),
    _write("post", "times/clockin", "Come", "Punch", PUNCH),
    _write("post", "times/clockout", "Go", "Punch", PUNCH),
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
