"""Core's own checks for `manage.py doctor`: services, clock, migrations, logins, stuck jobs, files."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import psycopg
from celery import current_app
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from peoplesync.core import append_only, broker, doctor
from peoplesync.core.doctor import Finding
from peoplesync.core.models import Upload, UploadStatus
from peoplesync.core.selectors import health, queue

MAXIMUM_DRIFT = timedelta(seconds=5)
#: Bytes; a full disk stops PostgreSQL and every upload at once.
LEAST_FREE = 2**30
_LOGIN_ADVICE = "Run: manage.py ensure_app_login"
_WITHOUT_READ = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND NOT has_table_privilege(%s, oid, 'SELECT') ORDER BY relname
"""
_WITH_CHANGE = """
    SELECT t FROM unnest(%s::text[]) t WHERE to_regclass(t) IS NOT NULL AND (has_table_privilege(%s, t, 'UPDATE')
        OR has_table_privilege(%s, t, 'DELETE') OR has_table_privilege(%s, t, 'TRUNCATE'))
"""
_ADVICE = {
    "database": "Check that PostgreSQL runs and that DATABASE_URL and APP_DATABASE_URL are right.",
    "redis": "Check that Redis or Valkey runs and that REDIS_URL is right. Punches work meanwhile; jobs wait.",
    "storage": "Check STORAGE_* and that the bucket, or the media folder, can be written.",
}


def services(at: datetime) -> list[Finding]:
    """Database, broker and storage answer."""
    found = health.services()
    return [
        Finding(f"{name} does not answer", _ADVICE[name]) for name, is_up in found.items() if is_up != health.CONNECTED
    ]


def workers(at: datetime) -> list[Finding]:
    """At least one worker answers a ping."""
    try:
        with broker.connection() as to_broker:
            answers = current_app.control.ping(timeout=2.0, connection=to_broker)
    except (OperationalError, RedisError, OSError):
        return [Finding("the broker cannot be asked for workers", _ADVICE["redis"])]
    if answers:
        return []
    advice = (
        "`make run` starts one with all else; alone it is: celery -A peoplesync.celery worker. Jobs wait until then."
    )
    return [Finding("no worker answers", advice)]


def migrations(at: datetime) -> list[Finding]:
    """Nothing waits to be migrated."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [Finding(f"{len(waiting)} migrations wait", "Run: manage.py migrate")] if waiting else []


def clock(at: datetime) -> list[Finding]:
    """This machine and the database agree about the time: punches and tokens depend on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        drift = abs(cursor.fetchone()[0] - timezone.now())
    if drift <= MAXIMUM_DRIFT:
        return []
    return [
        Finding(f"clocks differ by {drift.total_seconds():.0f} s", "Synchronise this machine and the database by NTP.")
    ]


def jobs(at: datetime) -> list[Finding]:
    """No job waits or works for ever."""
    waiting, silent = queue.waiting_too_long(at).count(), queue.silent(at).count()
    findings = []
    if waiting:
        findings.append(
            Finding(f"{waiting} jobs wait too long", "Check that a worker and beat run: beat publishes them again.")
        )
    if silent:
        findings.append(
            Finding(f"{silent} jobs have a silent worker", "Check that beat runs: it hands them to another worker.")
        )
    return findings


def logins(at: datetime) -> list[Finding]:
    """The application login signs in, may use every table, and may not change append-only ones."""
    if not settings.APP_DATABASE_URL:
        return [
            Finding(
                "web and workers use the owner's login",
                "Set APP_DATABASE_URL, then manage.py ensure_app_login.",
                is_problem=False,
            )
        ]
    url = urlsplit(settings.APP_DATABASE_URL)
    user, password = unquote(url.username or ""), unquote(url.password or "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
        if cursor.fetchone() is None:
            return [Finding("the application login does not exist", _LOGIN_ADVICE)]
        cursor.execute(_WITHOUT_READ, [user])
        barred = [row[0] for row in cursor.fetchall()]
        cursor.execute(_WITH_CHANGE, [append_only.tables(), user, user, user])
        writable = [row[0] for row in cursor.fetchall()]
    findings = []
    if not _signs_in(user, password):
        findings.append(Finding("the application login cannot sign in with its password", _LOGIN_ADVICE))
    if barred:
        findings.append(Finding(f"the application login may not read {', '.join(barred)}", _LOGIN_ADVICE))
    if writable:
        findings.append(Finding(f"{', '.join(writable)} can be changed by the application login", _LOGIN_ADVICE))
    return findings


def _signs_in(user: str, password: str) -> bool:
    at = connection.settings_dict
    try:
        psycopg.connect(
            host=at["HOST"], port=at["PORT"] or None, dbname=at["NAME"], user=user, password=password, connect_timeout=3
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def files(at: datetime) -> list[Finding]:
    """The newest attached files are still there."""
    newest = list(
        Upload.objects.filter(status=UploadStatus.ATTACHED).order_by("-created_at").values_list("key", flat=True)[:20]
    )
    try:
        missing = [key for key in newest if not default_storage.exists(key)]
    except health.STORAGE_ERRORS:
        return [Finding("the storage cannot be asked for files", _ADVICE["storage"])]
    return (
        [Finding(f"{len(missing)} attached files are missing", "Restore the storage from its backup.")]
        if missing
        else []
    )


def room(at: datetime) -> list[Finding]:
    """The disk with our folder takes more: uploads without a bucket, and under `make run` the database, lie there."""
    folder = next(path for path in (settings.HOME, *settings.HOME.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free >= LEAST_FREE:
        return []
    return [
        Finding(f"{free / 2**30:.1f} GB are free where PEOPLESYNC_HOME lies", "Make room, or move it to a larger disk.")
    ]


def register() -> None:
    """Tell the doctor about core's checks."""
    named = (
        ("services", services),
        ("migrations", migrations),
        ("clock", clock),
        ("database logins", logins),
        ("workers", workers),
        ("jobs", jobs),
        ("files", files),
        ("room on the disk", room),
    )
    for name, check in named:
        doctor.register(name, check)
