"""The database that tests side by side begin with: migrated once, while the workers collect, and copied by each of them.

Without workers, and where the database is kept between runs (`--reuse-db`), the plugin of pytest and Django makes it as
usual.
"""

from __future__ import annotations

import fcntl
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from pytest_django.plugin import blocking_manager_key

TOLD = "template"


class Template:
    """In the process that hands out the tests. Workers wait for its lock, which ends with this process whatever happens."""

    def __init__(self, config: pytest.Config) -> None:
        self.name = f"{TEST_DATABASE_PREFIX}{connection.settings_dict['NAME']}"
        self._blocker = config.stash[blocking_manager_key]
        self._lock = tempfile.NamedTemporaryFile()  # noqa: SIM115 open as long as the session
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._work = ThreadPoolExecutor(1)
        self._made: Future[None] = self._work.submit(self._make)

    def _make(self) -> None:
        try:
            with self._blocker.unblock():
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                connection.close()  # a database somebody is connected with is not copied
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def pytest_configure_node(self, node: Any) -> None:
        """xdist's hook, called for each worker before it starts."""
        node.workerinput[TOLD] = (self.name, self._lock.name)

    def pytest_sessionfinish(self) -> None:
        """Raises what kept the database from being made: the workers know only that it is not there."""
        self._made.result()
        self._work.submit(self._drop).result()
        self._lock.close()

    def _drop(self) -> None:
        with self._blocker.unblock():
            connection.creation.destroy_test_db(self.name, verbosity=0)


def begin(config: pytest.Config) -> None:
    """Make the template if this process is to start workers."""
    if config.getoption("tx", None) and not hasattr(config, "workerinput") and not config.getoption("reuse_db"):
        config.pluginmanager.register(Template(config))


def wait(config: pytest.Config) -> None:
    """In a worker: until the template is there; its own database will be a copy."""
    if told := getattr(config, "workerinput", {}).get(TOLD):
        connection.settings_dict["TEST"]["TEMPLATE"], lock = told
        with Path(lock).open() as held:
            fcntl.flock(held, fcntl.LOCK_SH)
