"""GET /health answers at both mounts, without a token."""

import pytest


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
