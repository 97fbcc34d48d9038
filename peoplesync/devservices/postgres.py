"""A private PostgreSQL: made once in the place, started on a free port of 127.0.0.1, stopped by signal."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path

from peoplesync.devservices import processes
from peoplesync.devservices.account import Account
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Keys, Server
from peoplesync.devservices.place import Place

OWNER = "peoplesync"
#: Web, worker and beat; `manage.py ensure_app_login` makes it.
APP_LOGIN = "peoplesync_app"
DATABASE = "peoplesync"
STARTS = 3
#: Tests may lose everything when the machine fails, so they do not wait for the disk.
VOLATILE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
    "wal_level=minimal",
    "max_wal_senders=0",
)
#: Smart stop would wait for clients; fast rolls them back; immediate leaves recovery to the next start.
STOPPING = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))


def start(place: Place, keys: Keys, *, durable: bool) -> Server:
    """Start the cluster of this place, made first if there is none. Nobody else may be starting it meanwhile."""
    programs = place.postgres_programs()
    room = place.folder / "postgres"
    place.account.make_folder(room)
    data = room / "data"
    if not data.exists():
        _make_cluster(programs, room, place.account, password=keys.owner_password)
    _check_version(programs, data, place.account)
    _clear_leftover(data)
    if (room / "log").exists():
        (room / "log").replace(room / "log.1")
    for _ in range(STARTS):
        port = free_port()
        told = place.account.run(_start_command(programs, room, port=port, durable=durable))
        if told.returncode == 0:
            return Server(port, processes.known(_postmaster(data)))
    raise LauncherError(f"PostgreSQL did not start. Its last words:\n{_tail(room / 'log') or told.stderr}")


def stop(server: Server) -> None:
    """Stop it, rolling back what its clients left unfinished."""
    if not processes.stop(server.process, STOPPING):
        raise LauncherError(f"PostgreSQL (process {server.process.pid}) does not stop, not even when killed.")


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago; whoever uses it must be ready to try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_cluster(programs: Path, room: Path, account: Account, *, password: str) -> None:
    """Made under another name and renamed when whole, so a start that was cut short leaves nothing half made."""
    fresh, secret = room / "data.new", room / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    secret.unlink(missing_ok=True)
    descriptor = os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        if account.is_lent:
            os.fchown(descriptor, account.uid, account.gid)
        os.write(descriptor, password.encode())
        _must(
            account,
            [
                programs / "initdb",
                "-D",
                fresh,
                "-U",
                OWNER,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
            ],
        )
    finally:
        os.close(descriptor)
        secret.unlink()
    _must(account, [programs / "postgres", "--single", "-D", fresh, "postgres"], stdin=f"CREATE DATABASE {DATABASE}\n")
    fresh.rename(room / "data")


def _must(account: Account, command: list[str | Path], *, stdin: str = "") -> None:
    told = account.run(command, stdin=stdin)
    if told.returncode:
        raise LauncherError(f"{command[0]} failed:\n{told.stderr or told.stdout}")


def _start_command(programs: Path, room: Path, *, port: int, durable: bool) -> list[str | Path]:
    settings = (
        "listen_addresses=127.0.0.1",
        f"port={port}",
        "unix_socket_directories=''",
        "timezone=UTC",
        "max_connections=200",  # every web thread holds one, and the races of the tests open fifty at once
        *(() if durable else VOLATILE),
    )
    options = " ".join(f"-c {setting}" for setting in settings)
    return [
        programs / "pg_ctl",
        "-D",
        room / "data",
        "-l",
        room / "log",
        "-w",
        "-t",
        "60",
        "-s",
        "-o",
        options,
        "start",
    ]


def _check_version(programs: Path, data: Path, account: Account) -> None:
    """A cluster is read only by the major version that made it."""
    made_by = (data / "PG_VERSION").read_text().strip()
    told = account.run([programs / "initdb", "--version"]).stdout
    if f" {made_by}" not in told:
        raise LauncherError(
            f"The data in {data} was made by PostgreSQL {made_by}, but {programs} is {told.strip()}. "
            "Name the older version's programs in PG_BIN, or choose another PEOPLESYNC_HOME."
        )


def _clear_leftover(data: Path) -> None:
    """A server nobody wrote down (its starter was killed) is stopped; a lock file of a dead one is removed.

    PostgreSQL itself would refuse a lock file whose number belongs to some other living process, as after a restart.
    """
    if not (data / "postmaster.pid").exists():
        return
    pid = _postmaster(data)
    if str(data) in processes.command_line(pid):
        processes.stop(processes.known(pid), STOPPING)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _postmaster(data: Path) -> int:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        raise LauncherError(f"PostgreSQL left no process number in {data}/postmaster.pid; start again.") from None


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""


def schema(place: Place, server: Server, keys: Keys) -> str:
    """A word for the migrations applied and the logins made; empty when there are none or psql is missing."""
    question = (
        "SELECT md5(string_agg(app || '.' || name, ',' ORDER BY id)) || (SELECT count(*) FROM pg_roles) "
        "FROM django_migrations"
    )
    psql = place.postgres_programs() / "psql"
    address = f"postgresql://{OWNER}@127.0.0.1:{server.port}/{DATABASE}"
    told = place.account.run([psql, "-XAtqc", question, address], variables={"PGPASSWORD": keys.owner_password})
    return told.stdout.strip()
