"""Every request GoodDay's pages print, replayed over real HTTP, and the three places of the token."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from attendance.adapters.tests.calling import id_of, issued
from attendance.adapters.tests.replaying import Wire, filled
from hr.models import WorkSite

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}")


def check_event(event, *, is_created_in=False):
    keys = [key for key in DOCUMENTED["event_keys"] if not (is_created_in and key == "linkedAttendanceEventId")]
    assert list(event) == keys
    for key in ("id", "userId", "createByUserId"):
        assert re.fullmatch("[0-9A-Za-z]{4,24}", event[key])
    assert all(INSTANT.fullmatch(event[key]) for key in ("momentCreated", "timestamp"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", event["date"])
    assert event["type"] in ("CLOCK-IN", "CLOCK-OUT")
    assert event["ipAddress"] == "127.0.0.1"


def check(request, answer, names):
    expected, body = filled(request["answer"], names), answer.json()
    shape = expected["shape"]
    if shape == "ok":
        assert answer.content.decode() == expected["raw"]
    elif shape == "event":
        check_event(body)
        assert expected.get("equals", {}).items() <= body.items()
        assert all(body[key] for key in expected.get("filled", ()))
    elif shape == "pair":
        assert list(body) == ["clockIn", "clockOut"]
        for side in body:
            check_event(body[side], is_created_in=side == "clockIn")
            assert expected[side].items() <= body[side].items()
        assert body["clockOut"]["linkedAttendanceEventId"] == body["clockIn"]["id"]
    elif shape == "user":
        assert list(body) == DOCUMENTED["user_keys"]
    else:
        assert isinstance(body, list)
        for each in body:
            if shape == "users":
                assert list(each) == DOCUMENTED["user_keys"]
            if shape == "events":
                check_event(each)


def test_the_documented_requests_answer_as_documented(server, cast, server_log):
    secret = issued("goodday", cast).secret
    names = {
        "user": id_of("goodday", cast.employee),
        "other_user": id_of("goodday", cast.outsider),
        "office": id_of("goodday", WorkSite.objects.create(name="Head office"), "site"),
    }
    wire = Wire(server, "/compat/goodday", {"gd-api-token": secret})
    for method_of in ("method", "also"):
        for request in DOCUMENTED["requests"]:
            methods = [request["method"]] if method_of == "method" else request.get("also", [])
            for method in methods:
                answer = wire.replay({**request, "method": method}, names)
                check(request, answer, names)
                if request["answer"]["shape"] == "pair":
                    names["event"] = answer.json()["clockOut"]["id"]
    for sent, headers in (
        ({"gd-api-token": secret}, {}),
        (None, {"Cookie": f"gd-api-token={secret}"}),
        (None, {"GD-API-TOKEN": secret.upper()}),
    ):
        assert Wire(server, "/compat/goodday", headers).send("GET", "/2.0/offices", query=sent).status == 200
    assert secret not in server_log(), "the token was written to a log"
