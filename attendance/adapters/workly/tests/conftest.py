"""The places and people that the vendor's documentation names, in an account of Tashkent, and clients with tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone

from attendance.adapters.tests.calling import VendorClient, issued
from attendance.services import vendor_ids
from hr.models import Employee, WorkSite, WorkSiteAssignment
from hr.tests import builders

MORNING = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # nine in Tashkent, a Monday
AFTERNOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
LOCATION, FLOOR, EMPLOYEE = 5554, 368, 78666
FORM = "application/x-www-form-urlencoded"


def named(kind: str, row: Any, number: int) -> None:
    vendor_ids.set_id(vendor="workly", kind=kind, object_id=row, external_id=str(number), by=None, at=timezone.now())


def token_call(issued_key: Any, **form: str) -> Any:
    """The token call; without other words a password grant."""
    given = issued_key.credentials()
    sent = form or {"grant_type": "password", "username": given["username"], "password": given["password"]}
    body = {"client_id": given["client_id"], "client_secret": given["client_secret"], **sent}
    return VendorClient("/compat/workly", {}).call("POST", "/v1/oauth/token", raw=urlencode(body), content_type=FORM)


def client_with(issued_key: Any, **headers: str) -> VendorClient:
    """A client that has logged in."""
    token = token_call(issued_key).json()["access_token"]
    return VendorClient("/compat/workly", {"Authorization": f"Bearer {token}", **headers})


@pytest.fixture
def place(cast: Any) -> SimpleNamespace:
    """Employee 78666 is the cast's, hired in 2015; location 5554 is hers, 368 (second floor) is for everyone."""
    builders.setting(timezone="Asia/Tashkent")
    ema = Employee.objects.get(pk=cast.employee.employee_id)
    Employee.objects.filter(pk=ema.pk).update(hired_at=date(2015, 1, 1))
    yard = WorkSite.objects.create(
        name="Yard", latitude="41.2938726905277", longitude="69.24597090975743", radius_metres=300
    )
    WorkSiteAssignment.objects.create(site=yard, employee=ema)
    floor = WorkSite.objects.create(name="Второй этаж", radius_metres=300, is_for_everyone=True)
    named("person", ema.pk, EMPLOYEE)
    named("site", yard.pk, LOCATION)
    named("site", floor.pk, FLOOR)
    return SimpleNamespace(ema=ema.pk, yard=yard, floor=floor)


@pytest.fixture
def key(cast: Any) -> Any:
    return issued("workly", cast)


@pytest.fixture
def client(key: Any, place: Any) -> VendorClient:
    return client_with(key)


@pytest.fixture
def in_the_morning() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def in_the_afternoon() -> Iterator[Any]:
    with time_machine.travel(AFTERNOON, tick=False) as clock:
        yield clock
