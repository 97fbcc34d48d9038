"""Salary components over HTTP and as rows (contract, 3.7)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payroll.models import SalaryComponent
from payroll.services import components
from payroll.tests import builders
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db
ROUTE = "/api/v1/salary_components"


def test_the_documented_component_is_created_and_shown(cast, client_of):
    hr = client_of(cast.hr)
    answer = hr.post(ROUTE, {"name": "Meals", "type": "fixed", "default_amount": 5_000_000})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "name", "type", "default_amount", "created_at"}
    assert (body["name"], body["type"], body["default_amount"]) == ("Meals", "fixed", 5_000_000)
    assert hr.get(f"{ROUTE}/{body['id']}").json() == body
    assert ActivityLog.objects.filter(action="salary_component.created", user=cast.hr).count() == 1


def test_the_list_starts_with_the_seeded_basic_salary(cast, client_of):
    body = client_of(cast.employee).get(ROUTE).json()
    assert body["data"][0]["name"] == "Basic Salary"
    assert body["meta"]["total"] == 1


def test_an_amount_is_exact_to_its_last_digit(cast, client_of):
    raw = '{"name": "Grant", "type": "variable", "default_amount": 123456789012345678901234567890123456.78}'
    answer = client_of(cast.hr).post(ROUTE, raw, content_type="application/json")
    assert answer.status_code == 201
    assert b'"default_amount":123456789012345678901234567890123456.78' in answer.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 151),
        ("name", "a\x00b"),
        ("name", 7),
        ("type", "earning"),
        ("type", ["fixed"]),
        ("default_amount", -1),
        ("default_amount", "5000"),
        ("default_amount", True),
        ("default_amount", 1e40),
        ("default_amount", 0.001),
        ("default_amount", None),
    ],
)
def test_a_bad_component_is_400_naming_the_field_and_changes_nothing(cast, client_of, field, value):
    body = {"name": "Meals", "type": "fixed", "default_amount": 1, field: value}
    answer = client_of(cast.hr).post(ROUTE, body)
    assert answer.status_code == 400 and field in answer.json()["errors"]
    assert SalaryComponent.objects.count() == 1


def test_a_body_that_is_no_object_is_400(cast, client_of):
    assert client_of(cast.hr).post(ROUTE, [1, 2]).status_code == 400


def test_put_changes_only_what_is_sent_and_logs_the_difference_masked(cast, client_of):
    row = builders.component("Transport", default=100)
    answer = client_of(cast.payroll).put(f"{ROUTE}/{row.pk}", {"default_amount": 250, "id": "x", "deleted_at": "now"})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["default_amount"]) == ("Transport", 250)
    entry = ActivityLog.objects.get(action="salary_component.updated")
    assert entry.meta["changes"] == {"default_amount": ["***", "***"]}


def test_the_salarys_own_component_stays_a_fixed_earning(cast, client_of):
    row = builders.basic()
    answer = client_of(cast.hr).put(f"{ROUTE}/{row.pk}", {"type": "deduction"})
    assert answer.status_code == 400 and "type" in answer.json()["errors"]
    with pytest.raises(IntegrityError):
        SalaryComponent.objects.filter(pk=row.pk).update(type="deduction")


@pytest.mark.parametrize("role", ["employee", "manager", "auditor"])
def test_who_may_not_write_is_403(cast, client_of, role):
    client = client_of(cast.by_role()[role])
    assert client.post(ROUTE, {"name": "Meals", "type": "fixed"}).status_code == 403
    assert client.put(f"{ROUTE}/{builders.basic().pk}", {"name": "Mine"}).status_code == 403


def test_a_deleted_component_is_404_and_in_no_list(cast, client_of):
    row = builders.component("Old")
    components.delete(component=row, by=cast.hr, at=timezone.now())
    client = client_of(cast.hr)
    assert client.get(f"{ROUTE}/{row.pk}").status_code == 404
    assert [item["name"] for item in client.get(ROUTE).json()["data"]] == ["Basic Salary"]


def test_a_component_that_is_used_cannot_be_deleted(cast):
    row = builders.component("Transport")
    builders.assign(cast.employee.employee, row, 100)
    with pytest.raises(Conflict, match="assigned to people"):
        components.delete(component=row, by=cast.hr, at=timezone.now())
    with pytest.raises(Conflict, match="Rename"):
        components.delete(component=builders.basic(), by=cast.hr, at=timezone.now())


def test_the_list_costs_the_same_however_long_it_is(cast, client_of):
    client = client_of(cast.hr)
    for number in range(30):
        builders.component(f"Component {number:02}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(client.get(f"{ROUTE}?per_page=100").json()["data"]) == 31
    assert len(asked) <= 3
