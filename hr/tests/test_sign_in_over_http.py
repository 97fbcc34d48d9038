"""Signing in, refreshing and signing out over real HTTP, where the server has only the limited database login."""

import json
import urllib.error
import urllib.request

import pytest

from hr.tests import builders


def call(base, method, path, body=None, token=None):
    request = urllib.request.Request(f"{base}/api/v1{path}", method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(request, data=data, timeout=20) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


@pytest.mark.django_db(transaction=True)
def test_a_session_lives_and_ends_on_the_limited_login(server):
    builders.user("ema@example.com", roles=("employee", "superadmin"))
    credentials = {"email": "ema@example.com", "password": builders.PASSWORD}
    assert call(server, "POST", "/auth/login", credentials | {"password": "wrong"})[0] == 401
    status, first = call(server, "POST", "/auth/login", credentials)
    assert status == 200
    status, second = call(server, "POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert status == 200
    assert call(server, "GET", "/auth/me", token=second["access_token"])[0] == 200
    assert call(server, "GET", "/activity_logs", token=second["access_token"])[1]["meta"]["total"] == 2
    assert call(server, "POST", "/departments", {"name": "Legal"}, token=second["access_token"])[0] == 201
    status, _ = call(
        server, "POST", "/auth/logout", {"refresh_token": second["refresh_token"]}, token=second["access_token"]
    )
    assert status == 204
    assert call(server, "GET", "/auth/me", token=second["access_token"])[0] == 401
    assert call(server, "POST", "/auth/refresh", {"refresh_token": second["refresh_token"]})[0] == 401
