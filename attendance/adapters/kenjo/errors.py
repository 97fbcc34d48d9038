"""PURE. Kenjo's error envelope, `{"code": 400, "message": "..."}` with a numeric code, and refusals in its words.

Kenjo documents 400 and 401 only. So an unknown entry, an unknown employee and a clash with recorded time are all 400;
other statuses appear only where HTTP itself speaks (unknown path, wrong method, too many requests) or where a 401 would
mislead: a client that gets 401 logs in again and again, so a key with too narrow a scope answers 403.
"""

from __future__ import annotations

from dataclasses import dataclass

from peoplesync.kernel.errors import Invalid, Kind, PeopleSyncError

_SENTENCES = {
    400: "The request could not be read. Send a JSON object with the documented fields.",
    401: "The token is missing, not valid or expired. Log in at /api/v1/auth/login for a new one.",
    403: "This API key may not do that. Ask an administrator for a key with a wider scope.",
    404: "There is nothing at this address. Check the path.",
    405: "This address does not take that method.",
    413: "The request is too large. Send less at once.",
    415: "The body has a type that is not read here. Send application/json.",
    429: "Too many requests. Wait as long as the Retry-After header says and try again.",
    500: "Something went wrong on the server. The request may be sent again.",
    503: "The service is not available at the moment. Try again shortly.",
}
_AS_BAD_REQUEST = frozenset({Kind.CONFLICT, Kind.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What goes out: an HTTP status and a JSON body that repeats it as a number."""

    status: int
    body: dict[str, object]


def refusal(error: PeopleSyncError) -> Refusal:
    """The envelope of a refusal raised by this adapter or by a service.

    Sentences about fields replace the general one, because Kenjo's envelope holds a single text.
    """
    status = 400 if error.kind in _AS_BAD_REQUEST else error.kind.status
    about_fields = [f"{field}: {sentence}" for field, sentences in error.errors.items() for sentence in sentences]
    return Refusal(status, {"code": status, "message": " ".join(about_fields) or error.message})


def refusal_of(status: int) -> Refusal:
    """The envelope of a status that no service raised: unknown path, wrong method, malformed JSON, a crash."""
    return Refusal(
        status, {"code": status, "message": _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])}
    )


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
