"""Which system account the embedded servers run as.

PostgreSQL refuses to run as root. So root lends the servers an existing unprivileged account; none is ever created.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peoplesync.devservices.errors import LauncherError

CANDIDATES = ("postgres", "nobody")
#: The servers see nothing of the caller's environment: no PG* variables, no foreign library paths.
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Who the servers run as. `is_lent` when that is not the caller herself."""

    uid: int
    gid: int
    is_lent: bool

    def run(
        self, command: Sequence[str | Path], *, stdin: str = "", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account, from the root folder, and hand back what it said."""
        demotion: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}
        try:
            return subprocess.run(
                [str(word) for word in command],
                input=stdin,
                capture_output=True,
                text=True,
                cwd="/",
                env={**ENVIRONMENT, **(variables or {})},
                check=False,
                timeout=120,
                start_new_session=True,  # Ctrl-C in the terminal must not reach a server that is being born
                **demotion,
            )
        except OSError as refused:  # not allowed to become the account, or not able to execute the file
            return subprocess.CompletedProcess(list(command), 126, "", str(refused))

    def can_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def can_execute(self, program: Path) -> bool:
        return self.run([program, "--version"]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """A private folder of this account. One that is there already is taken only if it is the account's."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if folder.is_symlink() or folder.stat().st_uid != self.uid:
                raise LauncherError(
                    f"{folder} does not belong to the account the servers run as (uid {self.uid}): it was made by "
                    "another user. Start as that user again, or choose another PEOPLESYNC_HOME."
                ) from None
        else:
            if self.is_lent:
                os.chown(folder, self.uid, self.gid)


def for_servers() -> Account:
    """The caller's own account; for root the first of `postgres` and `nobody` that exists."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_lent=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(entry.pw_uid, entry.pw_gid, is_lent=True)
        if account.can_enter(Path("/")):
            return account
    raise LauncherError(
        "PostgreSQL does not run as root, and neither `postgres` nor `nobody` can be used here. "
        "Start as an ordinary user, or name your own server in DATABASE_URL."
    )
