"""What an operator reads agrees with what the code reads: .env.example, compose.yaml and the environment helpers."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.models import IntegerField
from gunicorn.config import Config
from gunicorn.glogging import Logger

from hr.models import Holiday
from peoplesync import env, gunicorn, wsgi
from peoplesync.core import checks
from peoplesync.devservices import run
from peoplesync.devservices.home import PROJECT

SAMPLE = (PROJECT / ".env.example").read_text()
DOCUMENTED = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", SAMPLE, re.MULTILINE))
COMPOSE = (PROJECT / "compose.yaml").read_text()
#: Names the code reads: env.str("X"), environ.get("X"), secret("X").
READ = {
    name
    for file in ("settings.py", "env.py", "devservices/run.py", "devservices/place.py", "devservices/home.py")
    for name in re.findall(
        r'(?:env\.\w+|(?:environ|environment|surroundings)\.get|secret|rate|whole)\("([A-Z_]{3,})"',
        (PROJECT / "peoplesync" / file).read_text(),
    )
}


def test_every_variable_the_code_reads_is_explained_in_the_sample() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "PORT", "PG_BIN", "STORAGE_BUCKET"} <= READ
    assert READ <= DOCUMENTED, READ - DOCUMENTED


def test_compose_asks_only_for_what_the_sample_explains_and_hands_on_only_what_is_read() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) <= DOCUMENTED
    parts = yaml.safe_load(COMPOSE)
    handed_on = {*parts["x-application"]["environment"], *parts["services"]["web"]["environment"]}
    assert handed_on <= READ, handed_on - READ
    given_to_servers = {"POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD", "VALKEY_PASSWORD", "DATABASE_URL"}
    set_in_the_image = {"PEOPLESYNC_HOME", "STATIC_ROOT", "STATIC_FROM_SOURCE", "DEBUG"}
    of_make_run = {"PORT", "PEOPLESYNC_HOST", "PG_BIN"}
    assert DOCUMENTED - handed_on == given_to_servers | set_in_the_image | of_make_run, "what .env sets has its effect"


def test_a_limit_of_requests_is_the_operators_and_what_is_no_rate_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for given, taken in (("", "300/minute"), ("5/second", "5/second"), (" 90/Hour ", "90/hour"), ("OFF", "off")):
        monkeypatch.setenv("THROTTLE_LOGIN", given)
        assert env.rate("THROTTLE_LOGIN", usual="300/minute") == taken
    for given in ("5", "5/min", "0/minute", "-1/minute", "5/minute/hour", "none"):
        monkeypatch.setenv("THROTTLE_LOGIN", given)
        with pytest.raises(ImproperlyConfigured, match=f"THROTTLE_LOGIN={given} is no rate"):
            env.rate("THROTTLE_LOGIN", usual="300/minute")


def test_an_address_without_its_scheme_and_what_is_no_number_refuse_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, taken in (("", ""), ("https://hr.example.com/", "https://hr.example.com")):
        monkeypatch.setenv("PUBLIC_URL", given)
        assert env.public_url() == taken
    monkeypatch.setenv("PUBLIC_URL", "hr.example.com")
    with pytest.raises(ImproperlyConfigured, match=r"PUBLIC_URL=hr\.example\.com is no address"):
        env.public_url()
    for given, proxies in (("", 0), ("2", 2)):
        monkeypatch.setenv("TRUSTED_PROXY_COUNT", given)
        assert env.whole("TRUSTED_PROXY_COUNT", usual=0) == proxies
    for given in ("one", "-1", "1.5"):
        monkeypatch.setenv("TRUSTED_PROXY_COUNT", given)
        with pytest.raises(ImproperlyConfigured, match=f"TRUSTED_PROXY_COUNT={given} is no whole number"):
            env.whole("TRUSTED_PROXY_COUNT", usual=0)


def test_the_number_of_web_processes_is_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, processes in ((None, 2), ("", 2), ("6", 6)):
        monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
        if given is not None:
            monkeypatch.setenv("WEB_CONCURRENCY", given)
        assert env.web_processes() == processes
    monkeypatch.setenv("WEB_CONCURRENCY", "many")
    with pytest.raises(ImproperlyConfigured, match="is not a number of processes"):
        env.web_processes()


def test_web_worker_and_beat_are_given_the_limited_login_only() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for name in ("web", "worker", "beat"):
        given = services[name]["environment"]
        assert given["PEOPLESYNC_DB_ROLE"] == "app"
        assert "DATABASE_URL" not in given
    assert services["migrate"]["environment"]["PEOPLESYNC_DB_ROLE"] == "owner"


def test_only_webs_statements_are_cut_off_by_the_limit_in_env() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    limited = {name for name, one in services.items() if "DB_STATEMENT_TIMEOUT_MS" in one.get("environment", {})}
    assert limited == {"web"}


def test_an_address_may_be_as_long_as_proxies_let_it_be_however_the_server_is_started() -> None:
    with socket.socket() as listener:
        said = run._web_command(listener)
    assert gunicorn.limit_request_line == int(said[said.index("--limit-request-line") + 1]) == 8190


@pytest.mark.parametrize("value", [None, "", "short", "change-me", "change-me-and-then-something-long-enough"])
def test_a_sample_or_short_secret_refuses_to_start(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("SECRET_KEY") if value is None else monkeypatch.setenv("SECRET_KEY", value)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set to a random value"):
        env.secret("SECRET_KEY")


def test_what_signs_sessions_may_not_sign_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SIGNING_KEY", "one key that is long enough to be used for both")
    with pytest.raises(ImproperlyConfigured, match="JWT_SIGNING_KEY must be a secret of its own"):
        env.secret("JWT_SIGNING_KEY", unlike="one key that is long enough to be used for both")
    assert env.secret("JWT_SIGNING_KEY", unlike="another")


def test_waits_for_the_database_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_STATEMENT_TIMEOUT_MS", "60000")
    options = env.database("postgres://somebody@127.0.0.1:1/nowhere")["OPTIONS"]
    assert options["connect_timeout"] == 3
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] <= 60
    for bound in ("statement_timeout=60000", "lock_timeout=10000", "idle_in_transaction_session_timeout=60000"):
        assert f"-c {bound}" in options["options"]
    monkeypatch.setenv("DB_STATEMENT_TIMEOUT_MS", "")
    monkeypatch.setenv("DB_LOCK_TIMEOUT_MS", "2000")
    options = env.database("postgres://somebody@127.0.0.1:1/nowhere")["OPTIONS"]["options"]
    assert "-c statement_timeout=0" in options and "-c lock_timeout=2000" in options
    monkeypatch.setenv("DB_LOCK_TIMEOUT_MS", "2s")
    with pytest.raises(ImproperlyConfigured, match="DB_LOCK_TIMEOUT_MS=2s is no time"):
        env.database("postgres://somebody@127.0.0.1:1/nowhere")


def test_a_migration_keeps_nobody_waiting_long() -> None:
    given = yaml.safe_load(COMPOSE)["services"]["migrate"]["environment"]
    assert int(given["DB_LOCK_TIMEOUT_MS"]) <= 2000


@pytest.mark.django_db
def test_a_migration_that_meets_a_table_in_use_gives_up_and_lets_everybody_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This test's own transaction reads the table; the migration comes over a connection as compose would make it."""
    Holiday.objects.first()
    monkeypatch.setenv("DB_LOCK_TIMEOUT_MS", "100")
    bounds = env.database("postgres://somebody@127.0.0.1:1/nowhere")["OPTIONS"]
    other = connections.create_connection("default")
    other.settings_dict = {**other.settings_dict, "OPTIONS": bounds}
    later = IntegerField(null=True)
    later.set_attributes_from_name("later")
    try:
        with pytest.raises(OperationalError, match="lock timeout"), other.schema_editor() as editor:
            editor.add_field(Holiday, later)
        with other.cursor() as cursor:
            cursor.execute("SELECT * FROM hr_holiday LIMIT 0")
            assert "later" not in [column.name for column in cursor.description]
    finally:
        other.close()


def test_the_login_follows_the_role() -> None:
    assert env.login("owner", owner="postgres://o", limited="postgres://l") == "postgres://o"
    assert env.login("app", owner="postgres://o", limited="postgres://l") == "postgres://l"
    assert env.login("app", owner="", limited="postgres://l") == "postgres://l"
    assert env.login("app", owner="postgres://o", limited="") == "postgres://o"


@pytest.mark.parametrize("limited", ["", "postgres://owner:x@db/one", "postgres://owner:y@other/one?sslmode=require"])
def test_one_login_for_everything_is_not_deployed(settings: Any, limited: str) -> None:
    settings.OWNER_DATABASE_URL, settings.APP_DATABASE_URL = "postgres://owner:x@db/one", limited
    assert [found.id for found in checks.two_logins(None)] == ["core.E001"]
    settings.APP_DATABASE_URL = "postgres://owner_app:z@db/one"
    assert checks.two_logins(None) == []


@pytest.mark.parametrize(("role", "owner"), [("owner", ""), ("app", ""), ("root", "postgres://o")])
def test_no_server_and_no_role_is_ever_guessed(role: str, owner: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL is not set|is not a role"):
        env.login(role, owner=owner, limited="")


def test_a_missing_broker_is_not_guessed_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL is not set"):
        env.broker()


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://root@127.0.0.1/x", "nonsense"])
def test_only_postgresql_is_a_database(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="must name a PostgreSQL database"):
        env.database(url)


def test_the_web_servers_logs_name_addresses_without_their_query_strings(tmp_path: Path) -> None:
    logs = [tmp_path / "access", tmp_path / "error"]
    config = Config()
    for name, value in (("accesslog", logs[0]), ("errorlog", logs[1])):
        config.set(name, str(value))
    address = "/compat/goodday/2.0/users?gd-api-token=0123456789abcdef&limit=9"
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/compat/goodday/2.0/users", "RAW_URI": address, "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://example.com{address}",
    }  # fmt: skip
    assert wsgi.application
    logger, answer = Logger(config), SimpleNamespace(status="200 OK", sent=2, headers=[])
    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    logger.exception("Error handling request %s", address)
    logger.warning(f"Invalid request: Invalid HTTP request line: 'GET {address}'")
    for log in (logger.error_log, logger.access_log):
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()
    written = [log.read_text() for log in logs]
    assert [text.count("/compat/goodday/2.0/users") for text in written] == [2, 2]
    assert "0123456789abcdef" not in "".join(written)
