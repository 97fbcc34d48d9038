"""What a client may not set has no effect, whatever it is called and wherever it is sent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from hr.models import Leave, User
from hr.tests.builders import PASSWORD

pytestmark = pytest.mark.django_db
STRANGER = str(uuid4())
HOSTILE = {
    "id": STRANGER, "pk": STRANGER, "user": STRANGER, "user_id": STRANGER, "is_staff": True, "is_superuser": True,
    "token_version": 99, "approved_by": STRANGER, "approved_by_id": STRANGER, "clock_in": "2020-01-01T00:00:00Z",
    "clock_out": "2020-01-01T00:00:00Z", "work_date": "2020-01-01", "sync_status": "failed", "source": "web",
    "device_id": "x", "net_amount": 1, "gross_amount": 1, "deleted_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z", "force": True, "is_admin": True,
    "ignore_permissions": True, "latest_payroll_id": STRANGER, "ended_on": "2020-01-01", "only_row": False,
    "currency": "USD", "payroll_pack": "x", "is_read": True, "job": STRANGER, "last_login": "2020-01-01T00:00:00Z",
}  # fmt: skip
TIMES = {"id", "created_at", "updated_at", "clock_in"}


def compared(answer: Any) -> dict[str, Any]:
    """The answer without what differs from one request to the next."""
    assert answer.status_code < 300, answer.content
    body = answer.json()
    assert STRANGER not in str(body) and "2020-01-01" not in str(body)  # an id may have 2020 in it
    return {key: value for key, value in body.items() if key not in TIMES}


@pytest.mark.parametrize(
    ("path", "body", "more"),
    [
        ("roles", {"name": "clerk"}, {}),
        ("departments", {"name": "Lab"}, {}),
        ("employees", {"employee_number": "X-1", "first_name": "Nina"}, {"current_salary": 1}),
        ("salary_components", {"name": "Meal", "type": "fixed"}, {}),
        ("users", {"email": "nina@example.com", "password": PASSWORD}, {"is_active": False}),
    ],
)
def test_what_is_made_is_made_of_what_may_be_set(cast, client_of, path, body, more):
    client = client_of(cast.superadmin)
    first = compared(client.post(f"/api/v1/{path}", body))
    other = {key: f"{value}2" if key in ("name", "employee_number") else value for key, value in body.items()}
    other = {key: f"x{value}" if key == "email" else value for key, value in other.items()}
    second = compared(client.post(f"/api/v1/{path}", {**HOSTILE, **more, **other}))
    assert {key for key in first if first[key] != second[key]} <= {"name", "employee_number", "email"}
    assert first.keys() == second.keys()


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("employees/{employee}", {"employee_number": "X", "hired_at": "1999-01-01"}),
        ("departments/{department}", {}),
        ("settings", {}),
        ("users/{user}", {}),
    ],
)
def test_what_is_changed_is_what_may_be_changed(cast, client_of, path, more):
    client = client_of(cast.superadmin)
    where = "/api/v1/" + path.format(
        employee=cast.employee.employee_id, department=cast.sales.pk, user=cast.employee.pk
    )
    before = client.get(where).json()
    assert client.put(where, {**HOSTILE, **more}).json() == before
    assert client.get(where).json() == before
    assert User.objects.get(pk=cast.employee.pk).token_version == 1


def test_one_punches_and_takes_leave_for_oneself_now_and_undecided(cast, client_of):
    client, foreign = client_of(cast.employee), {"employee_id": str(cast.outsider.employee_id), "employee": STRANGER}
    where = {"lat": -6.2, "lng": 106.8, "location": "HQ"}
    stay = compared(client.post("/api/v1/attendances/clock-in", {**HOSTILE, **foreign, **where}))
    assert (stay["employee_id"], stay["sync_status"]) == (str(cast.employee.employee_id), "synced")
    assert (stay["clock_out"], stay["device_id"], stay["source"]) == (None, None, "mobile")
    days = {"leave_type": "unpaid", "start_date": "2025-12-01", "end_date": "2025-12-02", "days": 2}
    asked = compared(client.post("/api/v1/leaves", {**HOSTILE, **foreign, "status": "approved", **days}))
    assert (asked["employee_id"], asked["status"]) == (str(cast.employee.employee_id), "pending")
    leave = Leave.objects.get()
    decided = {**HOSTILE, **foreign, "days": 0.5, "status": "rejected"}
    shown = compared(client_of(cast.hr).patch(f"/api/v1/leaves/{leave.pk}/approve", decided))
    assert (shown["approved_by"], shown["days"]) == (str(cast.hr.pk), 2)
