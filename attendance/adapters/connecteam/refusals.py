"""PURE. Every refusal of the Connecteam door in the vendor's words, with the vendor's status.

The texts on timestamps, breaks and credentials are ours where the vendor publishes none; clients match the others to
the letter. Which rule was broken is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attendance.adapters.connecteam.errors import Envelope, Problem, Refused, Unprocessable


def malformed_json(message: str, position: int) -> Unprocessable:
    """The body is not JSON; `position` is the offset of the first bad character."""
    return Unprocessable([Problem(("body", position), message, "value_error.jsondecode")])


# Clocking: {"detail": text}, 400. The first four texts are the vendor's, to the letter.


def not_assigned(user_id: int, clock_id: int) -> Refused:
    """Also the answer for a user who does not exist, so that the door does not tell who does."""
    return Refused(f"User {user_id} is not assigned to time clock {clock_id}", code="not_assigned")


def already_in() -> Refused:
    return Refused("User already has an open shift", code="already_in")


def runs_into_recorded() -> Refused:
    """Nothing is open, but what is recorded later stands in the way of a shift without an end."""
    return Refused(
        "Timestamp is not after every recorded shift and break; use the time activities endpoint for a closed shift instead",
        code="runs_into_recorded",
    )


def not_in() -> Refused:
    return Refused("User does not have an open shift", code="not_in")


def job_required() -> Refused:
    return Refused("Job ID is required based on time clock settings", code="job_required")


def job_unknown(job_id: str, clock_id: int) -> Refused:
    return Refused(f"Job {job_id} is not assigned to time clock {clock_id}", code="job_unknown")


def zone_unknown(name: str) -> Refused:
    return Refused(f"Timezone {name!r} is not a valid tz database name", code="zone_unknown")


def in_future() -> Refused:
    return Refused("Timestamp cannot be in the future; send Unix seconds, not milliseconds", code="in_future")


def too_old() -> Refused:
    return Refused(
        "Timestamp cannot be more than 12 hours in the past; use the time activities endpoint instead", code="too_old"
    )


def not_after_start() -> Refused:
    return Refused("Timestamp must be after the start of the open shift or break", code="not_after_start")


def day_locked(day: date) -> Refused:
    return Refused(f"Day {day.isoformat()} is locked or approved. Unlock it before retrying", code="day_locked")


def already_on_break() -> Refused:
    return Refused("User already has an open manual break", code="already_on_break")


def not_on_break() -> Refused:
    return Refused("User does not have an open manual break", code="not_on_break")


def break_unknown(break_id: str) -> Refused:
    return Refused(f"Manual break {break_id} does not exist under this time clock", code="break_unknown")


def break_too_short(minutes: int) -> Refused:
    return Refused(f"This break is mandatory and lasts at least {minutes} minutes", code="break_too_short")


# Clocks, activities and day locks.


def clock_unknown() -> Refused:
    return Refused("time clock id doesn't exist", code="clock_unknown")


def activity_id_invalid(activity_id: str) -> Refused:
    return Refused(f"INVALID_ID: '{activity_id}' is not a valid time activity identifier", code="activity_id_invalid")


def activity_unknown(activity_id: str) -> Refused:
    words = f"no active shift or manual break matches '{activity_id}' under this time clock"
    return Refused(f"TIME_ACTIVITY_NOT_FOUND: {words}", code="activity_unknown", status=404)


def overlapping() -> Refused:
    return Refused("Time activity overlaps with another one of this user", code="overlapping")


def sub_job_required(job_id: str) -> Refused:
    return Refused(f"Job {job_id} has sub-jobs; send the subJobId of one of them", code="sub_job_required")


def end_required() -> Refused:
    return Refused("A manual break needs its start and its end", code="end_required")


def activity_locked(user_id: int, days: Sequence[date]) -> Refused:
    words = f"time activity for user {user_id} falls on locked or approved days {_day_list(days)}"
    return Refused(f"HAS_LOCKED_DAYS: {words}. Unlock or reject the approval before retrying", code="activity_locked")


def lock_days_disabled(clock_id: int) -> Refused:
    words = (
        f"LOCK_DAYS_DISABLED: lock days settings are disabled for time clock {clock_id}. "
        "Enable Timesheet Approval (Lock Days) in the Time Clock settings before calling this endpoint."
    )
    return Refused(words, code="lock_days_disabled", status=403)


def user_unknown(user_id: int) -> Refused:
    return Refused(f"User with ID {user_id} not found", code="user_unknown", status=404)


def days_in_approved_period(user_id: int, clock_id: int, days: Sequence[date]) -> Refused:
    words = (
        f"DAYS_IN_APPROVED_PERIOD: cannot unlock days in an approved payroll period for user {user_id} "
        f"on time clock {clock_id}: {_day_list(days)}. Reopen the approved period from the dashboard and retry."
    )
    return Refused(words, code="days_in_approved_period", status=409)


# Credentials.


def no_credential() -> Refused:
    return Refused("No authentication provided", code="no_credential", status=401, envelope=Envelope.TRACED)


def wrong_key() -> Refused:
    """403, not 401: a client tells a missing key from a bad one by the status."""
    return Refused("Invalid API key", code="wrong_key", status=403, envelope=Envelope.DETAIL)


def wrong_token() -> Refused:
    words = "Invalid or expired access token; ask for a new one at /oauth/v1/token"
    return Refused(words, code="wrong_token", status=401, envelope=Envelope.DETAIL)


def out_of_scope(scope: str) -> Refused:
    words = f"This credential does not hold the scope {scope}"
    return Refused(words, code="out_of_scope", status=403, envelope=Envelope.DETAIL)


def grant_unsupported() -> Refused:
    return Refused("Invalid grant type: use client_credentials", code="grant_unsupported", envelope=Envelope.DETAIL)


def wrong_client() -> Refused:
    return Refused("Invalid client credentials", code="wrong_client", status=401, envelope=Envelope.DETAIL)


def scopes_unauthorised(scopes: Sequence[str]) -> Refused:
    words = f"Unauthorized scopes requested: {' '.join(scopes)}"
    return Refused(words, code="scopes_unauthorised", status=403, envelope=Envelope.DETAIL)


def _day_list(days: Sequence[date]) -> str:
    return "[" + ", ".join(f"'{day.isoformat()}'" for day in days) + "]"
