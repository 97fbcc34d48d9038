"""Core's own checks for `manage.py doctor`: services, clock, migrations, logins, stuck jobs, files."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    return [Finding("no worker answers", "Start one: celery -A peoplesync.celery worker. Jobs wait until then.")]


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
    """The application login lacks the right to change append-only tables."""
    user = settings.APP_DATABASE_URL.partition("://")[2].partition(":")[0]
    if not user:
        return [
            Finding(
                "web and workers use the owner's login",
                "Set APP_DATABASE_URL, then manage.py ensure_app_login.",
                is_problem=False,
            )
        ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
        if cursor.fetchone() is None:
            return [Finding("the application login does not exist", "Run: manage.py ensure_app_login")]
        cursor.execute(
            "SELECT t FROM unnest(%s::text[]) t WHERE to_regclass(t) IS NOT NULL AND (has_table_privilege(%s, t, 'UPDATE') "
            "OR has_table_privilege(%s, t, 'DELETE') OR has_table_privilege(%s, t, 'TRUNCATE'))",
            [append_only.tables(), user, user, user],
        )
        writable = [row[0] for row in cursor.fetchall()]
    return (
        [Finding(f"{', '.join(writable)} can be changed by the application login", "Run: manage.py ensure_app_login")]
        if writable
        else []
    )


def files(at: datetime) -> list[Finding]:
    """The newest attached files are still there."""
    newest = (
        Upload.objects.filter(status=UploadStatus.ATTACHED).order_by("-created_at").values_list("key", flat=True)[:20]
    )
    missing = [key for key in newest if not default_storage.exists(key)]
    return (
        [Finding(f"{len(missing)} attached files are missing", "Restore the storage from its backup.")]
        if missing
        else []
    )


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
    )
    for name, check in named:
        doctor.register(name, check)
