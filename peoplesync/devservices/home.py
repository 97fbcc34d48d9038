"""PEOPLESYNC_HOME on disk: keys made once, what is running now, and the locks of its users.

Three files matter. `keys.json` (0600) holds passwords and signing keys for ever. `state.json` (0600) says which servers
run, and is gone when none does. The two lock files say who may change that: `gate` is held while servers are started or
stopped; every process that uses them holds `users` shared for as long as it lives. The kernel drops a lock with its
process, so somebody who crashed is never counted.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.processes import Process

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running server: where it listens on 127.0.0.1 and which process it is."""

    port: int
    process: Process


@dataclass(frozen=True)
class Keys:
    """Everything secret of one home. Made once; losing the file loses the embedded database's passwords."""

    secret_key: str
    jwt_signing_key: str
    owner_password: str
    app_password: str
    broker_password: str


@dataclass(frozen=True)
class Home:
    """The folder named by PEOPLESYNC_HOME."""

    folder: Path

    @classmethod
    def named(cls, environment: Mapping[str, str]) -> Home:
        """The home the environment asks for: `.peoplesync/` in the checkout unless PEOPLESYNC_HOME says otherwise."""
        return cls(Path(environment.get("PEOPLESYNC_HOME") or PROJECT / ".peoplesync").expanduser().absolute())

    def make(self) -> None:
        """Create the folder if it is missing. Root's servers run as another account, which must pass through it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        except OSError as refused:
            raise LauncherError(
                f"Cannot make {self.folder}: {refused.strerror}. Set PEOPLESYNC_HOME to a folder of your own."
            ) from None

    def keys(self) -> Keys:
        """The secrets of this home, made on first use."""
        path = self.folder / "keys.json"
        with _locked(self.folder / "keys.lock", fcntl.LOCK_EX):
            if not path.exists():
                fresh = Keys(*(secrets.token_urlsafe(size) for size in (64, 64, 32, 32, 32)))
                _write_private(path, asdict(fresh))
            return Keys(**_read(path))

    def has_keys(self) -> bool:
        return (self.folder / "keys.json").exists()

    def servers(self) -> dict[str, Server]:
        """The servers written down in `state.json` that are still the processes they were."""
        return {name: server for name, server in self.written_servers().items() if server.process.is_alive}

    def written_servers(self) -> dict[str, Server]:
        path = self.folder / "state.json"
        entries = _read(path) if path.exists() else {}
        return {name: Server(entry["port"], Process(**entry["process"])) for name, entry in entries.items()}

    def write_servers(self, servers: Mapping[str, Server]) -> None:
        if servers:
            _write_private(self.folder / "state.json", {name: asdict(server) for name, server in servers.items()})
        else:
            (self.folder / "state.json").unlink(missing_ok=True)

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Alone while servers are started, stopped or counted."""
        with _locked(self.folder / "gate", fcntl.LOCK_EX):
            yield

    def join(self) -> int:
        """Be counted as a user until the returned descriptor is closed or this process ends. Call inside the gate."""
        descriptor = _open_lock(self.folder / "users")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def has_users(self) -> bool:
        """Whether anybody alive uses the servers. Call inside the gate."""
        descriptor = _open_lock(self.folder / "users")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as broken:
        raise LauncherError(
            f"{path} cannot be read ({broken}). Restore it, or move the folder away to begin anew."
        ) from None


def _write_private(path: Path, content: object) -> None:
    """Readable by nobody else at any moment, and whole or not there at all."""
    fresh = path.with_suffix(".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
