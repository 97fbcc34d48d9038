"""Environment helpers that refuse to start rather than guess. No Django here: settings import it first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

MINIMUM_SECRET_LENGTH = 32
_SAMPLE_MARK = "change-me"
_WHO_FINDS_SERVERS = (
    "`make run`, `make test` and `manage.py` start servers of their own when none is named; for any other command put "
    "`.venv/bin/python -m peoplesync.devservices exec --` in front of it, or name your servers as .env.example shows."
)


def secret(name: str, *, unlike: str = "") -> str:
    """A signing secret of at least 32 characters from the environment.

    Raises ImproperlyConfigured when it is missing, short, the value of the sample file, or equal to another one: what
    signs sessions must not sign tokens too.
    """
    value = os.environ.get(name, "")
    if len(value) < MINIMUM_SECRET_LENGTH or _SAMPLE_MARK in value:
        raise ImproperlyConfigured(
            f"{name} must be set to a random value of at least {MINIMUM_SECRET_LENGTH} characters. "
            f'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    if value == unlike:
        raise ImproperlyConfigured(f"{name} must be a secret of its own, not one that signs something else already.")
    return value


def login(role: str, *, owner: str, limited: str) -> str:
    """The database address of this process: the limited login for the role `app`, the owner's for `owner`.

    With only the owner's address given, everybody uses it; `check --deploy` refuses that.
    Raises ImproperlyConfigured for an unknown role or when no address is set.
    """
    if role not in {"app", "owner"}:
        raise ImproperlyConfigured(
            f"PEOPLESYNC_DB_ROLE={role} is not a role: use `app` (web, worker, beat) or `owner`."
        )
    if url := (limited or owner) if role == "app" else owner:
        return url
    raise ImproperlyConfigured(f"DATABASE_URL is not set. {_WHO_FINDS_SERVERS}")


def broker() -> str:
    """The address of Valkey or Redis: broker, cache and throttle counters. Raises ImproperlyConfigured when not set."""
    if url := os.environ.get("REDIS_URL", ""):
        return url
    raise ImproperlyConfigured(f"REDIS_URL is not set. {_WHO_FINDS_SERVERS}")


def public_url() -> str:
    """The address in links, empty for the one each caller used. Raises ImproperlyConfigured when it is no address."""
    given = os.environ.get("PUBLIC_URL", "").rstrip("/")
    scheme, _, host = given.partition("://")
    if given and not (scheme in {"http", "https"} and host):
        raise ImproperlyConfigured(
            f"PUBLIC_URL={given} is no address. Give it with its scheme, as https://hr.example.com, or leave it out."
        )
    return given


def whole(name: str, *, usual: int) -> int:
    """A whole number of 0 or more. Raises ImproperlyConfigured when it is none."""
    given = os.environ.get(name, "")
    if given and not given.isdecimal():
        raise ImproperlyConfigured(f"{name}={given} is no whole number. Give 0 or more, or leave it out.")
    return int(given or usual)


def metrics_port() -> int:
    """The port figures are served on, 0 for none. Raises ImproperlyConfigured when it is not a port."""
    given = os.environ.get("METRICS_PORT", "") or "0"
    if not given.isdecimal() or int(given) > 65535:
        raise ImproperlyConfigured(f"METRICS_PORT={given} is not a port. Give a number up to 65535, or leave it out.")
    return int(given)


def web_processes() -> int:
    """How many processes answer in one web container. Raises ImproperlyConfigured when it is not a number of them."""
    given = os.environ.get("WEB_CONCURRENCY", "") or "2"
    if not given.isdecimal() or int(given) < 1:
        raise ImproperlyConfigured(
            f"WEB_CONCURRENCY={given} is not a number of processes. Give 1 or more, or leave it out."
        )
    return int(given)


def rate(name: str, *, usual: str) -> str:
    """How many requests are taken in a while, as `300/minute`, or `off`. Raises ImproperlyConfigured for anything else."""
    given = os.environ.get(name, "").strip().lower() or usual
    count, _, period = given.partition("/")
    if given != "off" and not (count.isdecimal() and int(count) and period in {"second", "minute", "hour", "day"}):
        raise ImproperlyConfigured(
            f"{name}={given} is no rate. Give requests per second, minute, hour or day, as {usual}; or off; or leave it out."
        )
    return given


def database(url: str) -> dict[str, Any]:
    """Django's settings of one PostgreSQL login.

    Waits are bounded: a statement or a lock that hangs becomes an error the doors answer with 503.
    """
    if url.partition("://")[0] not in {"postgres", "postgresql", "psql", "pgsql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL database: postgres://user:password@host:port/name"
        )
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    statement_timeout = _milliseconds("DB_STATEMENT_TIMEOUT_MS", os.environ.get("DB_STATEMENT_TIMEOUT_MS"), usual=0)
    lock_timeout = _milliseconds("DB_LOCK_TIMEOUT_MS", os.environ.get("DB_LOCK_TIMEOUT_MS"), usual=10_000)
    options = dict(config.get("OPTIONS", {}))
    options.setdefault("connect_timeout", 3)
    # A connection that died without a word is given up after a minute; the system's own probes begin after two hours.
    for name, value in {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}.items():
        options.setdefault(name, value)
    options.setdefault("tcp_user_timeout", 60_000)
    options.setdefault("prepare_threshold", 5)  # only for cursors that ask for it: see core/prepared.py
    session = {
        "statement_timeout": statement_timeout,
        "lock_timeout": lock_timeout,
        "idle_in_transaction_session_timeout": 60_000,
        # Only named prepared statements are touched: PostgreSQL thinks planning is nearly free and would go on planning
        # the long hand-written ones anew (measured: 2.9 ms with, 0.35 ms without).
        "plan_cache_mode": "force_generic_plan",
    }
    options.setdefault("options", " ".join(f"-c {name}={value}" for name, value in session.items()))
    config["OPTIONS"] = options
    return config


def _milliseconds(name: str, given: str | None, *, usual: int) -> int:
    if given and not given.isdecimal():
        raise ImproperlyConfigured(
            f"{name}={given} is no time. Give whole milliseconds, 0 for no limit, or leave it out."
        )
    return int(given or usual)


def object_storage(media_root: Path) -> dict[str, Any]:
    """Where uploads live: an S3-compatible bucket when STORAGE_BUCKET is set, else a folder only our account may enter."""
    bucket = os.environ.get("STORAGE_BUCKET", "")
    if not bucket:
        private = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        place = {"location": str(media_root), **private}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": place}
    from botocore.config import Config  # Amazon's library is large: loaded only where there is a bucket

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": os.environ.get("STORAGE_ENDPOINT_URL") or None,
            "region_name": os.environ.get("STORAGE_REGION") or None,
            "access_key": os.environ.get("STORAGE_ACCESS_KEY") or None,
            "secret_key": os.environ.get("STORAGE_SECRET_KEY") or None,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4", connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2}
            ),
        },
    }
