"""PURE. Kenjo's error envelope, `{"code": 400, "message": "..."}` with a numeric code, and refusals in its words.

Kenjo documents 400 and 401 only. So an unknown entry, an unknown employee and a clash with recorded time are all 400;
other statuses appear only where HTTP itself speaks (unknown path, wrong method, too many requests) or where a 401 would
mislead: a client that gets 401 logs in again and again, so a key with too narrow a scope answers 403.
"""

from __future__ import annotations

from attendance.adapters.answers import JsonObject, OneText
from peoplesync.kernel.errors import Invalid, Kind

_SENTENCES = {
    400: "The request could not be read. Send a JSON object with the documented fields.",
    401: "The token is missing, not valid or expired. Log in at /api/v1/auth/login for a new one.",
    403: "This API key may not do that. Ask an administrator for a key with a wider scope.",
    404: "There is nothing at this address. Check the path.",
    405: "This address does not take that method. The Allow header names those it takes.",
    415: "The body has a type that is not read here. Send application/json.",
}


def _body(status: int, text: str) -> JsonObject:
    return {"code": status, "message": text}


ENVELOPE = OneText(_body, _SENTENCES, frozenset({Kind.CONFLICT, Kind.NOT_FOUND}))


def not_valid(param: str, hint: str = "") -> Invalid:
    """Kenjo's own sentence about a parameter, followed by ours on what to send instead."""
    return Invalid(f"The param '{param}' is not valid. {hint}".rstrip(), code="invalid")


def required(param: str) -> Invalid:
    return Invalid(f"The param '{param}' is required.", code="required")


def unknown_entry() -> Invalid:
    """A well-formed attendanceId that names nothing the key may see."""
    return Invalid("The attendance was not found. Take the id from GET /api/v1/attendances.", code="unknown_entry")


def unknown_employee() -> Invalid:
    """An identifier that names nobody the key may see."""
    return Invalid("The employee was not found. Check userId, email or externalId.", code="unknown_employee")


def identifiers_disagree() -> Invalid:
    """Several identifiers in one request that name different people."""
    return Invalid(
        "userId, email and externalId do not name the same employee. Send one of them.", code="identifiers_disagree"
    )


def not_tracked() -> Invalid:
    """An employee whose attendance is switched off."""
    return Invalid(
        "Attendance tracking is not active for this employee. Ask an administrator to switch it on.", code="not_tracked"
    )


def overlapping() -> Invalid:
    """A start or an end inside another entry of the same employee."""
    return Invalid(
        "The attendance overlaps another entry of this employee. Change that entry or send other times.",
        code="overlapping",
    )
