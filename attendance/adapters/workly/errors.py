"""PURE. Every refusal of the Workly door: `{"message", "code"}`, and `errors` beside them when fields are at fault.

There is no 409 at this door: what collides is a validation fault of the field that collides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.adapters.answers import Answer, JsonObject
from attendance.adapters.workly.messages import STATUS, Code, field_message, message, own_message
from peoplesync.kernel.errors import Invalid, Kind, PeopleSyncError

_CODES = {
    401: Code.NOT_AUTHORISED,
    403: Code.DENIED,
    404: Code.NOT_FOUND,
    405: Code.INVALID_REQUEST,
    406: Code.INVALID_REQUEST,
    413: Code.INVALID_REQUEST,
    415: Code.INVALID_REQUEST,
    429: Code.TOO_MANY,
    500: Code.SERVICE,
    503: Code.SERVICE,
}


@dataclass(frozen=True)
class Fault:
    """One field at fault; `rule` or `sentence` only where a rule of our own needs its own words."""

    field: str
    code: Code
    sentence: str = ""
    rule: str = ""

    def as_json(self, language: str) -> JsonObject:
        words = own_message(self.rule, language) or self.sentence or field_message(self.field, self.code, language)
        return {"field": self.field, "code": int(self.code), "message": words}


class ValidationFailed(Invalid):
    """Fields at fault: 422, code 8001."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = {fault.field: [field_message(fault.field, fault.code, "en")] for fault in faults}
        super().__init__("Validation failed", code="validation", errors=shown)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, name: str, code: Code, sentence: str = "", *, rule: str = "") -> ValidationFailed:
        """One field at fault."""
        return cls([Fault(name, code, sentence, rule)])


class Refused(PeopleSyncError):
    """A stand-alone code of the vendor, with the status that belongs to it."""

    def __init__(self, code: Code) -> None:
        super().__init__(message(code, "en"), code=f"workly_{int(code)}")
        self.vendor_code = code


def answer_for(error: PeopleSyncError, *, language: str = "ru", about: str = "id") -> Answer:
    """Any refusal as the vendor would send it.

    `about` names the field at fault when an error of our own house names none: `event_time` for a punch.
    """
    if isinstance(error, ValidationFailed):
        return _validation(error.faults, language)
    if isinstance(error, Refused):
        return _alone(error.vendor_code, STATUS[error.vendor_code], language)
    if error.kind in (Kind.INVALID, Kind.CONFLICT):
        named = [(name, " ".join(sentences)) for name, sentences in error.errors.items()] or [(about, error.message)]
        return _validation([Fault(name, Code.INVALID, words) for name, words in named], language)
    return of_status(error.kind.status, language)


def of_status(status: int, language: str = "ru") -> Answer:
    """What is told with a status alone; that of 500 names nothing of the inside."""
    return _alone(_CODES[status], status, language)


def malformed_body() -> Refused:
    """The body is not JSON, or not an object: 400, code 4001."""
    return Refused(Code.INVALID_REQUEST)


def _validation(faults: Sequence[Fault], language: str) -> Answer:
    """Always an array, though one documented sample shows a single object."""
    shown = [fault.as_json(language) for fault in faults]
    return Answer(422, {"message": message(Code.VALIDATION, language), "code": int(Code.VALIDATION), "errors": shown})


def _alone(code: Code, status: int, language: str) -> Answer:
    return Answer(status, {"message": message(code, language), "code": int(code)})
