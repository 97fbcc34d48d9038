"""Departments over HTTP: the contract's shape, the tree without rings, rights."""

import re
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hr.models import Department, Employee
from hr.services import departments
from hr.tests import builders
from hr.tests.together import together
from peoplesync.core.models import ActivityLog

URL = "/api/v1/departments"


def shown(row):
    return {
        "id": str(row.pk),
        "name": row.name,
        "code": row.code,
        "parent_id": str(row.parent_id) if row.parent_id else None,
        "created_at": row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("path", [URL, "/departments"])
def test_the_list_is_a_page_by_name(cast, client_of, path):
    body = client_of(cast.employee).get(path).json()
    assert body["data"] == [shown(row) for row in (cast.engineering, cast.platform, cast.sales)]
    assert body["meta"] == {"current_page": 1, "per_page": 25, "total": 3, "last_page": 1, "from": 1, "to": 3}


def test_paging_past_the_end_is_empty_and_out_of_range_is_a_400(cast, client_of):
    client = client_of(cast.employee)
    past = client.get(f"{URL}?page=9&per_page=2").json()
    assert (past["data"], past["meta"]["from"], past["meta"]["last_page"]) == ([], None, 2)
    for query in ("page=0", "page=-1", "page=x", "per_page=0", "per_page=101", "page=1e3", "per_page=NaN", "page=%00"):
        answer = client.get(f"{URL}?{query}")
        assert answer.status_code == 400, query
        assert query.partition("=")[0] in answer.json()["errors"]


def test_create_answers_201_with_the_department(cast, client_of):
    body = {"name": "People", "code": "PPL", "parent_id": str(cast.sales.pk)}
    answer = client_of(cast.hr).post(URL, body)
    assert answer.status_code == 201
    row = Department.objects.get(name="People")
    assert answer.json() == shown(row)
    logged = ActivityLog.objects.get(resource_id=row.pk)
    assert (logged.action, logged.user_id, logged.meta) == ("department.created", cast.hr.pk, {"name": "People"})


def test_only_the_name_is_required(cast, client_of):
    answer = client_of(cast.hr).post(URL, {"name": "Legal"})
    assert answer.status_code == 201
    assert (answer.json()["code"], answer.json()["parent_id"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "A", "code": "x" * 51}, "code"),
        ({"name": "A", "code": True}, "code"),
        ({"name": "A", "parent_id": "1"}, "parent_id"),
        ({"name": "A", "parent_id": 5}, "parent_id"),
        ({"name": "A", "parent_id": str(uuid4())}, "parent_id"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_a_bad_body_is_a_400_that_names_the_field_and_writes_nothing(cast, client_of, body, field):
    before = Department.objects.count()
    answer = client_of(cast.hr).post(URL, body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert Department.objects.count() == before


def test_put_changes_what_is_sent_and_nothing_else(cast, client_of):
    url = f"{URL}/{cast.platform.pk}"
    answer = client_of(cast.hr).put(url, {"code": "PF", "id": str(uuid4()), "created_at": "2000-01-01T00:00:00Z"})
    assert answer.status_code == 200
    assert answer.json() == shown(cast.platform) | {"code": "PF"}
    assert client_of(cast.hr).put(url, {"parent_id": None}).json()["parent_id"] is None
    entry = ActivityLog.objects.filter(action="department.updated").latest("created_at")
    assert entry.meta == {"name": "Platform", "changes": {"parent_id": [str(cast.engineering.pk), None]}}


def test_a_put_that_changes_nothing_is_200_and_no_entry(cast, client_of):
    assert client_of(cast.hr).put(f"{URL}/{cast.sales.pk}", {"name": "Sales"}).status_code == 200
    assert not ActivityLog.objects.exists()


def test_neither_itself_nor_what_lies_below_becomes_the_parent(cast, client_of):
    below = builders.department("Below", parent=cast.platform)
    for parent in (cast.engineering, cast.platform, below):
        answer = client_of(cast.hr).put(f"{URL}/{cast.engineering.pk}", {"parent_id": str(parent.pk)})
        assert answer.status_code == 400
        assert "parent_id" in answer.json()["errors"]
    assert client_of(cast.hr).put(f"{URL}/{below.pk}", {"parent_id": str(cast.engineering.pk)}).status_code == 200


def test_a_deleted_department_is_404_in_no_list_and_no_parent(cast, client_of):
    departments.delete(department=cast.engineering, by=None, at=timezone.now())
    client = client_of(cast.superadmin)
    assert client.get(f"{URL}/{cast.engineering.pk}").status_code == 404
    assert client.put(f"{URL}/{cast.engineering.pk}", {"name": "Again"}).status_code == 404
    assert client.get(URL).json()["meta"]["total"] == 2
    assert client.get(f"{URL}/{cast.platform.pk}").json()["parent_id"] is None
    assert client.post(URL, {"name": "New", "parent_id": str(cast.engineering.pk)}).status_code == 400
    assert client.get(f"{URL}/{uuid4()}").json() == client.get(f"{URL}/{cast.engineering.pk}").json()


def test_deleting_holds_the_people_of_a_department_before_it_as_a_file_does_that_moves_them_there(cast):
    with CaptureQueriesContext(connection) as asked:
        departments.delete(department=cast.engineering, by=None, at=timezone.now())
    held = [re.search(r'FROM "(\w+)"', each["sql"])[1] for each in asked if each["sql"].endswith(" UPDATE")]
    assert held == ["hr_employee", "hr_department"]
    assert not Employee.objects.filter(department=cast.engineering).exists()


def test_include_adds_parent_and_children_with_two_statements(cast, client_of, django_assert_num_queries):
    client = client_of(cast.employee)
    with django_assert_num_queries(5):  # who, count, page, parents, children
        rows = client.get(f"{URL}?include=parent,children,employees,parent").json()["data"]
    engineering, platform, sales = rows
    assert engineering["parent"] is None
    assert [child["name"] for child in engineering["children"]] == ["Platform"]
    assert platform["parent"] == shown(cast.engineering)
    assert (sales["children"], "employees" in sales) == ([], False)
    assert "parent" not in client.get(f"{URL}/{cast.platform.pk}").json()
    assert client.get(f"{URL}/{cast.platform.pk}?include=parent").json()["parent"]["name"] == "Engineering"


def test_a_page_costs_three_statements_however_long_it_is(cast, client_of, django_assert_num_queries):
    for number in range(30):
        builders.department(f"Department {number}", parent=cast.sales)
    client = client_of(cast.employee)
    with django_assert_num_queries(3):
        assert len(client.get(f"{URL}?per_page=100").json()["data"]) == 33


def test_everybody_signed_in_reads_and_only_hr_and_superadmin_write(cast, client_of):
    for role, user in cast.by_role().items():
        client = client_of(user)
        assert client.get(URL).status_code == 200
        assert client.get(f"{URL}/{cast.sales.pk}").status_code == 200
        may_write = role in {"hr", "superadmin"}
        assert client.post(URL, {"name": f"By {role}"}).status_code == (201 if may_write else 403)
        assert client.put(f"{URL}/{cast.sales.pk}", {"code": role}).status_code == (200 if may_write else 403)
    assert client_of(None).get(URL).status_code == 401
    assert client_of(None).post(URL, {"name": "x"}).status_code == 401


def test_other_methods_are_405_and_no_id_is_404(cast, client_of):
    client = client_of(cast.superadmin)
    for method in ("delete", "patch", "options"):
        answer = getattr(client, method)(f"{URL}/{cast.sales.pk}")
        assert (answer.status_code, answer.json()["status"]) == (405, 405)
    for path in (f"{URL}/nonsense", f"{URL}/{cast.sales.pk}/", f"{URL}/"):
        assert client.get(path).status_code == 404


def test_a_key_makes_a_repeated_post_one_department(cast, client_of):
    client, key = client_of(cast.hr), str(uuid4())
    first = client.post(URL, {"name": "Once"}, HTTP_IDEMPOTENCY_KEY=key)
    again = client.post("/departments", {"name": "Once"}, HTTP_IDEMPOTENCY_KEY=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert client.post(URL, {"name": "Twice"}, HTTP_IDEMPOTENCY_KEY=key).status_code == 409
    assert Department.objects.filter(name="Once").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_re_parentings_at_one_moment_close_no_ring():
    for _ in range(10):
        first, second = builders.department("First"), builders.department("Second")
        at = timezone.now()

        def below(child, parent, at=at):
            try:
                departments.update(department=child, changes={"parent_id": parent.pk}, by=None, at=at)
                return True
            except IntegrityError:
                return False

        results = together(partial(below, first, second), partial(below, second, first))
        assert sorted(results) == [False, True]
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.parent_id is None) != (second.parent_id is None)
