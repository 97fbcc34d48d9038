"""The pytest plugin of the house (named in pytest.ini): starts Django, then offers the cast and real processes to tests."""

import gc
import os
import re
from contextlib import suppress
from importlib import import_module

import django
import pytest
from _pytest.doctest import DoctestModule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
os.environ.setdefault("COOKIE_SECURE", "false")  # tests speak plain HTTP on loopback, as make run does
os.environ.setdefault("STATIC_FROM_SOURCE", "true")

# Tests that run side by side share one Redis server: each takes database numbers of its own, so no worker takes
# another's jobs and no cache.clear() another's counts. Redis has sixteen.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if _worker:
    os.environ["REDIS_URL"] = re.sub(
        r"/(\d+)$", lambda found: f"/{(int(found.group(1)) + _worker) % 16}", os.environ["REDIS_URL"]
    )
django.setup()
gc.disable()  # until everything is collected

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

# Hashing is slow on purpose; a suite that signs in a thousand times uses the same hasher at its cheapest.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1

from peoplesync.tests import template  # noqa: E402 models exist only after setup
from peoplesync.tests.cast import cast, client_of, fresh_cache, kept_cast  # noqa: E402
from peoplesync.tests.database import seeds_kept  # noqa: E402
from peoplesync.tests.processes import beat, database_url, kept_server, server, server_log, worker  # noqa: E402
from peoplesync.tests.staff import staff  # noqa: E402

__all__ = [
    "beat",
    "cast",
    "client_of",
    "database_url",
    "fresh_cache",
    "kept_cast",
    "kept_server",
    "seeds_kept",
    "server",
    "server_log",
    "staff",
    "worker",
]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """Before the workers start."""
    template.begin(session.config)


def pytest_collection(session):
    """Workers side by side begin with a share of the files each: a fresh checkout is compiled once, not by all at once."""
    root, side_by_side = session.config.rootpath, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    files = sorted(file for asked in session.config.args for file in (root / asked).rglob("test_*.py"))
    for file in files[_worker::side_by_side] if side_by_side else ():
        with suppress(Exception):  # told when it is collected
            import_module(".".join(file.relative_to(root).with_suffix("").parts))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path):
    """Examples in docstrings are sought where there is one: looking through every module takes a seventh of collecting."""
    found = yield
    if file_path.suffix == ".py" and ">>> " not in file_path.read_text():
        found = [each for each in found if not isinstance(each, DoctestModule)]
    return found


def pytest_collection_modifyitems(items):
    """Tests that commit end with the rows migrations seed in place again, instead of with an empty database."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = "transactional_db" in item.fixturenames or (marker and marker.kwargs.get("transaction"))
        if commits:
            item.fixturenames[:0] = ["seeds_kept", "django_db_serialized_rollback"]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    """What was collected stays to the end: half a million objects the garbage collector need not walk over and over."""
    gc.collect()
    gc.freeze()
    gc.enable()
    template.wait(session.config)
