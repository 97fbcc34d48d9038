"""`manage.py doctor`: finds what is wrong, says what to do, and its exit code tells a script."""

from __future__ import annotations

import contextlib
import json
import socket
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from peoplesync.core.models import Job, Upload

WELL = ["--only=services", "--only=migrations", "--only=clock", "--only=jobs", "--only=files"]
pytestmark = pytest.mark.django_db


def report(capsys, *arguments: str) -> dict:
    with contextlib.suppress(CommandError):  # the exit code has a test of its own; here the report counts
        call_command("doctor", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


def test_a_well_house_has_no_problems(capsys):
    call_command("doctor", *WELL)
    out = capsys.readouterr().out
    assert out.count("ok     ") == len(WELL)


def test_a_silent_worker_and_a_waiting_job_are_named(capsys):
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.create(pk="a", kind="x", updated_at=long_ago)
    Job.objects.create(pk="b", kind="x", status="processing", lease_expires_at=long_ago)
    with pytest.raises(CommandError) as refusal:
        call_command("doctor", "--only=jobs")
    assert refusal.value.returncode == 1
    assert "1 jobs wait too long" in (out := capsys.readouterr().out) and "silent worker" in out


def test_no_worker_is_a_problem_that_says_how_to_start_one(capsys):
    found = report(capsys, "--only=workers")
    assert found["problems"] == 1
    for start in ("make run", "celery -A peoplesync.celery worker"):
        assert start in found["checks"]["workers"][0]["do"]


@pytest.fixture
def attached(cast):
    """A file the database knows and the storage has not."""
    assert not default_storage.exists("users/x/lost.jpg")
    Upload.objects.create(
        owner=cast.employee, key="users/x/lost.jpg", file_name="a.jpg", content_type="image/jpeg",
        maximum_bytes=1, status="attached", expires_at=timezone.now(),
    )  # fmt: skip


def test_a_lost_file_is_found(attached, capsys):
    assert report(capsys, "--only=files")["problems"] == 1


def test_a_storage_that_is_away_is_told_and_stops_no_other_check(attached, capsys, monkeypatch):
    def away(key: str) -> bool:
        raise EndpointConnectionError(endpoint_url="http://files.example.com")

    monkeypatch.setattr(default_storage, "exists", away)
    found = report(capsys, "--only=services", "--only=files")["checks"]
    assert [one["what"] for one in found["services"]] == ["storage does not answer"]
    assert [one["what"] for one in found["files"]] == ["the storage cannot be asked for files"]


def test_a_disk_that_is_nearly_full_is_a_problem(capsys, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=300 * 2**20))
    assert "0.3 GB are free" in report(capsys, "--only=room on the disk")["checks"]["room on the disk"][0]["what"]


def test_an_unreachable_redis_is_named_with_advice(settings, capsys):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    found = report(capsys, "--only=services")["checks"]["services"]
    assert [one["what"] for one in found] == ["redis does not answer"]


def test_one_login_for_everything_is_a_remark(settings, capsys):
    settings.APP_DATABASE_URL = ""
    found = report(capsys, "--only=database logins")
    assert found["problems"] == 0 and "APP_DATABASE_URL" in found["checks"]["database logins"][0]["do"]


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("ALTER TABLE core_job RENAME COLUMN lease_expires_at TO lease_until", "Run: manage.py migrate"),
        ("CREATE ROLE {login}; GRANT USAGE ON SCHEMA public TO {login}; SET LOCAL ROLE {login}", "ensure_app_login"),
    ],
)
def test_tables_of_another_version_and_a_missing_right_are_told_by_what_to_run(capsys, done, said):
    with connection.cursor() as cursor:
        cursor.execute(done.format(login=f"reads_nothing_{connection.settings_dict['NAME']}"))
    found = report(capsys, "--only=jobs")
    assert found["checks"]["jobs"][0]["do"].endswith(said)


def test_an_unknown_check_is_refused_with_the_known_names():
    with pytest.raises(CommandError, match=r"Known: .*services"):
        call_command("doctor", "--only=horoscope")


@pytest.mark.timeout(30)
def test_a_broker_that_never_answers_is_named_and_not_waited_for(capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        found = report(capsys, "--only=workers")
    assert found["checks"]["workers"][0]["what"] == "the broker cannot be asked for workers"
