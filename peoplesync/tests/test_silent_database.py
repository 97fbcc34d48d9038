"""PostgreSQL that stops answering without hanging up: bounded waits, 503 in the envelope, and everything else goes on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from hr.models import User
from hr.tests import builders
from peoplesync.core import silence
from peoplesync.core.models import new_id
from peoplesync.tests.cast import token_for
from peoplesync.tests.over_http import Caller
from peoplesync.tests.processes import start_server
from peoplesync.tests.stalling import wire_to


def _server() -> tuple[str, int]:
    at = connection.settings_dict
    return at["HOST"] or "127.0.0.1", int(at["PORT"] or 5432)


@pytest.mark.faults
@pytest.mark.timeout(120)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_frozen_database_is_answered_with_503_and_is_back_at_the_first_request_after(database_url):
    host, port = _server()
    token = token_for(builders.user("ema@example.com", employee=builders.employee("Ema")))
    with wire_to(host, port) as wire:
        frozen = database_url.replace(f":{port}/", f":{wire.port}/").replace(f"@{host}:", "@127.0.0.1:")
        server, base = start_server(frozen, processes=1)
        try:
            ema = Caller(base, token)
            ema.get("/auth/me", 200)
            wire.stall()
            with ThreadPoolExecutor(3) as several:  # one whose connection was open, and two that open theirs
                answers = list(several.map(lambda _: ema.send("GET", "/auth/me"), range(3)))
            assert [(answer.status, answer.body["status"]) for answer in answers] == [(503, 503)] * 3
            assert ema.send("GET", "/nowhere").status == 404, "what asks no database is answered"
            health = Caller(base).send("GET", "/health")
            assert (health.status, health.body["services"]["database"]) == (503, "disconnected")
            wire.resume()
            for _ in range(10):  # by whichever thread
                ema.get("/auth/me", 200)
            wire.cut()  # a restart: each thread's connection is dead without a word
            for _ in range(10):
                ema.get("/auth/me", 200)
        finally:
            server.stop()


@pytest.fixture
def elsewhere(db, monkeypatch):
    """A connection of its own, over a wire that can stall."""
    monkeypatch.setattr(silence, "PATIENCE", 0.2)
    monkeypatch.setattr(silence, "SECOND_LOOK", 0.1)
    with wire_to(*_server()) as wire:
        other = connections.create_connection("default")
        other.settings_dict = {**other.settings_dict, "HOST": "127.0.0.1", "PORT": wire.port}
        other.inc_thread_sharing()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT 1")
            yield other, wire
        finally:
            other.close()


def test_a_statement_that_takes_long_is_waited_for(elsewhere):
    other, _ = elsewhere
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.7), 7")
        assert cursor.fetchone()[1] == 7


def test_a_statement_nobody_answers_any_more_ends_as_an_error(elsewhere):
    other, wire = elsewhere
    wire.stall()
    with pytest.raises(OperationalError, match="does not answer any more"), other.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_one_greeting_that_comes_too_late_is_no_silence(elsewhere, monkeypatch):
    looks = iter([False, True, False, True, True, True])
    other, _ = elsewhere
    monkeypatch.setattr(silence, "_greets", lambda connection: next(looks))
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1), 7")
        assert cursor.fetchone()[1] == 7
    assert len(list(looks)) < 4, "it was looked at more than once"


def test_a_long_statement_on_a_slow_wire_arrives_whole(elsewhere, monkeypatch):
    """Longer than the wire takes at once: the wait for it is taken up in the middle of sending."""
    other, wire = elsewhere
    monkeypatch.setattr(silence, "_greets", lambda connection: True)
    wire.stall()
    later = threading.Timer(0.8, wire.resume)
    later.start()
    text = "x" * 30_000_000
    with other.cursor() as cursor:
        cursor.execute("SELECT length(%s), 7", [text])
        assert cursor.fetchone() == (len(text), 7)
    later.join()


def test_a_database_that_takes_no_more_connections_is_a_503_and_serves_again_once_it_does(db):
    """A thread without a connection asks, as in a web server whose database is taken up by others."""
    at = connection.settings_dict
    dsn = psycopg.conninfo.make_conninfo(
        host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], dbname=at["NAME"]
    )
    of_nobody = {"Authorization": f"Bearer {token_for(User(id=new_id()))}"}
    limited = f"full_{at['NAME']}"

    def ask() -> tuple[int, dict[str, Any]]:
        mine = connections["default"]
        mine.settings_dict = {**mine.settings_dict, "USER": limited, "PASSWORD": "only-for-this-test"}
        try:
            answer = Client(headers=of_nobody).get("/api/v1/auth/me")
            return answer.status_code, answer.json()
        finally:
            mine.close()

    with psycopg.connect(dsn, autocommit=True) as owner, ThreadPoolExecutor(1) as thread:
        owner.execute(f"CREATE ROLE {limited} LOGIN PASSWORD 'only-for-this-test' CONNECTION LIMIT 0")
        try:
            owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {limited}")
            status, told = thread.submit(ask).result()
            assert (status, told["status"]) == (503, 503) and "Nothing was changed; try again" in told["message"]
            owner.execute(f"ALTER ROLE {limited} CONNECTION LIMIT 1")
            assert thread.submit(ask).result()[0] == 401, "of nobody, as the database says now"
        finally:
            owner.execute(f"DROP OWNED BY {limited}")
            owner.execute(f"DROP ROLE {limited}")


def test_a_server_that_is_full_still_answers(elsewhere, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("FATAL: sorry, too many clients already")

    other, _ = elsewhere
    monkeypatch.setattr(psycopg, "connect", full)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.7), 7")
        assert cursor.fetchone()[1] == 7
