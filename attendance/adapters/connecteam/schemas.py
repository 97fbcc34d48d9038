"""PURE. The shapes Connecteam's mount reads and answers, as OpenAPI schemas."""

from __future__ import annotations

from attendance.adapters.openapi import BOOLEAN, DAY, INTEGER, NUMBER, STRING, Schema, array, nullable, record, ref

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


_ACTIVITY = {
    "id": HEX,
    "start": ref("Point"),
    "end": ref("Point"),
    "managerNote": STRING,
    "employeeNote": STRING,
    "createdAt": SECONDS,
    "modifiedAt": SECONDS,
}
_ALWAYS = ["id", "start", "createdAt", "modifiedAt"]
_NAMES_OF_A_SHIFT = {
    "jobId": nullable(STRING),
    "subJobId": nullable(STRING),
    "employeeNote": nullable(STRING),
    "managerNote": nullable(STRING),
}
_MOMENT = record({"timestamp": {"type": "integer", "minimum": 1}, "timezone": {"type": "string", "minLength": 1}})
_NEW_SHIFT = record({"start": _MOMENT, "end": nullable(_MOMENT), **_NAMES_OF_A_SHIFT}, required=["start"])
_NEW_BREAK = record({"id": STRING, "start": _MOMENT, "end": nullable(_MOMENT)}, required=["id", "start"])
_SAVED = {"id": STRING, "start": nullable(_MOMENT), "end": nullable(_MOMENT)}
_CHANGED_SHIFT = record({**_SAVED, **_NAMES_OF_A_SHIFT}, required=["id"])
_CHANGED_BREAK = record({**_SAVED, "manualBreakId": nullable(STRING)}, required=["id"])
_DAY_SHEET = {
    "date": DAY,
    **dict.fromkeys(
        ("dailyTotalHours", "dailyTotalWorkHours", "dailyTotalPaidBreakHours", "dailyTotalUnpaidBreakHours"), NUMBER
    ),
    **dict.fromkeys(("isApproved", "isSubmitted", "isLocked"), BOOLEAN),
    "payItems": array({"type": "object"}),
    "records": array({"type": "object"}),
    "dailyScheduledDetails": {"type": "object"},
}
_FENCE = {
    "name": {"type": "string", "minLength": 1},
    "isEnabled": BOOLEAN,
    "fenceSize": {"type": "integer", "minimum": 75, "maximum": 1524, "description": "Metres."},
    "jobIds": array(STRING),
    "onGeofenceExitAction": {"type": "string", "enum": ["noAction", "sendNotification", "autoClockOut"]},
    "location": record(dict.fromkeys(("address", "latitude", "longitude"), STRING)),
}
_JOB = {
    "jobId": STRING,
    **dict.fromkeys(("title", "code", "color", "description"), STRING),
    "isDeleted": BOOLEAN,
    "instanceIds": array(INTEGER),
    "parentId": nullable(STRING),
    "subJobs": nullable(array({"type": "object"})),
}


def _written(shift: Schema, pause: Schema, *, needs_shifts: bool) -> Schema:
    """The body that creates or changes activities."""
    user = record(
        {
            "userId": {"type": "integer", "minimum": 1},
            "shifts": array(shift, maxItems=50),
            "manualbreaks": array(pause, maxItems=50),
        },
        required=["userId", *(["shifts"] if needs_shifts else [])],
    )
    members = {"timeActivities": array(user, maxItems=100), "isSplitShiftOnManualBreak": BOOLEAN}
    return record(members, required=["timeActivities"])


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
    "NewActivities": _written(_NEW_SHIFT, _NEW_BREAK, needs_shifts=False),
    "ChangedActivities": _written(_CHANGED_SHIFT, _CHANGED_BREAK, needs_shifts=True),
    "ShiftActivity": record(
        {
            **_ACTIVITY, "jobId": nullable(STRING), "subJobId": STRING, "schedulerShiftId": nullable(STRING),
            "isAutoClockOut": BOOLEAN,
        },
        required=[*_ALWAYS, "jobId", "schedulerShiftId", "isAutoClockOut"],
    ),
    "BreakActivity": record(
        {**_ACTIVITY, "manualBreakId": STRING, "isAutoClockOut": BOOLEAN},
        required=[*_ALWAYS, "manualBreakId", "isAutoClockOut"],
    ),
    "TimeOffActivity": record(
        {
            **_ACTIVITY, "policyTypeId": STRING, "isAllDay": BOOLEAN,
            "duration": record({"value": NUMBER, "units": {"type": "string", "enum": ["hours", "days"]}}),
        },
        required=[*_ALWAYS, "policyTypeId", "duration", "isAllDay"],
    ),
    "UserActivities": record(
        {
            "userId": INTEGER, "shifts": array(ref("ShiftActivity")), "manualBreaks": array(ref("BreakActivity")),
            "timeOffs": array(ref("TimeOffActivity")),
        }
    ),
    "Activities": success(record({"timeActivitiesByUsers": array(ref("UserActivities"))})),
    "Deleted": success(record({}, additionalProperties=False)),
    "Timesheet": success(
        record(
            {
                "startDate": DAY, "endDate": DAY,
                "users": array(
                    record(
                        {
                            "userId": INTEGER,
                            "dailyRecords": array(
                                record(
                                    _DAY_SHEET, required=[name for name in _DAY_SHEET if name != "dailyScheduledDetails"]
                                )
                            ),
                        }
                    )
                ),
            }
        )
    ),
    "LockDays": record({"dates": array(DAY, minItems=1, maxItems=50), "isLocked": BOOLEAN}, required=["dates"]),
    "LockedDays": success(record({"userId": INTEGER, "isLocked": BOOLEAN, "dates": array(DAY)})),
    "NewGeofences": record({"geofences": array(record(_FENCE, required=["name", "location"]), maxItems=1000)}),
    "Geofences": success(record({"geofences": array(record({"id": HEX, **_FENCE}))})),
    "MadeGeofences": success(record({"geofences": array(record({"fenceId": HEX, "name": STRING}))})),
    "Jobs": record(
        {
            "requestId": STRING, "data": record({"jobs": array(record(_JOB))}),
            "paging": record({"offset": INTEGER, "total": INTEGER}),
        }
    ),
    "TracedBody": record(
        {"details": {"type": "object"}, "error": {"oneOf": [STRING, {"type": "object"}]}, **_TRACE},
        required=["error", *_TRACE],
    ),
    "Detail": record({"detail": STRING}, additionalProperties=False),
    "Problems": record({"detail": array(_PROBLEM)}, additionalProperties=False),
    "Traced": record({"error": STRING, **_TRACE, "details": {"nullable": True}}, required=["error", *_TRACE]),
    "LocksRefused": {"oneOf": [ref("Traced"), ref("Detail")]},
    "Unauthorised": {"oneOf": [ref("Traced"), ref("Detail")]},
}  # fmt: skip
