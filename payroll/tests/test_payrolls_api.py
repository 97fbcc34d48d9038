"""POST /payrolls with its key, and payslips as their readers see them (contract, 3.8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payroll.models import Payroll, PayrollRun, PayrollSnapshot
from payroll.services import posting, runs
from payroll.tests import builders
from peoplesync.core.models import ActivityLog, IdempotencyKey, Job
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db
ROUTE = "/api/v1/payrolls"
BODY = {"period_year": 2025, "period_month": 11, "department_id": None, "employee_ids": None}


def post(client, body=BODY, key=None, route=ROUTE):
    return client.post(route, body, headers={"Idempotency-Key": str(key or uuid4())})


@pytest.fixture
def paid(cast):
    """Ema with a salary of 10,000,000."""
    builders.rate(cast.employee.employee, 10_000_000)
    return cast.employee


def test_a_month_is_accepted_as_documented(cast, client_of):
    answer = post(client_of(cast.payroll))
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == "/api/v1/jobs/job_payroll_nov2025"
    assert {key: body[key] for key in ("job_id", "status", "progress", "result", "error")} == {
        "job_id": "job_payroll_nov2025",
        "status": "queued",
        "progress": {"processed": 0, "total": 0},
        "result": None,
        "error": None,
    }


def test_the_job_ends_with_the_payrolls_ids_and_each_can_be_read(cast, client_of, paid):
    payroll = client_of(cast.payroll)
    job_id = post(payroll).json()["job_id"]
    jobs.run(job_id=job_id)
    job = payroll.get(f"/api/v1/jobs/{job_id}").json()
    assert job["status"] == "completed"
    shown = payroll.get(f"{ROUTE}/{job['result']['payroll_ids'][0]}").json()
    assert set(shown) == {
        "id", "employee_id", "period_year", "period_month", "gross_amount", "net_amount", "status", "items",
        "generated_at", "paid_at", "created_at",
    }  # fmt: skip
    assert (shown["status"], shown["gross_amount"], shown["net_amount"]) == ("draft", 10_000_000, 10_000_000)
    assert set(shown["items"][0]) == {"id", "component_id", "component_name", "amount", "note"}
    assert shown["items"][0]["note"] == "Monthly base salary" and shown["paid_at"] is None
    snapshot = payroll.get(f"{ROUTE}/{shown['id']}/snapshot").json()
    assert set(snapshot) == {
        "id", "employee_id", "period_year", "period_month", "gross_amount", "net_amount", "created_at",
    }  # fmt: skip


def test_a_second_job_of_a_month_has_an_id_of_its_own(cast, client_of):
    ids = [post(client_of(cast.payroll)).json()["job_id"] for _ in range(2)]
    assert ids[0] == "job_payroll_nov2025" and ids[1].startswith("job_payroll_nov2025_")


TWO_KEYS = "6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b, 0b9a8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d"


@pytest.mark.parametrize("key", [None, "", "nov2025", "12345678-1234-1234-1234-12345678901Z", TWO_KEYS])
def test_a_missing_or_malformed_key_is_400_naming_the_header_and_stores_nothing(cast, client_of, key):
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = client_of(cast.payroll).post(ROUTE, BODY, headers=headers)
    assert answer.status_code == 400 and "Idempotency-Key" in answer.json()["errors"]
    assert not PayrollRun.objects.exists() and not Job.objects.exists()


def test_a_quoted_key_counts_as_the_bare_one(cast, client_of):
    key = uuid4()
    assert post(client_of(cast.payroll), key=f'"{key}"').status_code == 202
    assert post(client_of(cast.payroll), key=key).status_code == 409


def test_a_repeated_key_is_409_and_names_the_job_only_for_the_same_body(cast, client_of):
    payroll, key = client_of(cast.payroll), uuid4()
    first = post(payroll, key=key).json()
    again = post(payroll, key=key)
    assert again.status_code == 409
    assert again.json()["errors"]["job_id"] == [first["job_id"]]
    assert again.headers["Location"] == f"/api/v1/jobs/{first['job_id']}"
    other = post(payroll, {**BODY, "period_month": 12}, key=key)
    assert other.status_code == 409 and "job_id" not in other.json()["errors"] and "Location" not in other.headers
    assert Job.objects.count() == 1


def test_the_two_mounts_are_one_route_for_a_key(cast, client_of):
    payroll, key = client_of(cast.payroll), uuid4()
    assert post(payroll, key=key).status_code == 202
    assert post(payroll, key=key, route="/payrolls").status_code == 409


def test_keys_of_other_users_and_after_a_day_are_free(cast, client_of):
    key = uuid4()
    assert post(client_of(cast.payroll), key=key).status_code == 202
    assert post(client_of(cast.superadmin), key=key).status_code == 202
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(client_of(cast.payroll), key=key).status_code == 202


def test_a_400_leaves_the_key_free(cast, client_of):
    payroll, key = client_of(cast.payroll), uuid4()
    assert post(payroll, {**BODY, "period_month": 13}, key=key).status_code == 400
    assert post(payroll, key=key).status_code == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period_month", 0),
        ("period_month", 13),
        ("period_month", "11"),
        ("period_month", 11.5),
        ("period_month", True),
        ("period_month", None),
        ("period_month", [11]),
        ("period_year", 10**9),
        ("period_year", -1),
        ("period_year", 10**400),
        ("department_id", "engineering"),
        ("department_id", "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
        ("employee_ids", []),
        ("employee_ids", {}),
        ("employee_ids", "all"),
        ("employee_ids", ["x"]),
        ("employee_ids", [None]),
        ("employee_ids", ["3fa85f64-5717-4562-b3fc-2c963f66afa6"]),
    ],
)
def test_a_bad_request_is_400_naming_the_field_and_starts_nothing(cast, client_of, field, value):
    answer = post(client_of(cast.payroll), {**BODY, field: value})
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["errors"])
    assert not PayrollRun.objects.exists() and not Job.objects.exists()


@pytest.mark.parametrize("body", [[], [BODY], "nov", 7, None])
def test_a_body_that_is_no_object_is_400(cast, client_of, body):
    assert post(client_of(cast.payroll), body).status_code == 400


@pytest.mark.parametrize("role", ["employee", "manager", "auditor"])
def test_who_may_not_generate_is_403_before_anything_else(cast, client_of, role):
    assert client_of(cast.by_role()[role]).post(ROUTE, {}).status_code == 403


def test_nobody_signed_in_is_401(client_of, db):
    assert client_of(None).get(ROUTE).status_code == 401
    assert post(client_of(None)).status_code == 401


def settle(cast, *, until="posted") -> Payroll:
    run = builders.computed(by=cast.hr)
    if until != "computed":
        runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    if until == "posted":
        posting.post(run=run, by=cast.payroll, at=timezone.now())
    return Payroll.objects.get()


def test_a_payslip_is_its_owners_once_it_is_approved_and_never_her_managers(cast, client_of, paid):
    row = settle(cast, until="computed")
    own = client_of(paid)
    assert own.get(f"{ROUTE}/{row.pk}").status_code == 404
    assert own.get(ROUTE).json()["meta"]["total"] == 0
    run = PayrollRun.objects.get()
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    assert own.get(f"{ROUTE}/{row.pk}").json()["status"] == "generated"
    assert own.get(f"{ROUTE}/{row.pk}/snapshot").status_code == 200
    for other in (cast.manager, cast.colleague, cast.outsider):
        client = client_of(other)
        assert client.get(f"{ROUTE}/{row.pk}").status_code == 404
        assert client.get(f"{ROUTE}/{row.pk}/snapshot").status_code == 404
        assert client.get(f"{ROUTE}?employee_id={row.employee_id}").json()["meta"]["total"] == 0
    for other in (cast.hr, cast.payroll, cast.auditor, cast.superadmin):
        assert client_of(other).get(f"{ROUTE}/{row.pk}").status_code == 200


def test_her_record_points_to_her_newest_payslip_only_once_it_is_shown_to_her(cast, client_of, paid):
    """The record itself points to the draft at once, for those who work on it."""
    record = f"/api/v1/employees/{paid.employee_id}?include=latest_payroll"

    def points_to(user):
        shown = client_of(user).get(record).json()
        assert (shown["latest_payroll"] or {}).get("id") == shown["latest_payroll_id"]
        return shown["latest_payroll_id"]

    first = str(settle(cast, until="computed").pk)
    assert (points_to(cast.hr), points_to(paid), points_to(cast.manager)) == (first, None, None)
    runs.approve(run=PayrollRun.objects.get(), acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    assert (points_to(paid), points_to(cast.manager)) == (first, None)
    builders.computed(by=cast.hr, month=12)
    draft = str(Payroll.objects.get(employee_id=paid.employee_id, period_month=12).pk)
    assert (points_to(cast.hr), points_to(paid)) == (draft, first)


def test_reading_somebody_elses_payslip_is_logged_and_reading_ones_own_is_not(cast, client_of, paid):
    row = settle(cast)
    client_of(paid).get(f"{ROUTE}/{row.pk}")
    assert not ActivityLog.objects.filter(action="payroll.read").exists()
    auditor = client_of(cast.auditor)
    auditor.get(f"{ROUTE}/{row.pk}")
    auditor.get(ROUTE)
    auditor.get(f"/api/v1/employees/{row.employee_id}?include=latest_payroll")
    read = ActivityLog.objects.filter(action="payroll.read", user=cast.auditor, resource_id=row.pk)
    assert read.count() == 3 and read.first().meta == {"employee_id": str(row.employee_id)}


def test_filters_narrow_the_list_and_what_cannot_be_is_400(cast, client_of, paid):
    settle(cast)
    hr = client_of(cast.hr)
    total = lambda query: hr.get(f"{ROUTE}?{query}").json()["meta"]["total"]  # noqa: E731 a question asked ten times
    assert total("status=posted") == 1 and total("status=draft") == 0
    assert total("period_year=2025&period_month=11") == 1 and total("period_month=12") == 0
    assert total(f"employee_id={paid.employee_id}") == 1 and total(f"employee_id={cast.hr.employee_id}") == 0
    for bad in ("status=computed", "period_month=13", "period_year=x", "employee_id=1", "period_year=1e99"):
        assert hr.get(f"{ROUTE}?{bad}").status_code == 400, bad


def test_latest_payroll_on_an_employee_is_null_for_whoever_may_not_see_it(cast, client_of, paid):
    row = settle(cast)
    address = f"/api/v1/employees/{paid.employee_id}?include=latest_payroll"
    assert client_of(cast.hr).get(address).json()["latest_payroll"]["id"] == str(row.pk)
    assert client_of(paid).get(address).json()["latest_payroll"]["net_amount"] == 10_000_000
    for other in (cast.manager, cast.colleague):
        body = client_of(other).get(address).json()
        assert (body["latest_payroll"], body["latest_payroll_id"]) == (None, None)


def test_a_payslip_explains_each_line_when_asked(cast, client_of, paid):
    row = settle(cast)
    shown = client_of(paid).get(f"{ROUTE}/{row.pk}?include=explanation").json()
    assert shown["explanation"] == ["Basic Salary, earning of 10,000,000: 10,000,000 a month, for 1 to 30 Nov 2025."]


def test_a_list_costs_the_same_however_long_it_is(cast, client_of, paid):
    for number in range(30):
        builders.paid(f"Person {number}")
    settle_all = builders.computed(by=cast.hr)
    assert settle_all.payroll_count == 31
    auditor = client_of(cast.auditor)

    def cost(size: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(auditor.get(f"{ROUTE}?per_page={size}&include=explanation").json()["data"]) == size
        return len(asked)

    assert cost(2) == cost(31) <= 6
    with CaptureQueriesContext(connection) as asked:
        auditor.get("/api/v1/employees?per_page=40&include=latest_payroll")
    assert len(asked) <= 8


def test_put_salary_through_the_record_is_what_the_next_payroll_pays(cast, client_of):
    person = str(cast.employee.employee_id)
    answer = client_of(cast.hr).put(f"/api/v1/employees/{person}", {"current_salary": 15000000})
    assert answer.status_code == 200
    builders.computed(by=cast.hr)
    assert Payroll.objects.get(employee_id=person).gross_amount == 15_000_000
    assert PayrollSnapshot.objects.count() == 1
