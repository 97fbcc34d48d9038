"""Every request Kenjo's pages print, replayed over real HTTP with one client, from log-in to log-out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attendance.adapters.tests.calling import id_of, issued
from attendance.adapters.tests.replaying import Wire, filled

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))


def check(request, answer, names):
    expected = filled(request["answer"], names)
    if not answer.content:
        assert expected["status"] == 204
        return
    body = answer.json()
    if "keys" in expected:
        assert list(body) == expected["keys"]
    if expected.get("echo"):
        assert body == filled(request["body"], names)
    if expected.get("bare_array"):
        assert isinstance(body, list) and all(None not in row.values() for row in body)
    if expected.get("equals"):
        assert expected["equals"].items() <= body.items()
        assert set(body) <= {*DOCUMENTED["entry_keys"], "date"} and None not in body.values()
        assert not set(expected.get("absent", ())) & set(body)


def test_the_documented_requests_answer_as_documented(server, cast):
    person = cast.employee.employee
    names = {
        "key": issued("kenjo", cast).secret,
        "user": id_of("kenjo", cast.employee),
        "email": person.email,
        "external": person.employee_number,
    }
    wire = Wire(server, "/compat/kenjo", {})
    for request in DOCUMENTED["requests"]:
        answer = wire.replay(request, names)
        check(request, answer, names)
        if "token_starts_with" in request["answer"]:
            assert answer.json()["token"].startswith(request["answer"]["token_starts_with"])
            wire.headers["Authorization"] = answer.json()["token"]
        if request["name"].startswith("create"):
            names["entry"] = answer.json()["_id"]
    gone = wire.send("GET", "/api/v1/employees")
    assert (gone.status, gone.json()["code"]) == (401, 401)
    refused = wire.send("POST", "/api/v1/attendances/track-time/", {})
    assert (refused.status, refused.json()["code"]) == (404, 404)
