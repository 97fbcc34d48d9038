"""A Valkey of a test's own, to be stopped, frozen and started again on the same port."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from peoplesync.devservices.place import installed_broker
from peoplesync.tests.processes import free_port, until


@dataclass
class Broker:
    """In memory only: what it held is gone when it stops, as after a failure."""

    folder: Path
    port: int
    popen: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = [
            str(installed_broker()),
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.popen = subprocess.Popen(program, stdout=subprocess.DEVNULL)
        until(self._answers, seconds=10)

    def _answers(self) -> bool:
        with suppress(RedisError):
            return bool(Redis.from_url(self.url).ping())
        return False

    def stop(self) -> None:
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()
            self.popen = None

    def freeze(self) -> None:
        assert self.popen
        self.popen.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.popen
        self.popen.send_signal(signal.SIGCONT)


@contextmanager
def started(folder: Path) -> Iterator[Broker]:
    broker = Broker(folder, free_port())
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
