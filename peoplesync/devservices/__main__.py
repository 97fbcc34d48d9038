"""`python -m peoplesync.devservices`: run the whole system, or any command beside the embedded servers."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from peoplesync.devservices import environment, health, place, run, servers, signals
from peoplesync.devservices.errors import LauncherError
from peoplesync.devservices.home import Home

REPORT_SECONDS = 20.0


def main(words: Sequence[str]) -> int:
    """Exit status of the asked action; refusals are one sentence on standard error and status 1."""
    asked = _arguments(words)
    try:
        if asked.action == "keep":
            servers.keep(Home(Path(asked.folder)), is_volatile=asked.volatile)
            return 0
        if asked.action == "health":
            return _report(health.ask(asked.port, seconds=4))
        if asked.action == "run":
            return run.system(Home.named(os.environ))
        return execute(asked.command, is_volatile=asked.volatile, is_private=asked.private)
    except LauncherError as refused:
        print(f"PeopleSync: {refused}", file=sys.stderr)
        return 1


def execute(command: Sequence[str], *, is_volatile: bool, is_private: bool) -> int:
    """Run a command with its servers up and hand back its status. Volatile: in a home that is deleted afterwards."""
    signals.leave_by_the_door()
    if is_private:
        for variable in environment.ADDRESSES:
            os.environ.pop(variable, None)
    with ExitStack() as stack:
        home = Home.named(os.environ)
        if is_volatile:
            home = Home(Path(tempfile.mkdtemp(prefix="peoplesync-")))
            stack.callback(place.remove, home)
            home.folder.chmod(0o711)  # root's servers run as another account and must pass through
        added = stack.enter_context(environment.ready(home, durable=not is_volatile))
        return _wait_for(subprocess.Popen(list(command), env=os.environ | added))


def _report(trouble: str) -> int:
    print(trouble or "ok")
    return 1 if trouble else 0


def _wait_for(child: subprocess.Popen[bytes]) -> int:
    """Its status. Ctrl-C reaches it by itself and it may finish its report; whatever else ends us ends it first."""
    try:
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait(timeout=REPORT_SECONDS)
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout=REPORT_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m peoplesync.devservices", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="servers, migrations, web, worker and beat, until Ctrl-C")
    execution = actions.add_parser("exec", help="run a command with DATABASE_URL and REDIS_URL set")
    execution.add_argument("--volatile", action="store_true", help="fast servers in a temporary home")
    execution.add_argument("--private", action="store_true", help="never the servers named in the environment")
    execution.add_argument("command", nargs="+", help="after --")
    asking = actions.add_parser("health", help="status 0 when /health on this machine answers 200")
    asking.add_argument("port", type=int)
    keeper = actions.add_parser("keep", help="(internal) stop the servers once nobody uses them")
    keeper.add_argument("folder")
    keeper.add_argument("--volatile", action="store_true")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
