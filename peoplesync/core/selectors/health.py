"""Whether the services we stand on answer. Each probe is bounded and never raises."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection
from redis.exceptions import RedisError

from peoplesync.core import storage

CONNECTED, DISCONNECTED = "connected", "disconnected"
#: What a folder or a bucket that is away raises.
STORAGE_ERRORS = (OSError, BotoCoreError, ClientError)


def services() -> dict[str, str]:
    """database, redis and storage, each connected or disconnected."""
    probes: dict[str, Callable[[], bool]] = {"database": database, "redis": redis, "storage": _storage}
    return {name: CONNECTED if probe() else DISCONNECTED for name, probe in probes.items()}


def database() -> bool:
    """Whether PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except (DatabaseError, InterfaceError):
        connection.close()
        return False


def redis() -> bool:
    """Whether the broker answers."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


def _storage() -> bool:
    try:
        default_storage.exists("health")
        return storage.is_bucket() or _is_writable(Path(default_storage.path("")))
    except STORAGE_ERRORS:
        return False


def _is_writable(folder: Path) -> bool:
    """Whether files can be put into the folder, or the folder be made where it is not there yet."""
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
