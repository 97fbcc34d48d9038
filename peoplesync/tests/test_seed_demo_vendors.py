"""Vendors' clients find what their documentation prints, and the key they were given works."""

from __future__ import annotations

import pytest

from attendance.models import TimeClock
from attendance.selectors import vendor_ids
from hr.models import Employee, WorkSite
from peoplesync.demo import people
from peoplesync.tests.demo import demo, seeded

__all__ = ["demo", "seeded"]


@pytest.mark.parametrize(
    ("vendor", "kind", "external_id"),
    [
        ("connecteam", "person", "9170357"),
        ("connecteam", "clock", "12345"),
        ("connecteam", "clock", "12346"),
        ("connecteam", "job", "job-123"),
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
