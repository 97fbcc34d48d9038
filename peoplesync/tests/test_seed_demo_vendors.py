"""Vendors' clients find what their documentation prints, and the key they were given works."""

from __future__ import annotations

import json
import re

import pytest

from attendance.models import TimeClock
from attendance.models.vendor_id import VendorId
from attendance.selectors import vendor_ids, vendor_keys
from hr.models import Employee, WorkSite
from peoplesync.demo import people
from peoplesync.tests.demo import demo, said, seeded

__all__ = ["demo", "seeded"]


@pytest.mark.parametrize(
    ("vendor", "kind", "external_id"),
    [
        ("connecteam", "person", "9170357"),
        ("connecteam", "clock", "12345"),
        ("connecteam", "clock", "12346"),
        ("connecteam", "job", "job-123"),
        ("connecteam", "shift", "sched-shift-789"),
        ("workly", "person", "78666"),
        ("workly", "site", "5554"),
        ("workly", "site", "368"),
    ],
)
def test_the_ids_of_the_documentation_are_there(demo, vendor, kind, external_id):
    assert vendor_ids.object_id(vendor=vendor, kind=kind, external_id=external_id)


def test_the_documented_person_is_the_employee_of_2015_and_may_use_both_clocks(demo):
    found = vendor_ids.object_id(vendor="workly", kind="person", external_id="78666")
    person = Employee.objects.get(pk=found)
    assert (person.pk, person.hired_at.year) == (people.employee_id(5), 2015)
    assert vendor_ids.object_id(vendor="connecteam", kind="person", external_id="9170357") == person.pk
    assert {clock.requires_job for clock in person.time_clocks.all()} == {False, True}
    assert TimeClock.objects.filter(jobs__code="STOCK").count() == 2


def test_the_second_floor_is_where_the_documentation_says(demo):
    site = WorkSite.objects.get(pk=vendor_ids.object_id(vendor="workly", kind="site", external_id="368"))
    assert (site.name, str(site.latitude), str(site.longitude), site.radius_metres) == (
        "Второй этаж", "41.29387269052770", "69.24597090975743", 300,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_command_shows_working_credentials_and_ids_the_first_time_only():
    first, second = said("--months", "1"), said()
    shown = {name: json.loads(text) for name, text in re.findall(r"^  (\w+): (\{.*\})$", first, re.M)}
    assert set(shown) == {"goodday", "kenjo", "workly", "connecteam"}
    assert vendor_keys.by_secret(vendor="connecteam", secret=shown["connecteam"]["X-API-KEY"])
    assert vendor_keys.by_secret(vendor="goodday", secret=shown["goodday"]["gd-api-token"])
    assert vendor_keys.by_secret(vendor="kenjo", secret=shown["kenjo"]["apiKey"])
    workly = shown["workly"]
    assert vendor_keys.by_client(vendor="workly", client_id=workly["client_id"], secret=workly["client_secret"])
    mine = VendorId.objects.filter(object_id=people.employee_id(5), kind="person")
    assert mine.count() == 4
    assert all(row.external_id in first for row in mine)
    assert "issue_vendor_key" in second
    assert "X-API-KEY" not in second
