"""Kenjo's error envelope: a numeric code that repeats the status, and a message."""

import json
from pathlib import Path

import pytest

from attendance.adapters.answers import Answer
from attendance.adapters.kenjo import errors, fields
from peoplesync.kernel.errors import Conflict, Forbidden, Invalid, Kind, NotFound, PeopleSyncError, Unauthenticated

DOCUMENTED = json.loads(Path(__file__).with_name("documented.json").read_text())


def test_a_malformed_id_is_refused_in_the_documented_words():
    with pytest.raises(Invalid) as refused:
        fields.read_id("nope")
    assert errors.ENVELOPE.of_error(refused.value) == Answer(400, DOCUMENTED["error"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.unknown_entry(), 400),
        (errors.unknown_employee(), 400),
        (errors.identifiers_disagree(), 400),
        (errors.not_tracked(), 400),
        (errors.overlapping(), 400),
        (errors.required("dateTime"), 400),
        (NotFound("No such entry.", code="not_found"), 400),
        (Conflict("The period is locked.", code="locked"), 400),
        (Unauthenticated("Log in again.", code="expired"), 401),
        (Forbidden("Not with this key.", code="scope"), 403),
    ],
)
def test_each_refusal_has_its_status_twice_and_keeps_its_sentence(error, status):
    assert errors.ENVELOPE.of_error(error) == Answer(status, {"code": status, "message": error.message})


def test_sentences_about_fields_replace_the_general_one():
    error = Invalid("Validation failed", code="invalid", errors={"comment": ["Too long."], "date": ["Gone."]})
    assert errors.ENVELOPE.of_error(error).body == {"code": 400, "message": "comment: Too long. date: Gone."}


@pytest.mark.parametrize("kind", list(Kind))
def test_no_kind_becomes_404_or_409(kind):
    error = PeopleSyncError("No.", code="x")
    error.kind = kind
    expected = 400 if kind in (Kind.NOT_FOUND, Kind.CONFLICT) else kind.status
    assert errors.ENVELOPE.of_error(error).status == expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 415, 429, 500, 502, 503])
def test_every_status_from_outside_the_services_has_the_same_envelope(status):
    refusal = errors.ENVELOPE.of_status(status)
    assert refusal.status == status
    assert refusal.body["code"] == status
    assert isinstance(refusal.body["code"], int)
    assert refusal.body["message"].endswith(".")
    assert list(refusal.body) == ["code", "message"]
