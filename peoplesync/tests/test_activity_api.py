"""The activity log over HTTP: newest first, filtered, for HR, the auditor and the superadmin."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from peoplesync.core.services import activity

URL = "/api/v1/activity_logs"


@pytest.fixture
def acts(cast):
    now = timezone.now()
    for number, action in enumerate(("employee.created", "leave.approved", "employee.created")):
        by = cast.hr if number else None
        meta = {"employee_number": f"EMP-{number}", "email": "jane@example.com"}
        at = now + timedelta(seconds=number)
        activity.record(action=action, resource_type="employee", resource_id=cast.hr.pk, by=by, meta=meta, at=at)


def test_entries_come_newest_first_in_the_contracts_shape(cast, acts, client_of, django_assert_num_queries):
    client = client_of(cast.auditor)
    with django_assert_num_queries(3):
        rows = client.get(URL).json()["data"]
    assert [row["meta"]["employee_number"] for row in rows] == ["EMP-2", "EMP-1", "EMP-0"]
    assert set(rows[0]) == {"id", "user_id", "action", "resource_type", "resource_id", "meta", "created_at"}
    assert rows[0]["meta"]["email"] == "j***@example.com"
    assert (rows[2]["user_id"], rows[0]["user_id"]) == (None, str(cast.hr.pk))


def test_filters_by_action_and_user(cast, acts, client_of):
    client = client_of(cast.hr)
    assert client.get(f"{URL}?action=employee.created").json()["meta"]["total"] == 2
    assert client.get(f"{URL}?user_id={cast.hr.pk}").json()["meta"]["total"] == 2
    assert client.get(f"{URL}?user_id={cast.hr.pk}&action=leave.approved").json()["meta"]["total"] == 1
    assert client.get(f"{URL}?user_id={uuid4()}").json()["data"] == []
    for query in ("user_id=me", "action=%00"):
        assert client.get(f"{URL}?{query}").status_code == 400
    assert client.get(f"{URL}?meta__email=x&_connector=OR").json()["meta"]["total"] == 3


def test_who_reads(cast, acts, client_of):
    for role, user in cast.by_role().items():
        expected = 200 if role in {"hr", "auditor", "superadmin"} else 403
        assert client_of(user).get(URL).status_code == expected
    assert client_of(None).get(URL).status_code == 401
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client_of(cast.superadmin), method)(URL).status_code == 405
