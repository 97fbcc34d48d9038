"""Roles over HTTP: read by HR and the auditor, written by the superadmin; the seven known names stay."""

from uuid import uuid4

import pytest
from django.utils import timezone

from hr.models import Role
from hr.tests import builders
from peoplesync.core.models import ActivityLog

URL = "/api/v1/roles"


def test_the_list_is_a_page_of_roles(cast, client_of):
    role = builders.role("hr")
    body = client_of(cast.hr).get(URL).json()
    assert body["meta"]["total"] == Role.objects.count()
    assert next(row for row in body["data"] if row["name"] == "hr") == {
        "id": str(role.pk),
        "name": "hr",
        "description": role.description,
        "created_at": role.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def test_create_and_update_take_name_and_description_only(cast, client_of):
    client = client_of(cast.superadmin)
    made = client.post(URL, {"name": "planner", "description": "Plans shifts", "id": str(uuid4())})
    assert made.status_code == 201
    assert set(made.json()) == {"id", "name", "description", "created_at"}
    url = f"{URL}/{made.json()['id']}"
    changed = client.put(url, {"description": None, "created_at": "2000-01-01T00:00:00Z", "deleted_at": "2000-01-01"})
    assert (changed.status_code, changed.json()) == (200, made.json() | {"description": None})
    assert client.put(url, {"name": "scheduler"}).json()["name"] == "scheduler"
    assert client.get(url).json()["name"] == "scheduler"
    actions = ActivityLog.objects.filter(resource_type="role").order_by("created_at")
    assert [entry.action for entry in actions] == ["role.created", "role.updated", "role.updated"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": None},
        {"name": 1},
        {"name": "x" * 101},
        {"name": "a\x00"},
        {"name": "hr"},
        {"name": "HR"},
    ],
)
def test_a_bad_or_taken_name_is_a_400(cast, client_of, body):
    builders.role("hr")
    answer = client_of(cast.superadmin).post(URL, body)
    assert answer.status_code == 400
    assert "name" in answer.json()["errors"]


def test_a_role_of_the_rights_matrix_keeps_its_name(cast, client_of):
    client, url = client_of(cast.superadmin), f"{URL}/{builders.role('hr').pk}"
    assert client.put(url, {"name": "people"}).status_code == 400
    assert client.put(url, {"name": "hr", "description": "Human resources"}).status_code == 200


def test_a_deleted_role_is_404(cast, client_of):
    gone = Role.objects.create(name="gone", deleted_at=timezone.now())
    client = client_of(cast.superadmin)
    assert client.get(f"{URL}/{gone.pk}").status_code == 404
    assert client.put(f"{URL}/{gone.pk}", {"description": "x"}).status_code == 404
    assert "gone" not in [row["name"] for row in client.get(URL).json()["data"]]


def test_who_reads_and_who_writes(cast, client_of):
    target = Role.objects.create(name="target")
    for role, user in cast.by_role().items():
        client = client_of(user)
        reads, writes = role in {"hr", "auditor", "superadmin"}, role == "superadmin"
        assert client.get(URL).status_code == (200 if reads else 403)
        assert client.get(f"{URL}/{target.pk}").status_code == (200 if reads else 403)
        assert client.post(URL, {"name": f"by {role}"}).status_code == (201 if writes else 403)
        assert client.put(f"{URL}/{target.pk}", {"description": role}).status_code == (200 if writes else 403)
    assert client_of(None).get(URL).status_code == 401
