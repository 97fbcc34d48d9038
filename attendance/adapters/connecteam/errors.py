"""PURE. What a refusal at the Connecteam door looks like: statuses and the vendor's three envelopes.

`{"detail": "text"}` for clocking refusals, `{"detail": [..]}` with 422 for input of the wrong type, and the traced
`{"error", "path", "request_id"}` for a missing key, deletions and day locks. The error side spells `request_id`,
the success side `requestId`. The words themselves are in `refusals.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from attendance.adapters.answers import Answer, JsonObject
from peoplesync.kernel.errors import Invalid, Kind, PeopleSyncError

Loc = tuple[str | int, ...]

_DETAILS = {
    404: "Not Found",
    405: "Method Not Allowed",
    415: "Unsupported Media Type: send application/json, or a form for a token",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class Envelope(Enum):
    """Which shape a route's plain refusals take."""

    DETAIL = "detail"
    TRACED = "traced"


@dataclass(frozen=True)
class Problem:
    """One input fault, as the vendor's validator names it."""

    loc: Loc
    message: str
    kind: str

    @property
    def place(self) -> str:
        """The dotted place, as the traced envelope keys it."""
        return ".".join(str(part) for part in self.loc)

    def as_json(self) -> JsonObject:
        return {"loc": list(self.loc), "msg": self.message, "type": self.kind}


class Unprocessable(Invalid):
    """Input of the wrong type or out of bounds: 422 with the `detail` array."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            "Validation failed", code="unprocessable", errors={found.place: [found.message] for found in problems}
        )
        self.problems = tuple(problems)


class Refused(PeopleSyncError):
    """A refusal already in the vendor's words, with the vendor's status and, where fixed, the envelope."""

    def __init__(self, words: str, *, code: str, status: int = 400, envelope: Envelope | None = None) -> None:
        super().__init__(words, code=code)
        self.status = status
        self.envelope = envelope


class BodyRefused(Refused):
    """A day-lock body that breaks a rule: 400, unlike every other route's 422."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("Request body is invalid", code="body_invalid", envelope=Envelope.TRACED)
        self.problems = tuple(problems)


def answer_for(
    error: PeopleSyncError, *, path: str, request_id: str, envelope: Envelope = Envelope.DETAIL, words: str = ""
) -> Answer:
    """Any refusal as the vendor would send it; `words` replaces the message of an error of our own house."""
    if isinstance(error, Unprocessable):
        return Answer(422, {"detail": [found.as_json() for found in error.problems]})
    if isinstance(error, BodyRefused):
        return Answer(400, _body_refused(error, path, request_id))
    if isinstance(error, Refused):
        return _plain(error.message, error.status, error.envelope or envelope, path, request_id)
    shape = Envelope.TRACED if error.kind is Kind.UNAUTHENTICATED else envelope
    return _plain(words or error.message, _status(error.kind, shape), shape, path, request_id)


def of_status(status: int) -> Answer:
    """A status that no service raised. That of 500 names nothing of the inside."""
    return Answer(status, {"detail": _DETAILS[status]})


def rate_headers(*, minute: tuple[int, int, int], day: tuple[int, int, int]) -> dict[str, str]:
    """The six rate headers; each triple is limit, remaining, and the reset as Unix seconds. There is no Retry-After."""
    parts = ("limit", "remaining", "reset")
    named = [("minute", minute), ("day", day)]
    return {
        f"x-ratelimit-{span}-{part}": str(n) for span, values in named for part, n in zip(parts, values, strict=True)
    }


def _plain(words: str, status: int, envelope: Envelope, path: str, request_id: str) -> Answer:
    if envelope is Envelope.DETAIL:
        return Answer(status, {"detail": words})
    traced: JsonObject = {"error": words, "path": path, "request_id": request_id}
    # Seen live: a missing key answers with an explicit null beside the three keys.
    return Answer(status, {"details": None, **traced} if status == 401 else traced)


def _body_refused(error: BodyRefused, path: str, request_id: str) -> JsonObject:
    return {
        "details": {"error_message": "Request body is invalid", "error_code": 1002},
        "error": {found.place: {"message": found.message, "type": found.kind} for found in error.problems},
        "path": path,
        "request_id": request_id,
    }


def _status(kind: Kind, envelope: Envelope) -> int:
    """The clocking calls document 400 for every collision; only the traced routes know 409."""
    if kind is Kind.CONFLICT and envelope is Envelope.DETAIL:
        return 400
    return kind.status
