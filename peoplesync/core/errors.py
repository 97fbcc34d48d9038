"""What an exception means to whoever asked, by whichever door: one of our errors, or a bug.

Apps say what their constraints mean once Django is ready; nothing here knows HTTP.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404

from peoplesync.kernel.errors import Forbidden, Invalid, NotFound, PeopleSyncError, TooLarge, Unavailable

#: Constraint name -> the same error the polite check before it would have raised. Apps add theirs in `ready`.
_constraints: dict[str, PeopleSyncError] = {}


def translate_constraint(name: str, error: PeopleSyncError) -> None:
    """Say what a violated constraint means to a person."""
    _constraints[name] = error


def of_constraint(name: str) -> PeopleSyncError | None:
    """What a constraint of this name means, if an app has said so."""
    return _constraints.get(name)


def from_database(error: DatabaseError) -> PeopleSyncError | None:
    """What a database refusal means: a named constraint, a bounded wait that ran out, or nothing we know."""
    cause = error.__cause__
    if isinstance(error, IntegrityError):
        name = getattr(getattr(cause, "diag", None), "constraint_name", None)
        return _constraints.get(name or "")
    state = getattr(cause, "sqlstate", None) or ""
    if isinstance(error, OperationalError | InterfaceError) or state in {"57014", "55P03", "40P01", "40001"}:
        return Unavailable(
            "The database is busy or out of reach. Nothing was changed; try again in a moment.",
            code="database_unavailable",
        )
    return None


def translated(error: Exception) -> PeopleSyncError | None:
    """Any exception that has a meaning for the caller, as ours; None for a bug."""
    if isinstance(error, PeopleSyncError):
        return error
    if isinstance(error, Http404):
        return NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
    if isinstance(error, PermissionDenied):
        return Forbidden("You may not do this.", code="forbidden")
    if isinstance(error, RequestDataTooBig):
        return TooLarge("The body is too large. Send less at once.", code="too_large")
    if isinstance(error, SuspiciousOperation):
        return Invalid("The request is malformed.", code="malformed")
    if isinstance(error, ModelValidationError):
        return Invalid("Validation failed", code="invalid", errors=_model_errors(error))
    if isinstance(error, DatabaseError | InterfaceError):
        return from_database(error)
    return None


def _model_errors(error: ModelValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {
            ("body" if field == "__all__" else field): list(map(str, found))
            for field, found in error.message_dict.items()
        }
    return {"body": list(map(str, error.messages))}
