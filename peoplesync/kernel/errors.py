"""PURE. The one error language inside the house: a kind, a stable code, a sentence, details.

Services and pure rules raise these; each door translates them to its own envelope
(`peoplesync/core/api/errors.py` for ours, `errors.py` in each adapter's folder for a vendor's).
HTTP does not belong here beyond the number a kind maps to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum


class Kind(Enum):
    """What went wrong, as the HTTP status it becomes (contract, section 1)."""

    INVALID = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    METHOD_NOT_ALLOWED = 405
    CONFLICT = 409
    TOO_LARGE = 413
    UNSUPPORTED = 415
    THROTTLED = 429
    UNAVAILABLE = 503

    @property
    def status(self) -> int:
        return self.value


class PeopleSyncError(Exception):
    """A refusal that a person can act on.

    `message` says what happened and what to do next; `code` is stable and machine-readable;
    `errors` maps a field (or header) name to its sentences, as the contract's envelope shows them.
    """

    kind = Kind.INVALID

    def __init__(
        self, message: str, *, code: str, errors: Mapping[str, Sequence[str]] | None = None, location: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.errors = {field: list(sentences) for field, sentences in (errors or {}).items()}
        #: A URL the client should look at instead (only the Idempotency-Key conflict uses it).
        self.location = location


class Invalid(PeopleSyncError):
    """The input breaks a rule: 400."""

    kind = Kind.INVALID

    @classmethod
    def field(cls, name: str, sentence: str, *, code: str = "invalid") -> Invalid:
        """A refusal of one named field."""
        return cls("Validation failed", code=code, errors={name: [sentence]})


class Unauthenticated(PeopleSyncError):
    kind = Kind.UNAUTHENTICATED


class Forbidden(PeopleSyncError):
    """The caller may see the object but not do this to it: 403."""

    kind = Kind.FORBIDDEN


class NotFound(PeopleSyncError):
    """The object does not exist for this caller: 404, whether missing or invisible."""

    kind = Kind.NOT_FOUND


class WrongMethod(PeopleSyncError):
    """The address exists but does not take this verb: 405."""

    kind = Kind.METHOD_NOT_ALLOWED


class Conflict(PeopleSyncError):
    """The act collides with the present state: 409."""

    kind = Kind.CONFLICT


class TooLarge(PeopleSyncError):
    kind = Kind.TOO_LARGE


class TooMany(PeopleSyncError):
    """More than one person may ask for at once: 429. After `wait_seconds` the same request may be taken."""

    kind = Kind.THROTTLED

    def __init__(self, message: str, *, code: str, wait_seconds: float) -> None:
        super().__init__(message, code=code)
        self.wait_seconds = wait_seconds


class Unavailable(PeopleSyncError):
    """Something the act needs (broker, storage) does not answer: 503, try again."""

    kind = Kind.UNAVAILABLE
