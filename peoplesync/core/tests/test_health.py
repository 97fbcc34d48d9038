"""GET /health answers at both mounts, without a token."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_health_names_every_service(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["services"] == {"database": "connected", "redis": "connected", "storage": "connected"}
