#!/usr/bin/env python
"""Django's commands, with the servers they need.

Servers named in DATABASE_URL and REDIS_URL are used as they are. Otherwise the embedded ones of PEOPLESYNC_HOME are
found when they run, and started for the time of the command when they do not, unless the command needs no database.
"""

from __future__ import annotations

import os
import sys
import warnings

from peoplesync.devservices import environment, signals
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Home

#: Commands that read the code only. `check` asks the database once a database is named.
NEED_NO_SERVERS = {
    "help", "version", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages",
    "makemigrations", "spectacular", "startapp", "startproject",
}  # fmt: skip
TAKEN_BACK = "What was not finished was taken back; run the command again."
#: PostgreSQL's codes of a table and of a column that are not there.
LAGS_BEHIND = {"42P01", "42703"}
#: And of what this login has no right to.
MAY_NOT = "42501"
#: What a shell expects of a process that Ctrl-C ended.
INTERRUPTED = 130
HELP = {"-h", "--help", "--version"}


def needs_servers(words: list[str]) -> bool:
    """Whether this command line talks to the database or the broker."""
    if not words or HELP & set(words):
        return False
    return words[0] not in NEED_NO_SERVERS or "--database" in words


def main() -> None:
    """Run the command; a refusal to start, a database that is away and Ctrl-C are a sentence on standard error, not a stack."""
    signals.leave_by_the_door()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
    home = Home.named(os.environ)
    try:
        with environment.ready(home) if needs_servers(sys.argv[1:]) else environment.offline(home) as added:
            os.environ.update(added)
            if sys.argv[1:2] == ["runserver"]:
                os.environ.setdefault("COOKIE_SECURE", "false")  # it speaks plain http, on this machine
            if added.get("DATABASE_URL") == environment.NOWHERE["DATABASE_URL"]:
                warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
            _execute()
    except LauncherError as refused:
        sys.exit(f"PeopleSync: {refused}")
    except KeyboardInterrupt:
        sys.stderr.write(f"\nStopped. {TAKEN_BACK}\n")
        sys.exit(INTERRUPTED)


def _execute() -> None:
    from django.core.management import execute_from_command_line  # after the environment: settings read it
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        advice = _advice(error, is_away=isinstance(error, OperationalError))
        if advice is None or "--traceback" in sys.argv:
            raise
        said = str(error).splitlines()[0]
        sys.stderr.write(f"PeopleSync: the database says: {said}. {advice}\n")
        sys.exit(1)


def _advice(error: Exception, *, is_away: bool) -> str | None:
    """What helps against a server that is away, full or holds a lock too long, old tables, a missing right; None for a bug."""
    if is_away:
        return f"{TAKEN_BACK} manage.py doctor looks at it."
    state = getattr(error.__cause__, "sqlstate", None)
    if state in LAGS_BEHIND:
        return "Run manage.py migrate first; where nothing is to be migrated, --traceback shows what asked."
    if state == MAY_NOT:
        return (
            "Run it with the owner's login: DATABASE_URL and PEOPLESYNC_DB_ROLE=owner, as compose's `migrate` has them."
        )
    return None


if __name__ == "__main__":
    main()
