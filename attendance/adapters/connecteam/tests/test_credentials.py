"""Connecteam's keys, tokens, scopes, limits and unreadable bodies, in its three envelopes."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest

from attendance.adapters.connecteam.tests.conftest import CLOCK, NOON, STRICT_CLOCK, USER
from attendance.services import vendor_keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
IN, OUT = (f"/time-clock/v1/time-clocks/{CLOCK}/clock-{side}" for side in ("in", "out"))


def test_credentials(client, key, cast, place):
    nobody = client.call("GET", "/me", headers={})
    assert nobody.status_code == 401
    assert {**nobody.json(), "request_id": ""} == {
        "details": None, "error": "No authentication provided", "path": "/me", "request_id": "",
    }  # fmt: skip
    wrong = client.call("GET", "/me", headers={"X-API-KEY": "wrong"})
    assert (wrong.status_code, wrong.json()) == (403, {"detail": "Invalid API key"})
    assert client.get("/me").json()["data"]["companyId"] == "1"
    assert [clock["id"] for clock in client.get("/time-clock/v1/time-clocks").json()["data"]["timeClocks"]] == [
        STRICT_CLOCK,
        CLOCK,
    ]


def token_answer(client, key, **form):
    pair = b64encode(f"{key.key.client_id}:{key.secret}".encode()).decode()
    raw = "&".join(f"{name}={value}" for name, value in {"grant_type": "client_credentials", **form}.items())
    return client.call(
        "POST", "/oauth/v1/token", raw=raw, content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Basic {pair}"},
    )  # fmt: skip


def test_a_token_is_bought_with_the_client_pair_and_holds_its_scopes(client, key, at_noon):
    answer = token_answer(client, key, scope="time_clock.write")
    assert answer.status_code == 200 and answer.json()["expires_in"] == 86400
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert client.post(IN, {"userId": USER}, headers=bearer).status_code == 200
    refused_scope = client.call("GET", "/me", headers=bearer)
    assert refused_scope.status_code == 403 and "account_information.read" in refused_scope.json()["detail"]
    at_noon.shift(timedelta(days=1))
    assert client.post(OUT, {"userId": USER}, headers=bearer).status_code == 401
    assert token_answer(client, issued_with(key, "0" * 32)).status_code == 401


def issued_with(key, secret):
    return vendor_keys.Issued(key.key, secret, "")


def test_rate_headers_go_out_with_every_answer_and_the_last_is_429(client, settings):
    settings.THROTTLES = {**settings.THROTTLES, "vendor": "2/minute"}
    first, second, third = (client.get("/me") for _ in range(3))
    assert (first["x-ratelimit-minute-limit"], first["x-ratelimit-minute-remaining"]) == ("2", "1")
    assert int(first["x-ratelimit-minute-reset"]) == int(NOON.timestamp()) + 60
    assert first["x-ratelimit-day-limit"] == "2880"
    assert second.status_code == 200 and third.status_code == 429
    assert set(third.json()) == {"detail"} and "Retry-After" not in third
    assert third["x-ratelimit-minute-remaining"] == "0"


def test_bodies_that_cannot_be_read(client):
    malformed = client.call("POST", IN, raw=b'{"userId": ')
    assert malformed.status_code == 422 and malformed.json()["detail"][0]["type"] == "value_error.jsondecode"
    assert client.call("POST", IN, raw=b"userId=1", content_type="text/csv").status_code == 415


def test_a_token_asked_for_in_json_is_told_to_ask_with_a_form(client):
    answer = client.post("/oauth/v1/token", {"grant_type": "client_credentials"}, headers={})
    said = "Unsupported Media Type: send application/json, or a form for a token"
    assert (answer.status_code, answer.json()) == (415, {"detail": said})
