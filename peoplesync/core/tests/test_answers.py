"""What every answer of the API has, whatever was asked."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from hr.tests.builders import PASSWORD
from peoplesync.core.api import errors
from peoplesync.core.middleware import ServiceErrors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "application/json;q=0", "x", ""])
def test_answers_are_json_whatever_is_accepted(cast, client_of, accept):
    for path in ("/health", "/employees", "/api/v1/employees/x"):
        answer = client_of(cast.hr).get(path, HTTP_ACCEPT=accept)
        assert answer.status_code in (200, 404)
        assert answer["Content-Type"] == "application/json"


def test_no_answer_with_pay_or_tokens_is_kept_on_the_way(cast, client_of):
    signed_in = client_of(None).post("/auth/login", {"email": "hana@example.com", "password": PASSWORD})
    refused = client_of(None).get("/employees")
    for answer in (signed_in, refused, client_of(cast.hr).get("/employees")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/employees/", "/api/v1/employees/", "/api/v1/auth/login/", "/nothing", "/api/v1"])
def test_a_slash_too_many_and_what_is_nowhere_are_404_in_the_envelope(cast, client_of, path):
    answer = client_of(cast.hr).get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_what_is_refused_before_it_is_read_says_what_to_do(cast, client_of):
    hr = client_of(cast.hr)
    answer = hr.post("/departments", "name=Lab", content_type="text/plain")
    assert (answer.status_code, "Send application/json" in answer.json()["message"]) == (415, True)
    answer = hr.options("/departments")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD")
    assert answer.json()["message"].endswith("The Allow header names those it takes.")
    assert "Authorization: Bearer" in client_of(None).get("/employees").json()["message"]
    assert hr.get("/departments")["Allow"] == answer["Allow"]


def test_what_is_no_word_no_list_or_no_object_is_told_what_there_is(cast, client_of):
    hr = client_of(cast.hr)
    status = hr.put(f"/employees/{cast.employee.employee_id}", {"status": "retired"}).json()["errors"]["status"]
    assert status == ["Give one of: active, terminated, on_leave."]
    assert hr.post("/work_sites", {"name": "HQ", "employee_ids": "x"}).json()["errors"]["employee_ids"] == [
        "Send a list."
    ]
    days = [{"weekday": 9, "starts_at": "8", "ends_at": "17:00", "required_minutes": "x"}, 3, {"weekday": True}]
    assert hr.post("/schedules", {"name": "Week", "days": days}).json()["errors"] == {
        "days.0.weekday": ["Give at most 6."],
        "days.0.starts_at": ["Give a time of the day as HH:MM."],
        "days.0.required_minutes": ["Send a whole number, without quotes."],
        "days.1": ["Send each day as a JSON object."],
        "days.2.weekday": ["Send a whole number, without quotes."],
        "days.2.starts_at": ["This field is required."],
        "days.2.ends_at": ["This field is required."],
    }
    assert hr.post("/schedules", {"name": "Week", "days": ["x"] * 8}).json()["errors"] == {
        "days": ["Send at most 7 at once."]
    }
    for days in ("x", {"weekday": 0}):
        assert hr.post("/schedules", {"name": "Week", "days": days}).json()["errors"] == {"days": ["Send a list."]}
    for body in ([1], "x"):
        assert hr.post("/departments", body).json()["errors"] == {"body": ["Send one JSON object."]}
    assert hr.get("/attendances?open=1").json()["errors"]["open"] == ["Give true or false."]
    (ordering,) = hr.get("/employees?ordering=salary").json()["errors"]["ordering"]
    assert "hired_at" in ordering and "Select" not in ordering


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("attendances?employee_id=7", "Give an id: a UUID of 36 characters."),
        ("attendances?from=16.11.2026", "Give a day of the calendar as YYYY-MM-DD."),
        ("payrolls?period_month=13", "Give a whole number from 1 to 12."),
        ("payrolls?period_month=x", "Give a whole number from 1 to 12."),
        ("payrolls?period_month=1.5", "Give a whole number from 1 to 12."),
        ("payrolls?status=paid", "Give one of: draft, generated, posted."),
        (f"employees?search={'x' * 201}", "Give at most 200 characters."),
    ],
)
def test_what_a_list_cannot_be_narrowed_by_is_told_what_it_takes(cast, client_of, query, said):
    assert list(client_of(cast.hr).get(f"/{query}").json()["errors"].values()) == [[said]]


def test_an_id_in_a_path_may_be_written_in_capitals(cast, client_of):
    path = f"/employees/{str(cast.employee.employee_id).upper()}"
    assert client_of(cast.hr).get(path).json()["id"] == str(cast.employee.employee_id)
    assert client_of(None).get(path).status_code == 401
    one = client_of(cast.hr).post("/departments", {"name": "Lab"}).json()["id"]
    assert client_of(cast.hr).put(f"/api/v1/departments/{one.upper()}", {"name": "Library"}).json()["name"] == "Library"


@pytest.mark.parametrize("page", ["2", "1000000000", "10000000000", str(2**63 - 1), "0" * 50 + "7"])
def test_a_page_past_the_end_is_empty_however_far(cast, client_of, page):
    answer = client_of(cast.hr).get("/departments", {"page": page})
    assert (answer.status_code, answer.json()["data"]) == (200, [])
    assert (answer.json()["meta"]["from"], answer.json()["meta"]["last_page"]) == (None, 1)


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": str(2**63)},
        {"page": "-1"},
        {"page": "1.5"},
        {"page": "\u0663"},
        {"per_page": "101"},
        {"per_page": "0"},
    ],
)
def test_what_is_no_page_is_refused(cast, client_of, query):
    answer = client_of(cast.hr).get("/departments", query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(query))


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON"]
)
def test_json_is_json_however_its_type_is_written(cast, client_of, kind):
    answer = client_of(cast.hr).generic("POST", "/departments", '{"name": "Büro"}'.encode(), content_type=kind)
    assert (answer.status_code, answer.json()["name"]) == (201, "Büro")


@pytest.mark.parametrize("tail", ["x", "3fa85f6457174562b3fc2c963f66afa6", "x/approve"])
def test_what_is_no_id_is_called_so_and_not_a_missing_route(cast, client_of, tail):
    answer = client_of(cast.hr).get(f"/api/v1/{'leaves' if '/' in tail else 'employees'}/{tail}")
    assert answer.status_code == 404
    assert answer.json()["message"].startswith(f'"{tail.partition("/")[0]}" is no id.')
    assert "nothing at this address" in client_of(cast.hr).get("/api/v1/nothing/x").json()["message"]


def test_the_bare_address_leads_to_the_admin(client):
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("made", [HttpResponse, StreamingHttpResponse])
def test_an_answer_to_head_has_its_length_and_no_body(rf, made):
    def view(request):
        return made([b"body"], headers={"Content-Length": "4"})

    answer = ServiceErrors(view)(rf.head("/health"))
    assert (b"".join(answer), answer["Content-Length"]) == (b"", "4")
    assert b"".join(ServiceErrors(view)(rf.get("/health"))) == b"body"


def test_a_host_that_is_not_served_is_told_so_and_nothing_is_logged(client_of, caplog):
    answer = client_of(None).get("/health", headers={"host": "10.0.2.2"})
    assert (answer.status_code, answer.json()["message"]) == (400, errors.UNKNOWN_HOST)
    assert "in PEOPLESYNC_HOST of `make run`" in errors.UNKNOWN_HOST
    assert not caplog.records
