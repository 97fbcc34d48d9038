"""GET /health answers at both mounts, without a token."""

import socket

import pytest
from django.db import OperationalError

from peoplesync.core.selectors import health


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_health_names_every_service(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["services"] == {"database": "connected", "redis": "connected", "storage": "connected"}


@pytest.mark.django_db
def test_a_folder_that_cannot_take_files_is_no_storage(client, settings, tmp_path):
    (tmp_path / "full").write_text("a file where the folder should be")
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "full" / "media"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "degraded")
    assert answer.json()["services"]["storage"] == "disconnected"


@pytest.mark.django_db
def test_a_redis_that_never_answers_is_named_and_not_waited_for(client, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        default = {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{silent.getsockname()[1]}/0"}
        settings.CACHES = {**settings.CACHES, "default": default}
        answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "degraded")
    assert answer.json()["services"] == {"database": "connected", "redis": "disconnected", "storage": "connected"}


def test_a_database_that_does_not_answer_is_named_without_any_of_its_words(client, monkeypatch):
    class Away:
        def cursor(self):
            raise OperationalError("connection to server at 10.1.2.3 failed")

        def close(self):
            """Nothing is open."""

    monkeypatch.setattr(health, "connection", Away())
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()["services"]["database"]) == (503, "disconnected")
    assert "10.1.2.3" not in answer.content.decode()
