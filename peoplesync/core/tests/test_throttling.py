"""Limits hold per person and per address, whether or not Redis counts for all processes together."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from peoplesync.core.api import throttling
from peoplesync.tests.cast import Cast

ME = "/api/v1/auth/me"


@pytest.fixture(autouse=True)
def redis_is_asked_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(throttling, "_silent_until", 0.0)
    throttling._own_count.clear()


def limited(settings: Any, **rates: str) -> None:
    settings.THROTTLES = {**settings.THROTTLES, **rates}


def test_a_person_over_her_limit_is_told_when_to_come_back_and_others_go_on(cast: Cast, client_of: Any, settings: Any):
    limited(settings, api="3/day")
    answers = [client_of(cast.employee).get(ME) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["status"] == 429
    assert 1 <= int(answers[3]["Retry-After"]) <= 86_400
    assert client_of(cast.colleague).get(ME).status_code == 200


def test_limits_of_punches_and_of_everything_else_are_counted_apart(cast: Cast, client_of: Any, settings: Any):
    limited(settings, api="2/day", clock="1/day")
    client = client_of(cast.employee)
    assert [client.post("/attendances/clock-in", {}).status_code for _ in range(2)] == [400, 429]
    assert [client.get(ME).status_code for _ in range(3)] == [200, 200, 429]


def test_off_is_no_limit(cast: Cast, client_of: Any, settings: Any):
    limited(settings, api="off")
    assert {client_of(cast.employee).get(ME).status_code for _ in range(5)} == {200}


@pytest.fixture
def silent_redis(settings: Any) -> Iterator[socket.socket]:
    """Takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield server


def test_a_silent_redis_is_waited_for_once_and_limits_hold_meanwhile(
    cast: Cast, client_of: Any, settings: Any, silent_redis: socket.socket
):
    limited(settings, api="3/day")
    assert [client_of(cast.employee).get(ME).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    silent_redis.settimeout(0)
    silent_redis.accept()[0].close()
    with pytest.raises(BlockingIOError):
        silent_redis.accept()


def test_a_redis_that_is_back_is_asked_again(cast: Cast, client_of: Any, settings: Any, monkeypatch: Any):
    limited(settings, api="2/day")
    there, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    assert client_of(cast.employee).get(ME).status_code == 200
    settings.REDIS_URL = there
    monkeypatch.setattr(throttling, "_silent_until", 0.0)
    assert [client_of(cast.employee).get(ME).status_code for _ in range(3)] == [200, 200, 429]
