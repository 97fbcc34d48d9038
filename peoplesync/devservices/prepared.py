"""Bringing the database and the static files up to date before `make run` serves them, and not doing it twice.

What was prepared is written down as a fingerprint of the code and of the database's own list of migrations. While both
are unchanged there is nothing to do, and a start on kept data costs one query instead of loading Django.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from peoplesync.devservices import account, place, postgres
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import PROJECT, Home

ROOMS = ("peoplesync", "hr", "attendance", "payroll")


def bring_up_to_date(home: Home, surroundings: Mapping[str, str]) -> bool:
    """Migrate, make the limited login, collect static files and load the demo where they are missing.

    Says whether the demo organisation is there. Raises when a step fails; its own message is on the terminal.
    """
    note = home.folder / "prepared.json"
    state = json.loads(note.read_text()) if note.exists() else {}
    now = {"code": _code(), "database": _database(home, surroundings)}
    if now["database"] and {name: state.get(name) for name in now} == now:
        return bool(state["has_demo"])
    report = home.folder / "prepare-report.json"
    command = [sys.executable, str(PROJECT / "manage.py"), "prepare", "--demo", "--report", str(report)]
    if subprocess.run(command, env={**surroundings, "PEOPLESYNC_DB_ROLE": "owner"}, check=False).returncode:
        raise LauncherError("The database could not be prepared; the reason stands above. Nothing is served.")
    has_demo = bool(json.loads(report.read_text())["has_demo"])
    note.write_text(json.dumps({"code": now["code"], "database": _database(home, surroundings), "has_demo": has_demo}))
    return has_demo


def _database(home: Home, surroundings: Mapping[str, str]) -> str:
    """The schema of our own server, as a word; empty for a foreign server, which is always looked at properly."""
    server = home.servers().get("postgres")
    if server is None or f":{server.port}/" not in surroundings["DATABASE_URL"]:
        return ""
    return postgres.schema(place.of(home, account.for_servers()), server, home.keys())


def _code() -> str:
    """A word for everything migrations and static files are made from: our files and the installed versions."""
    word = hashlib.sha256(sys.version.encode())
    for path in _files():
        word.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    word.update(
        repr(sorted(path.name for path in Path(sys.prefix).glob("lib/python*/site-packages/*.dist-info"))).encode()
    )
    return word.hexdigest()


def _files() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((PROJECT / room).rglob("*.py"))
        yield from sorted(path for path in (PROJECT / room).rglob("static/**/*") if path.is_file())
