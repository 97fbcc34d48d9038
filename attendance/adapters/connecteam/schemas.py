"""PURE. The shapes Connecteam's mount reads and answers, as OpenAPI schemas."""

from __future__ import annotations

from attendance.adapters.openapi import BOOLEAN, INTEGER, NUMBER, STRING, Schema, array, nullable, record, ref

SECONDS = {"type": "integer", "description": "Unix seconds."}
HEX = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
_PLACE = {"address": nullable(STRING), "latitude": nullable(NUMBER), "longitude": nullable(NUMBER)}
_POINT = {
    "timestamp": SECONDS,
    "timezone": STRING,
    "locationData": record({"address": STRING, "latitude": NUMBER, "longitude": NUMBER}, required=[]),
    "geofenceId": STRING,
    "source": record({"type": STRING, "id": STRING, "name": STRING, "mode": STRING}, required=["type"]),
}
_SHIFT = {
    "id": HEX,
    "userId": INTEGER,
    "start": ref("Point"),
    "end": ref("Point"),
    "jobId": nullable(STRING),
    "schedulerShiftId": nullable(STRING),
    "managerNote": STRING,
    "employeeNote": STRING,
    "createdAt": SECONDS,
    "modifiedAt": SECONDS,
}
_OPEN_SHIFT = [name for name in _SHIFT if name not in {"end", "managerNote", "employeeNote"}]
_PUNCH = {
    "userId": INTEGER,
    "timezone": nullable(STRING),
    "timestamp": nullable({"type": "integer", "minimum": 1, "description": "Unix seconds, at most 12 hours ago."}),
    "locationData": nullable(record(_PLACE, required=[])),
}
_PROBLEM = record({"loc": array({"oneOf": [STRING, INTEGER]}), "msg": STRING, "type": STRING})
_TRACE = {"path": STRING, "request_id": STRING}


def success(data: Schema) -> Schema:
    """What every answer but the token's is wrapped in."""
    return record({"requestId": {"type": "string", "format": "uuid"}, "data": data})


def punch(**more: Schema) -> Schema:
    """A clocking body; only the person is required."""
    return record({**_PUNCH, **more}, required=["userId"])


SCHEMAS: dict[str, Schema] = {
    "Point": record(_POINT, required=["timestamp", "timezone"]),
    "Shift": record(_SHIFT, required=_OPEN_SHIFT),
    "ShiftAnswer": success(record({"shift": ref("Shift")})),
    "Clocks": success(
        record({"timeClocks": array(record({"id": INTEGER, "name": STRING, "isArchived": BOOLEAN}))})
    ),
    "Me": success(record({"companyName": STRING, "companyId": STRING})),
    "Token": record(
        {"access_token": STRING, "token_type": {"type": "string", "enum": ["bearer"]}, "expires_in": INTEGER,
         "scope": STRING}
    ),
    "Breaks": success(
        record(
            {
                "manualBreaks": array(record({"id": STRING, "name": STRING, "isPaid": BOOLEAN, "duration": INTEGER})),
                "areManualBreaksEnabled": BOOLEAN,
            }
        )
    ),
    "BreakBegun": success(
        record(
            {"id": HEX, "start": ref("Point"), "isSwitchFromShift": BOOLEAN, "closedShift": ref("Shift")},
            required=["id", "start", "isSwitchFromShift"],
        )
    ),
    "BreakEnded": success(
        record(
            {"id": HEX, "end": ref("Point"), "isResumeShift": BOOLEAN, "resumedShift": ref("Shift")},
            required=["id", "end", "isResumeShift"],
        )
    ),
    "Detail": record({"detail": STRING}, additionalProperties=False),
    "Problems": record({"detail": array(_PROBLEM)}, additionalProperties=False),
    "Traced": record({"error": STRING, **_TRACE, "details": {"nullable": True}}, required=["error", *_TRACE]),
    "Unauthorised": {"oneOf": [ref("Traced"), ref("Detail")]},
}  # fmt: skip
