"""Every answer in the doors' tests is held to the mount's document; here, that an untrue one would be noticed."""

from __future__ import annotations

import pytest

from attendance.adapters.tests import documents

CLOCKS = "/time-clock/v1/time-clocks"
TRUE = {"requestId": "00000000-0000-0000-0000-000000000000", "data": {"timeClocks": []}}


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", CLOCKS, 200, TRUE),
        ("GET", CLOCKS.replace("/v1", "//v1"), 200, TRUE),
        ("GET", f"{CLOCKS}/", 404, {"detail": "Not Found"}),
        ("PATCH", CLOCKS, 405, {"detail": "Method Not Allowed"}),
    ],
)
def test_a_true_answer_passes(method, path, status, body):
    documents.check("/compat/connecteam", method, path, status, body)


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", CLOCKS, 200, {**TRUE, "data": {}}),
        ("GET", CLOCKS, 200, {**TRUE, "data": {"timeClocks": [{"id": "12345", "name": "Gate", "isArchived": False}]}}),
        ("GET", CLOCKS, 201, TRUE),
        ("GET", CLOCKS, 403, {"message": "Forbidden", "status": 403}),
        ("POST", f"{CLOCKS}/1/elsewhere", 200, TRUE),
    ],
)
def test_an_answer_the_document_does_not_tell_of_fails(method, path, status, body):
    with pytest.raises(AssertionError):
        documents.check("/compat/connecteam", method, path, status, body)
