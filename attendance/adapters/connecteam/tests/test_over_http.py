"""Every request Connecteam's pages print, replayed over real HTTP, and a client in JavaScript beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from attendance.adapters.connecteam.tests.conftest import CLOCK, STRICT_CLOCK, USER, clock_of
from attendance.adapters.tests.replaying import Wire
from attendance.models import Attendance

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))
CLIENT = Path(__file__).parent / "client.mjs"
IN, OUT = (f"/time-clock/v1/time-clocks/{CLOCK}/clock-{side}" for side in ("in", "out"))


def check_shift(shift, name):
    shape = DOCUMENTED["answers"][name]
    assert set(shape["always"]) <= set(shift) <= {*shape["always"], *shape["sometimes"]}
    assert re.fullmatch("[0-9a-f]{24}", shift["id"])
    sample = shape["sample"]["data"]["shift"]
    for key in set(sample) & set(shift):
        assert shift[key] is None or sample[key] is None or isinstance(shift[key], type(sample[key])), key
    for end in ("start", "end"):
        if end in shift:
            assert isinstance(shift[end]["timestamp"], int) and shift[end]["source"] == {"type": "api"}


@pytest.fixture
def wire(server, key, place):
    return Wire(server, "/compat/connecteam", {"X-API-KEY": key.secret})


def test_the_documented_requests_answer_as_documented(wire):
    for request in DOCUMENTED["requests"]:
        # Every printed request stands for itself: the one before may have left the person in, or out.
        is_in = Attendance.objects.open().exists()
        if request["path"] == IN and is_in:
            assert wire.send("POST", OUT, {"userId": USER}).status == 200
        if request["path"] == OUT and not is_in:
            assert wire.send("POST", IN, {"userId": USER}).status == 200
        query = {name: values[0] for name, values in request.get("query", {}).items()}
        answer = wire.send(request["method"], request["path"], request.get("body"), query=query)
        body = answer.json()
        assert answer.status == request["status"], (request["name"], body)
        assert answer.headers["content-type"] == "application/json"
        assert int(answer.headers["x-ratelimit-minute-remaining"]) >= 0
        assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", body["requestId"])
        if "answer" in request:
            check_shift(body["data"]["shift"], request["answer"])
            sent = request.get("body", {})
            side = body["data"]["shift"]["start" if request["path"] == IN else "end"]
            assert side.get("locationData") == sent.get("locationData")
            assert side["timezone"] == "America/New_York"
        else:
            assert list(body["data"]) == request["data"], request["name"]


def test_the_documented_refusals_come_word_for_word(wire, cast, place):
    strict = IN.replace(str(CLOCK), str(STRICT_CLOCK))
    clock_of("Elsewhere", 99)
    refused = {
        "a user of another clock": (IN, {"userId": 1}, {"9170357": "1"}),
        "a clock-out without a clock-in": (OUT, {"userId": USER}, {}),
        "no job on a clock that enforces one": (strict, {"userId": USER}, {}),
        "a second clock-in": (IN, {"userId": USER}, {}),
    }
    for refusal in sorted(DOCUMENTED["refusals"], key=lambda each: each["name"] == "a second clock-in"):
        path, body, names = refused[refusal["name"]]
        if refusal["name"] == "a second clock-in":
            assert wire.send("POST", path, body).status == 200
        answer = wire.send("POST", path, body)
        expected = json.dumps(refusal["body"])
        for old, new in names.items():
            expected = expected.replace(old, new)
        assert (answer.status, answer.json()) == (refusal["status"], json.loads(expected)), refusal["name"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_a_javascript_client_works_in_its_own_zone(server, key, place, zone):
    environment = {**os.environ, "TZ": zone}
    base = f"{server}/compat/connecteam"
    done = subprocess.run(
        ["node", str(CLIENT), base, key.secret, str(CLOCK), str(USER)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"timezone": zone, "shifts": 2}
