"""The three envelopes, and which case takes which."""

import json
from datetime import date
from pathlib import Path

import pytest

from attendance.adapters.answers import Answer
from attendance.adapters.connecteam import errors, refusals
from attendance.adapters.connecteam.errors import Envelope, Problem, Refused, Unprocessable
from peoplesync.kernel import errors as kernel

DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text())
TRACE = {"path": "/me", "request_id": "550e8400-e29b-41d4-a716-446655440000"}


def answered(error: kernel.PeopleSyncError, envelope: Envelope = Envelope.DETAIL) -> Answer:
    return errors.answer_for(error, envelope=envelope, **TRACE)


@pytest.mark.parametrize(
    ("refusal", "documented"),
    list(
        zip(
            [refusals.not_assigned(9170357, 12345), refusals.already_in(), refusals.not_in(), refusals.job_required()],
            DOCUMENTED["refusals"],
            strict=True,
        )
    ),
    ids=lambda case: case["name"] if isinstance(case, dict) else "",
)
def test_the_documented_refusals_are_told_to_the_letter(refusal: Refused, documented: dict) -> None:
    assert answered(refusal) == Answer(documented["status"], documented["body"])


def test_no_key_is_401_with_a_trace() -> None:
    body = {"details": None, "error": "No authentication provided", **TRACE}
    assert answered(refusals.no_credential()) == Answer(401, body)


@pytest.mark.parametrize("envelope", Envelope)
def test_a_wrong_key_is_403_without_a_trace_on_every_route(envelope: Envelope) -> None:
    assert answered(refusals.wrong_key(), envelope) == Answer(403, {"detail": "Invalid API key"})


def test_input_faults_are_422_with_an_array() -> None:
    faults = Unprocessable([Problem(("body", "shifts", 0), "field required", "value_error.missing")])
    for envelope in Envelope:
        assert answered(faults, envelope) == Answer(
            422, {"detail": [{"loc": ["body", "shifts", 0], "msg": "field required", "type": "value_error.missing"}]}
        )
    assert answered(refusals.malformed_json("Expecting value", 3)).body == {
        "detail": [{"loc": ["body", 3], "msg": "Expecting value", "type": "value_error.jsondecode"}]
    }


ID = "666edfbac1ed5f748fabd3d2"
DAYS = [date(2026, 4, 10), date(2026, 4, 11)]


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (refusals.activity_id_invalid("abc"), 400, "INVALID_ID: 'abc' is not a valid time activity identifier"),
        (refusals.clock_unknown(), 400, "time clock id doesn't exist"),
        (
            refusals.activity_unknown(ID),
            404,
            f"TIME_ACTIVITY_NOT_FOUND: no active shift or manual break matches '{ID}' under this time clock",
        ),
        (
            refusals.activity_locked(12345, [date(2024, 1, 23)]),
            400,
            "HAS_LOCKED_DAYS: time activity for user 12345 falls on locked or approved days ['2024-01-23']. "
            "Unlock or reject the approval before retrying",
        ),
        (refusals.user_unknown(12345), 404, "User with ID 12345 not found"),
        (
            refusals.days_in_approved_period(12345, 67890, DAYS),
            409,
            "DAYS_IN_APPROVED_PERIOD: cannot unlock days in an approved payroll period for user 12345 on time clock "
            "67890: ['2026-04-10', '2026-04-11']. Reopen the approved period from the dashboard and retry.",
        ),
        (
            refusals.lock_days_disabled(12345),
            403,
            "LOCK_DAYS_DISABLED: lock days settings are disabled for time clock 12345. Enable Timesheet Approval "
            "(Lock Days) in the Time Clock settings before calling this endpoint.",
        ),
    ],
)
def test_deletions_and_day_locks_are_traced(refusal: Refused, status: int, words: str) -> None:
    assert answered(refusal, Envelope.TRACED) == Answer(status, {"error": words, **TRACE})


def test_a_bad_day_lock_body_has_the_vendors_number() -> None:
    refusal = errors.BodyRefused([Problem(("body", "dates"), "too many", "value_error.list.max_items")])
    assert answered(refusal) == Answer(
        400,
        {
            "details": {"error_message": "Request body is invalid", "error_code": 1002},
            "error": {"body.dates": {"message": "too many", "type": "value_error.list.max_items"}},
            **TRACE,
        },
    )


@pytest.mark.parametrize(
    ("error", "detail_status", "traced_status"),
    [
        (kernel.Invalid("m", code="c"), 400, 400),
        (kernel.Forbidden("m", code="c"), 403, 403),
        (kernel.NotFound("m", code="c"), 404, 404),
        (kernel.Conflict("m", code="c"), 400, 409),
        (kernel.TooLarge("m", code="c"), 413, 413),
        (kernel.Unavailable("m", code="c"), 503, 503),
    ],
)
def test_errors_of_our_own_house_take_the_routes_envelope(
    error: kernel.PeopleSyncError, detail_status: int, traced_status: int
) -> None:
    assert answered(error) == Answer(detail_status, {"detail": "m"})
    assert answered(error, Envelope.TRACED) == Answer(traced_status, {"error": "m", **TRACE})
    assert errors.answer_for(error, words="other", **TRACE).body == {"detail": "other"}


def test_an_unauthenticated_caller_is_always_traced() -> None:
    assert answered(kernel.Unauthenticated("m", code="c")).body == {"details": None, "error": "m", **TRACE}


def test_what_the_framework_refuses_stays_in_the_vendors_shape() -> None:
    answers = [errors.of_status(status) for status in (404, 405, 415, 429, 500)]
    assert [answer.status for answer in answers] == [404, 405, 415, 429, 500]
    assert all(set(answer.body) == {"detail"} for answer in answers)
    assert answers[-1].body == {"detail": "Internal Server Error"}


def test_the_rate_is_told_in_six_headers() -> None:
    headers = errors.rate_headers(minute=(100, 0, 1704110460), day=(10_000, 9_900, 1704153600))
    assert headers == {
        "x-ratelimit-minute-limit": "100",
        "x-ratelimit-minute-remaining": "0",
        "x-ratelimit-minute-reset": "1704110460",
        "x-ratelimit-day-limit": "10000",
        "x-ratelimit-day-remaining": "9900",
        "x-ratelimit-day-reset": "1704153600",
    }
