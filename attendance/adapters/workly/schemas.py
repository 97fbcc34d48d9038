"""PURE. The shapes Workly's mount reads and answers, as OpenAPI schemas."""

from __future__ import annotations

from attendance.adapters.openapi import INTEGER, NUMBER, STRING, Schema, array, nullable, record, ref

MOMENT = {"type": "string", "example": "2017-09-12 15:22:19", "description": "In the account's zone."}
_DEGREES = nullable({"oneOf": [NUMBER, STRING]})
_META = record({"totalCount": INTEGER, "pageCount": INTEGER, "currentPage": INTEGER, "perPage": INTEGER})
_LOCATION = {
    "id": INTEGER,
    "title": STRING,
    "lat": nullable(STRING),
    "lon": nullable(STRING),
    "radius": INTEGER,
    "address": nullable(STRING),
    "count_employees": INTEGER,
    "count_devices": INTEGER,
}
_FAULT = record({"field": STRING, "code": INTEGER, "message": STRING})


def page_of(item: str) -> Schema:
    """A list page."""
    return record({"items": array(ref(item)), "_meta": _META})


PUNCH = record(
    {
        "location_id": INTEGER,
        "event_time": nullable(MOMENT),
        "latitude": _DEGREES,
        "longitude": _DEGREES,
        "ip": nullable(STRING),
        "employee_id": nullable(INTEGER),
    },
    required=["location_id"],
)
LOCATION_WRITE = record(
    {
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "latitude": _DEGREES,
        "longitude": _DEGREES,
        "radius": nullable(INTEGER),
        "address": nullable(STRING),
        "ipv4": nullable({"type": "string", "maxLength": 39}),
    },
    required=["title"],
)
_TOKEN_NAMES = ("client_id", "client_secret", "grant_type", "username", "password", "refresh_token")
TOKEN = record(dict.fromkeys(_TOKEN_NAMES, STRING), required=["client_id", "client_secret", "grant_type"])

SCHEMAS: dict[str, Schema] = {
    "Token": record(
        {
            "access_token": STRING, "expires_in": INTEGER, "token_type": {"type": "string", "enum": ["bearer"]},
            "scope": STRING, "refresh_token": STRING,
        }
    ),
    "Location": record(_LOCATION),
    "Locations": page_of("Location"),
    "Punch": record({"event_time": MOMENT, "location": ref("Location")}),
    "Deleted": record({"message": STRING}),
    "Error": record({"message": STRING, "code": INTEGER}, additionalProperties=False),
    "Faults": record({"message": STRING, "code": INTEGER, "errors": array(_FAULT)}, additionalProperties=False),
}  # fmt: skip
