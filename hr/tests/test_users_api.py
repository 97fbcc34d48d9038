"""Users over HTTP: kept by the superadmin, read by the auditor, closed to everybody else."""

from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from hr.models import User
from hr.services import users
from hr.tests import builders
from hr.tests.test_login import sign_in
from hr.tests.together import together
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Invalid

URL = "/api/v1/users"
PASSWORD = "a longer and better one 7"


def test_a_created_user_signs_in_with_her_roles(cast, client_of):
    person = builders.employee("Nina")
    body = {
        "email": "nina@example.com",
        "password": PASSWORD,
        "employee_id": str(person.pk),
        "roles": ["hr", "employee"],
    }
    answer = client_of(cast.superadmin).post(URL, body)
    assert answer.status_code == 201
    row = User.objects.get(email="nina@example.com")
    assert answer.json() == {
        "id": str(row.pk),
        "email": "nina@example.com",
        "employee_id": str(person.pk),
        "is_active": True,
        "roles": ["employee", "hr"],
        "created_at": row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "updated_at": row.updated_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    assert row.password.startswith("argon2")
    assert sign_in(client_of(None), "nina@example.com", PASSWORD).json()["user"] == answer.json()
    entry = ActivityLog.objects.get(action="user.created")
    assert entry.meta == {"email": "n***@example.com", "roles": ["employee", "hr"], "employee_id": str(person.pk)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "x"}, "email"),
        ({"email": "EMA@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "nina@example.com"}, "password"),
        ({"password": None}, "password"),
        ({"employee_id": str(uuid4())}, "employee_id"),
        ({"employee_id": "1"}, "employee_id"),
        ({"roles": "hr"}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": [1]}, "roles.0"),
        ({"roles": [["hr"]]}, "roles.0"),
        ({"roles": None}, "roles"),
    ],
)
def test_a_bad_value_is_a_400_that_names_the_field_and_makes_nobody(cast, client_of, change, field):
    before = User.objects.count()
    answer = client_of(cast.superadmin).post(URL, {"email": "nina@example.com", "password": PASSWORD} | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert User.objects.count() == before


def test_an_employee_has_one_user(cast, client_of):
    body = {"email": "two@example.com", "password": PASSWORD, "employee_id": str(cast.employee.employee_id)}
    answer = client_of(cast.superadmin).post(URL, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["employee_id"])


def test_no_other_column_can_be_written(cast, client_of):
    before = User.objects.filter(pk=cast.employee.pk).values().get()
    evil = {"id": str(uuid4()), "is_staff": True, "is_superuser": True, "token_version": 9, "deleted_at": "2000-01-01"}
    answer = client_of(cast.superadmin).put(f"{URL}/{cast.employee.pk}", evil | {"created_at": "2000-01-01T00:00:00Z"})
    assert answer.status_code == 200
    assert User.objects.filter(pk=cast.employee.pk).values().get() == before


def test_update_changes_roles_at_once_and_logs_them(cast, client_of):
    url = f"{URL}/{cast.employee.pk}"
    assert client_of(cast.employee).get("/api/v1/activity_logs").status_code == 403
    answer = client_of(cast.superadmin).put(url, {"roles": ["auditor"]})
    assert answer.json()["roles"] == ["auditor"]
    assert client_of(cast.employee).get("/api/v1/activity_logs").status_code == 200
    assert client_of(cast.superadmin).put(url, {"roles": ["auditor", "employee"]}).json()["roles"] == [
        "auditor",
        "employee",
    ]
    entry = ActivityLog.objects.filter(action="user.updated").earliest("created_at")
    assert entry.meta["changes"] == {"roles": [["employee"], ["auditor"]]}


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": PASSWORD}])
def test_deactivation_and_a_new_password_end_every_session(cast, client_of, change):
    signed_in = client_of(cast.employee)
    assert signed_in.get("/api/v1/auth/me").status_code == 200
    assert client_of(cast.superadmin).put(f"{URL}/{cast.employee.pk}", change).status_code == 200
    assert signed_in.get("/api/v1/auth/me").status_code == 401
    client_of(cast.superadmin).put(f"{URL}/{cast.employee.pk}", {"is_active": True})
    assert signed_in.get("/api/v1/auth/me").status_code == 401


def test_the_last_administrator_cannot_be_taken_away(cast, client_of):
    client, url = client_of(cast.superadmin), f"{URL}/{cast.superadmin.pk}"
    for change, field in (({"is_active": False}, "is_active"), ({"roles": ["employee"]}, "roles")):
        answer = client.put(url, change)
        assert answer.status_code == 400
        assert field in answer.json()["errors"]
    with pytest.raises(Invalid):
        users.delete(user=cast.superadmin, by=None, at=timezone.now())
    client.put(f"{URL}/{cast.hr.pk}", {"roles": ["hr", "admin"]})
    assert client.put(url, {"is_active": False}).status_code == 200


def test_a_deleted_user_is_404_and_in_no_list(cast, client_of):
    users.delete(user=cast.outsider, by=cast.superadmin, at=timezone.now())
    client = client_of(cast.superadmin)
    assert client.get(f"{URL}/{cast.outsider.pk}").status_code == 404
    assert client.put(f"{URL}/{cast.outsider.pk}", {"is_active": True}).status_code == 404
    assert cast.outsider.email not in [row["email"] for row in client.get(URL).json()["data"]]


def test_list_filters_and_costs_three_statements(cast, client_of, django_assert_num_queries):
    client = client_of(cast.auditor)
    User.objects.filter(pk=cast.employee.pk).update(is_active=False)
    with django_assert_num_queries(3):
        body = client.get(f"{URL}?per_page=100").json()
    assert body["meta"]["total"] == 8
    assert [row["email"] for row in client.get(f"{URL}?is_active=false").json()["data"]] == [cast.employee.email]
    assert [row["email"] for row in client.get(f"{URL}?search=MONA").json()["data"]] == [cast.manager.email]
    assert client.get(f"{URL}?is_active=maybe").status_code == 400


def test_who_reads_and_who_writes(cast, client_of):
    for role, user in cast.by_role().items():
        client = client_of(user)
        reads, writes = role in {"auditor", "superadmin"}, role == "superadmin"
        assert client.get(URL).status_code == (200 if reads else 403)
        assert client.get(f"{URL}/{cast.employee.pk}").status_code == (200 if reads else 403)
        new = {"email": f"by-{role}@example.com", "password": PASSWORD}
        assert client.post(URL, new).status_code == (201 if writes else 403)
        assert client.put(f"{URL}/{cast.outsider.pk}", {"roles": ["manager"]}).status_code == (200 if writes else 403)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_leave_one():
    first = builders.user("first@example.com", roles=("superadmin",))
    second = builders.user("second@example.com", roles=("superadmin",))

    def deactivate(user):
        try:
            users.update(user=user, changes={"is_active": False}, by=None, at=timezone.now())
            return True
        except Invalid:
            return False

    assert sorted(together(partial(deactivate, first), partial(deactivate, second))) == [False, True]
