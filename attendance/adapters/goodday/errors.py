"""PURE. GoodDay's error envelope, `{"errorMessage": "..."}`, and the refusals in its own words.

GoodDay publishes no error body; one public validator takes the key `errorMessage` in a reply for a failure, so that is
the key. Statuses are the few its clients have met: 400, 401, 403 (a `userId` that is nobody here), 404, 405. A clash
with the present state is a 400 too, because nothing in GoodDay's pages knows 409.
"""

from __future__ import annotations

from attendance.adapters.answers import JsonObject, OneText
from peoplesync.kernel.errors import Forbidden, Invalid, Kind, NotFound

_SENTENCES = {
    400: "The request could not be read. Send a JSON object or a form with the documented fields.",
    401: "The API token is missing or not valid. Send it as gd-api-token in a header, the query string or a cookie.",
    403: "This API token may not do that. Ask an administrator for a token with a wider scope.",
    404: "There is nothing at this address. Check the path and the id.",
    405: "This address does not take that method. Use GET to read, POST to write and DELETE to delete.",
    415: "The body has a type that is not read here. Send application/json or a form.",
}


def _body(status: int, text: str) -> JsonObject:
    return {"errorMessage": text}


ENVELOPE = OneText(_body, _SENTENCES, frozenset({Kind.CONFLICT}))


def unknown_user(user_id: str) -> Forbidden:
    """A `userId` in a parameter that is nobody in the organisation, or nobody this token may act for: 403."""
    return Forbidden(
        f"User {user_id} is not a user of this organisation. Take the id from GET /2.0/users.", code="unknown_user"
    )


def no_such_user(user_id: str) -> NotFound:
    """An id in the path of `GET /user/{id}` that is nobody: 404."""
    return NotFound(f"There is no user {user_id}. Take the id from GET /2.0/users.", code="not_found")


def no_such_event(event_id: str) -> NotFound:
    """An id in the path that is no event, or one already deleted with its pair: 404."""
    return NotFound(f"There is no attendance event {event_id}. It may be deleted already.", code="not_found")


def unknown_office(office_id: str) -> Invalid:
    """An `officeId` that is no office of the organisation: 400."""
    return Invalid(f"officeId {office_id} is not an office. Take the id from GET /2.0/offices.", code="unknown_office")


def timer_running() -> Invalid:
    """A second clock-in while the timer runs: 400, nothing written."""
    return Invalid("The user's attendance timer is already running. Clock out first.", code="timer_running")


def timer_not_running() -> Invalid:
    """A clock-out without a running timer: 400, nothing written."""
    return Invalid("The user has no running attendance timer. Clock in first.", code="timer_not_running")


def overlapping() -> Invalid:
    """A created pair that touches time already recorded: 400, nothing written."""
    return Invalid(
        "The user already has attendance within these times. Delete it or send other times.", code="overlapping"
    )
