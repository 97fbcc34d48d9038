"""Every request Workly's pages print, replayed over real HTTP."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from attendance.adapters.tests.replaying import Wire
from attendance.adapters.workly.tests.conftest import FORM
from attendance.models import Punch

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))


def sent_form(base, path, form):
    where = urlsplit(base)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
    connection.request("POST", f"/compat/workly{path}", urlencode(form), {"Content-Type": FORM})
    answer = connection.getresponse()
    got = (answer.status, json.loads(answer.read()))
    connection.close()
    return got


def test_the_documented_requests_answer_as_documented(server, place, key, server_log):
    given = key.credentials()
    names = {
        "CLIENT": given["client_id"],
        "SECRET": given["client_secret"],
        "USER": given["username"],
        "PASSWORD": given["password"],
    }
    requests = sorted(DOCUMENTED["requests"], key=lambda request: "form" not in request)
    wire = Wire(server, "/compat/workly", {})
    for request in requests:
        if "form" in request:
            form = {name: names.get(value, value) for name, value in request["form"].items()}
            status, body = sent_form(server, request["path"], form)
            wire.headers = {"Authorization": f"Bearer {body['access_token']}"}
            names["REFRESH"] = body["refresh_token"]
        else:
            answer = wire.send(request["method"], request["path"], request.get("body"), query=request.get("query"))
            status, body = answer.status, answer.json()
            assert answer.headers["content-type"] == "application/json"
        keys = DOCUMENTED["location_keys"] if request["keys"] == "location_keys" else request["keys"]
        assert (status, list(body)) == (request["status"], keys), (request["name"], body)
        if "event_time" in body:
            assert list(body["location"]) == DOCUMENTED["location_keys"]
            assert body["event_time"] == request["body"]["event_time"]
            for name, sample in DOCUMENTED["punch_answer"]["location"].items():
                assert sample is None or isinstance(body["location"][name], type(sample)), name
    assert Punch.objects.count() == 2
    secrets = [given["client_secret"], given["password"], wire.headers["Authorization"][7:]]
    log = server_log()
    assert not [secret for secret in secrets if secret in log]
    for refusal in DOCUMENTED["refusals"]:
        if refusal["name"] == "a token nobody gave":
            wire.headers = {"Authorization": "Bearer 0"}
            answer = wire.send("GET", "/v1/accounts")
            assert (answer.status, answer.json()) == (refusal["status"], refusal["body"])
        else:
            form = {**given, "grant_type": "password", "password": "wrong"}
            assert sent_form(server, "/v1/oauth/token", form) == (refusal["status"], refusal["body"])
