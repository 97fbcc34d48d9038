"""GoodDay's error envelope: one key, few statuses, a sentence one can act on."""

import pytest

from attendance.adapters.answers import Answer
from attendance.adapters.goodday import errors
from peoplesync.kernel.errors import Conflict, Invalid, Kind, PeopleSyncError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.unknown_user("Zz9999"), 403),
        (errors.no_such_user("Zz9999"), 404),
        (errors.no_such_event("Zz9999"), 404),
        (errors.unknown_office("Zz9999"), 400),
        (errors.timer_running(), 400),
        (errors.timer_not_running(), 400),
        (errors.overlapping(), 400),
        (Conflict("The period is locked. Ask HR to open it.", code="locked"), 400),
    ],
)
def test_each_refusal_has_its_status_and_keeps_its_sentence(error, status):
    assert errors.ENVELOPE.of_error(error) == Answer(status, {"errorMessage": error.message})


def test_sentences_about_fields_replace_the_general_one():
    error = Invalid("Validation failed", code="invalid", errors={"comment": ["Too long.", "Odd."], "userId": ["Gone."]})
    assert errors.ENVELOPE.of_error(error).body == {"errorMessage": "comment: Too long. comment: Odd. userId: Gone."}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_status_that_is_not_409(kind):
    error = PeopleSyncError("No.", code="x")
    error.kind = kind
    assert errors.ENVELOPE.of_error(error).status == (400 if kind is Kind.CONFLICT else kind.status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 415, 429, 431, 500, 502, 503])
def test_every_status_from_outside_the_services_has_the_same_envelope(status):
    refusal = errors.ENVELOPE.of_status(status)
    assert refusal.status == status
    assert list(refusal.body) == ["errorMessage"]
    assert refusal.body["errorMessage"].endswith(".")
