"""Employees over HTTP: the contract's shape, filters, writes, rights."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from hr.models import Employee
from hr.services import employees
from hr.tests import builders
from peoplesync.core.models import ActivityLog

URL = "/api/v1/employees"
NEW = {
    "employee_number": "EMP-1002",
    "first_name": "Jane",
    "last_name": "Smith",
    "email": "user@example.com",
    "phone": "+628123456789",
    "hired_at": "2020-01-15",
    "status": "active",
}


def instant(value):
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(row, **changes):
    return {
        "id": str(row.pk),
        "employee_number": row.employee_number,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "phone": row.phone,
        "department_id": str(row.department_id) if row.department_id else None,
        "hired_at": row.hired_at.isoformat() if row.hired_at else None,
        "status": row.status,
        "current_salary": None,
        "latest_payroll_id": None,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    } | changes


@pytest.mark.parametrize("path", [URL, "/employees"])
def test_the_list_is_a_page_by_number(cast, client_of, path):
    body = client_of(cast.employee).get(path).json()
    assert body["data"] == [shown(row) for row in Employee.objects.order_by("employee_number")]
    assert body["meta"]["total"] == 8


def test_create_answers_201_with_the_employee(cast, client_of):
    answer = client_of(cast.hr).post(URL, NEW | {"department_id": str(cast.sales.pk)})
    assert answer.status_code == 201
    row = Employee.objects.get(employee_number="EMP-1002")
    assert answer.json() == shown(row)
    assert (row.hired_at, row.department_id, row.current_salary) == (date(2020, 1, 15), cast.sales.pk, None)
    entry = ActivityLog.objects.get(resource_id=row.pk)
    assert (entry.action, entry.user_id) == ("employee.created", cast.hr.pk)
    assert entry.meta == {"employee_number": "EMP-1002", "name": "Jane Smith"}


def test_number_and_first_name_are_enough_and_the_status_is_active(cast, client_of):
    answer = client_of(cast.hr).post(URL, {"employee_number": "E-1", "first_name": "Wati"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["hired_at"], body["last_name"], body["email"]) == ("active", None, None, None)


def test_a_taken_number_is_a_400_that_names_it_until_its_owner_is_deleted(cast, client_of):
    client = client_of(cast.hr)
    first = client.post(URL, NEW).json()
    again = client.post(URL, NEW)
    assert again.status_code == 400
    assert again.json()["errors"] == {"employee_number": ["An employee with this number exists already."]}
    employees.delete(employee=Employee.objects.get(pk=first["id"]), by=None, at=timezone.now())
    assert client.post(URL, NEW).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"employee_number": None}, "employee_number"),
        ({"employee_number": ""}, "employee_number"),
        ({"employee_number": 1002}, "employee_number"),
        ({"employee_number": "x" * 51}, "employee_number"),
        ({"first_name": "x" * 151}, "first_name"),
        ({"first_name": "tab\x07"}, "first_name"),
        ({"last_name": {"a": 1}}, "last_name"),
        ({"email": "not an address"}, "email"),
        ({"email": ["a@example.com"]}, "email"),
        ({"phone": "1" * 51}, "phone"),
        ({"department_id": "ENG"}, "department_id"),
        ({"department_id": str(uuid4())}, "department_id"),
        ({"hired_at": "2025-02-30"}, "hired_at"),
        ({"hired_at": "15-01-2020"}, "hired_at"),
        ({"hired_at": "20200115"}, "hired_at"),
        ({"hired_at": 20200115}, "hired_at"),
        ({"hired_at": "0001-01-01"}, "hired_at"),
        ({"hired_at": "9999-12-31"}, "hired_at"),
        ({"status": "sleeping"}, "status"),
        ({"status": ["active"]}, "status"),
        ({"status": None}, "status"),
    ],
)
def test_a_bad_value_is_a_400_that_names_the_field_and_writes_nothing(cast, client_of, change, field):
    answer = client_of(cast.hr).post(URL, NEW | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Employee.objects.filter(first_name="Jane").exists()


def test_no_other_column_can_be_written(cast, client_of):
    row = cast.employee.employee
    evil = {
        "id": str(uuid4()),
        "employee_number": "STOLEN",
        "hired_at": "1990-01-01",
        "ended_on": "2000-01-01",
        "deleted_at": "2000-01-01T00:00:00Z",
        "created_at": "2000-01-01T00:00:00Z",
        "latest_payroll_id": str(uuid4()),
        "timezone": "UTC",
        "users": [],
        "is_superuser": True,
        "force": True,
        "phone": "+62",
    }
    before = Employee.objects.filter(pk=row.pk).values().get()
    assert client_of(cast.hr).put(f"{URL}/{row.pk}", evil).status_code == 200
    after = Employee.objects.filter(pk=row.pk).values().get()
    assert {key for key in after if after[key] != before[key]} == {"phone", "updated_at"}
    created = client_of(cast.hr).post(URL, NEW | {"current_salary": 5, "deleted_at": "2000-01-01T00:00:00Z"}).json()
    assert Employee.objects.alive().get(pk=created["id"]).current_salary is None


def test_put_changes_what_is_sent_and_logs_it_masked(cast, client_of):
    row = cast.employee.employee
    answer = client_of(cast.hr).put(f"{URL}/{row.pk}", {"status": "on_leave", "phone": "+628123456789"})
    assert answer.status_code == 200
    row.refresh_from_db()
    assert answer.json() == shown(row)
    assert row.status == "on_leave"
    entry = ActivityLog.objects.get(action="employee.updated")
    assert entry.meta["changes"] == {"status": ["active", "on_leave"], "phone": [None, "***6789"]}


def test_nullable_values_can_be_taken_away(cast, client_of):
    row = cast.employee.employee
    empty = {"email": None, "phone": "", "last_name": "", "department_id": None}
    body = client_of(cast.hr).put(f"{URL}/{row.pk}", empty).json()
    assert {key: body[key] for key in empty} == dict.fromkeys(empty)


def test_a_deleted_employee_is_404_and_in_no_list(cast, client_of):
    row = cast.colleague.employee
    employees.delete(employee=row, by=None, at=timezone.now())
    client = client_of(cast.superadmin)
    assert client.get(f"{URL}/{row.pk}").status_code == 404
    assert client.put(f"{URL}/{row.pk}", {"first_name": "Back"}).status_code == 404
    assert client.get(URL).json()["meta"]["total"] == 7
    assert client.get(f"{URL}?search=budi").json()["data"] == []
    assert client.get(f"{URL}/{row.pk}").json() == client.get(f"{URL}/{uuid4()}").json()
    cast.colleague.refresh_from_db()
    assert cast.colleague.employee_id is None


def test_filters_by_department_status_and_words(cast, client_of):
    client = client_of(cast.employee)
    jane = builders.employee("Jane", last_name="Smith", email="js@corp.example", status="terminated")

    def numbers(query):
        return [row["id"] for row in client.get(f"{URL}?{query}").json()["data"]]

    assert numbers(f"department_id={cast.platform.pk}") == [str(cast.colleague.employee_id)]
    assert numbers("status=terminated") == [str(jane.pk)]
    assert numbers("search=SMITH jan") == [str(jane.pk)]
    assert numbers("search=js@corp") == [str(jane.pk)]
    assert numbers(f"search={jane.employee_number}") == [str(jane.pk)]
    assert numbers("search=%25") == []
    assert numbers(f"department_id={uuid4()}") == []
    assert len(numbers("status=&search=&department_id=")) == 9


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=asleep", "status"),
        ("department_id=1", "department_id"),
        ("search=%00", "search"),
        ("search=" + "x" * 201, "search"),
        ("ordering=current_salary", "ordering"),
        ("ordering=users__password", "ordering"),
    ],
)
def test_a_filter_with_an_impossible_value_is_a_400(cast, client_of, query, field):
    answer = client_of(cast.hr).get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_ordering_by_an_allowed_column_is_stable(cast, client_of):
    names = [row["first_name"] for row in client_of(cast.hr).get(f"{URL}?ordering=-first_name").json()["data"]]
    assert names == sorted(names, reverse=True)


def test_include_department_costs_one_statement(cast, client_of, django_assert_num_queries):
    client = client_of(cast.employee)
    for number in range(30):
        builders.employee(f"Number {number}", department=cast.platform)
    with django_assert_num_queries(3):  # who, count, page
        client.get(f"{URL}?per_page=100&search=number&status=active&ordering=first_name")
    with django_assert_num_queries(4):
        rows = client.get(f"{URL}?per_page=100&include=department,nonsense,department").json()["data"]
    assert {row["department"]["name"] for row in rows} == {"Engineering", "Platform", "Sales"}
    assert "nonsense" not in rows[0]
    nobody = builders.employee("Nobody")
    assert client.get(f"{URL}/{nobody.pk}?include=department").json()["department"] is None
    assert "department" not in client.get(f"{URL}/{nobody.pk}").json()


def test_everybody_signed_in_reads_and_only_hr_and_superadmin_write(cast, client_of):
    for role, user in cast.by_role().items():
        client = client_of(user)
        assert client.get(URL).status_code == 200
        assert client.get(f"{URL}/{cast.outsider.employee_id}").status_code == 200
        may_write = role in {"hr", "superadmin"}
        new = {"employee_number": f"BY-{role}", "first_name": "x"}
        assert client.post(URL, new).status_code == (201 if may_write else 403)
        put = client.put(f"{URL}/{cast.outsider.employee_id}", {"phone": role})
        assert put.status_code == (200 if may_write else 403)
        assert client.put(f"{URL}/{uuid4()}", {"phone": role}).status_code == (404 if may_write else 403)
    for method in ("get", "post"):
        assert getattr(client_of(None), method)(URL).status_code == 401
