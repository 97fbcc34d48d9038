"""A key, a signed-in client and one employee, for all of Kenjo's tests."""

from __future__ import annotations

import pytest

from attendance.adapters.tests.calling import VendorClient, id_of, issued


def signed_in(key) -> VendorClient:
    """A client as integrators write it: log in, then send the token as it came."""
    made = VendorClient("/compat/kenjo", {}).post("/api/v1/auth/login", {"apiKey": key.secret})
    assert made.status_code == 200, made.content
    return VendorClient("/compat/kenjo", {"Authorization": made.json()["token"]})


@pytest.fixture
def key(cast):
    return issued("kenjo", cast)


@pytest.fixture
def client(key):
    return signed_in(key)


@pytest.fixture
def ema(cast):
    return id_of("kenjo", cast.employee)
