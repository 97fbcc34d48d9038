"""PURE. The shapes Workly's mount reads and answers, as OpenAPI schemas."""

from __future__ import annotations

from attendance.adapters.openapi import BOOLEAN, DAY, INTEGER, NUMBER, STRING, Schema, array, nullable, record, ref
from attendance.adapters.workly import schemas_sheets as sheets
from attendance.adapters.workly.schemas_sheets import CLOCK, PHOTOS, page_of

MOMENT = {"type": "string", "example": "2017-09-12 15:22:19", "description": "In the account's zone."}
_DEGREES = nullable({"oneOf": [NUMBER, STRING]})
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


_NAMED = record({"id": INTEGER, "title": STRING})
_SCHEDULE = record({"id": INTEGER, "title": STRING, "type": {"type": "integer", "enum": [1, 2, 3, 4]}})
_SCHEDULED = record(
    {
        "report_date": DAY,
        "is_work_day": BOOLEAN,
        "production_time": CLOCK,
        "start_time": nullable(MOMENT),
        "end_time": nullable(MOMENT),
        "schedule_id": nullable(INTEGER),
        "timeoff_id": nullable(INTEGER),
    }
)
_ACTUAL = record(
    {
        **dict.fromkeys(
            ("first_in", "last_out", "late_in", "early_in", "early_out", "late_out", "authorized_time", "work_time"),
            CLOCK,
        ),
        "last_event": nullable({"type": "string", "enum": ["in", "out"]}),
    }
)
_EMPLOYEE = {
    "id": INTEGER,
    **dict.fromkeys(("last_name", "first_name", "patronymic", "full_name"), STRING),
    **dict.fromkeys(("home_address", "home_phone", "work_phone", "mobile_phone"), STRING),
    **dict.fromkeys(("gender", "pin_code", "tab_number", "notes", "qrcode"), nullable(STRING)),
    "photos": PHOTOS,
    "start_date": DAY,
    "schedule_start_date": nullable(DAY),
    "birth_date": nullable(DAY),
    "user": nullable(record({"id": INTEGER, "email": STRING})),
    "department": nullable(_NAMED),
    "positions": array(_NAMED),
    "schedule": nullable(_SCHEDULE),
    "locations": array(_NAMED),
}
_ACCOUNT = {
    **dict.fromkeys(("id", "company_id"), INTEGER),
    **dict.fromkeys(("user_name", "company_name"), STRING),
    "role": record({"id": INTEGER, "name": STRING}),
    "employee": nullable(ref("Employee")),
    "scheduled": _SCHEDULED,
    "actual": _ACTUAL,
    "settings": {"type": "object"},
}
_PERSON = record(
    {
        "id": INTEGER,
        **dict.fromkeys(("full_name", "first_name", "last_name"), STRING),
        **dict.fromkeys(("department_id", "position_id"), nullable(INTEGER)),
        **dict.fromkeys(("department_title", "position_title"), nullable(STRING)),
        "photos": PHOTOS,
    }
)
_INOUT = {
    "employee_id": INTEGER,
    **dict.fromkeys(("pin_code", "position_id", "department_id", "location_id"), nullable(INTEGER)),
    **dict.fromkeys(("last_name", "first_name", "patronymic", "full_name", "event_time"), STRING),
    **dict.fromkeys(
        ("tab_number", "department_title", "position_title", "location_title", "serial_number"), nullable(STRING)
    ),
    "event_date": DAY,
    "event_full_date": MOMENT,
    "event_code": {"type": "integer", "enum": [0, 1]},
    "event_name": {"type": "string", "enum": ["in", "out"]},
    "mode": {"type": "string", "enum": ["auto", "manual"]},
}
_SUMS = (
    "sum_paid_time", "sum_not_paid_time", "sum_paid_over_time", "sum_not_paid_over_time", "paid_time", "not_paid_time",
    "paid_over_time", "not_paid_over_time", "not_authorized_time", "auth_lunch_time",
)  # fmt: skip
_HEADS = ("count_employees", "count_absence", "count_inout", "count_late_in", "count_time_off")

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
_NAME = {"type": "string", "minLength": 3, "maxLength": 70}
_PHONE = nullable({"type": "string", "maxLength": 200})
_EMPLOYEE_WRITE = {
    "first_name": _NAME,
    "last_name": nullable(_NAME),
    "patronymic": nullable(_NAME),
    "birth_date": nullable(DAY),
    "gender": nullable({"type": "string", "enum": ["male", "female"]}),
    "department_id": nullable(INTEGER),
    "positions": nullable(array(INTEGER)),
    "locations": nullable(
        {"oneOf": [array({"oneOf": [INTEGER, STRING]}), STRING], "description": "`*` is all of them."}
    ),
    "schedule_id": nullable(INTEGER),
    "start_date": nullable(DAY),
    "schedule_start_date": nullable(DAY),
    "username": nullable({"type": "string", "format": "email", "minLength": 2, "maxLength": 255}),
    **dict.fromkeys(("mobile_phone", "work_phone", "home_phone"), _PHONE),
    "home_address": nullable({"type": "string", "maxLength": 255}),
    "notes": nullable(STRING),
    "tab_number": nullable({"type": "string", "maxLength": 255}),
}
NEW_EMPLOYEE = record(
    _EMPLOYEE_WRITE,
    required=["first_name", "department_id", "locations", "schedule_id", "start_date", "schedule_start_date"],
)
CHANGED_EMPLOYEE = record({**_EMPLOYEE_WRITE, "last_name": _NAME}, required=["first_name", "last_name"])
DISMISSAL = record({"exp_date": DAY})
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
    "Employee": record(_EMPLOYEE),
    "Employees": page_of("Employee"),
    "Done": record({"success": BOOLEAN}),
    "OneEmployee": record({"success": BOOLEAN, "data": ref("Employee")}),
    "Places": record({"items": array(ref("Location"))}),
    "Heads": record(dict.fromkeys(_HEADS, INTEGER)),
    "Account": record(_ACCOUNT),
    "Schedule": _SCHEDULE,
    "Schedules": page_of("Schedule"),
    "InOut": record(_INOUT),
    "InOuts": page_of("InOut"),
    "PersonDay": record(
        {
            "employee": _PERSON, "scheduled": _SCHEDULED, "actual": _ACTUAL, "status": BOOLEAN,
            **dict.fromkeys(_SUMS, CLOCK),
        }
    ),
    "PersonDays": page_of("PersonDay"),
    "Absence": record({"employee": _PERSON, "scheduled": _SCHEDULED}),
    "Absences": page_of("Absence"),
    **sheets.SCHEMAS,
    "Deleted": record({"message": STRING}),
    "Error": record({"message": STRING, "code": INTEGER}, additionalProperties=False),
    "Faults": record({"message": STRING, "code": INTEGER, "errors": array(_FAULT)}, additionalProperties=False),
}  # fmt: skip
