"""From the first sign-in to a posted payslip, over real HTTP, with a real PostgreSQL, Redis, Celery worker and beat.

Nothing is simulated: web, worker and beat are processes of their own on the application's limited login.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hr.tests import builders
from peoplesync.tests.over_http import Caller, new_key

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.timeout(240)]

DOCUMENTED = {
    "lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta", "location_accuracy": 15.3,
    "photo_url": "http://example.com",
}  # fmt: skip
SALARY, TRANSPORT, COOPERATIVE = 15_000_000, 500_000, 125_000.5


def person(root: Caller, number: str, department_id: str, *roles: str) -> tuple[str, Caller]:
    """An employee with a user, made over HTTP; her id and herself, signed in."""
    body = {
        "employee_number": number, "first_name": "Jane", "last_name": "Smith", "email": f"{number}@example.com",
        "phone": "+628123456789", "department_id": department_id, "hired_at": "2020-01-15", "status": "active",
    }  # fmt: skip
    made = root.post("/employees", 201, body, shape="Employee")
    assert made | body == made and made["current_salary"] is None
    user = {
        "email": body["email"], "password": builders.PASSWORD, "employee_id": made["id"], "roles": ["employee", *roles],
    }  # fmt: skip
    shown = root.post("/users", 201, user, shape="User")
    assert shown["employee_id"] == made["id"] and "password" not in shown
    return made["id"], root.signed_in(body["email"])


def clock_in(jane: Caller, employee_id: str) -> None:
    """The documented body, the documented answer, and 409 the second time, at both mounts."""
    stay = jane.post("/attendances/clock-in", 201, DOCUMENTED, shape="Attendance")
    told = {key: stay[key] for key in ("employee_id", "clock_out", "device_id", "source", "sync_status", "location")}
    assert told == {
        "employee_id": employee_id, "clock_out": None, "device_id": None, "source": "mobile", "sync_status": "synced",
        "location": "Office HQ, Jakarta",
    }  # fmt: skip
    assert (str(stay["lat"]), str(stay["lng"]), str(stay["location_accuracy"])) == ("-6.2088", "106.8456", "15.3")
    refusal = jane.post("/attendances/clock-in", 409, DOCUMENTED)
    assert refusal["status"] == 409 and "clock" in refusal["message"].lower()
    assert jane.get("/attendances", shape="page of Attendance")["meta"]["total"] == 1


def records(employee_id: str, stranger_id: str, today: date) -> list[dict[str, Any]]:
    """490 days' stays, two on some; three replays, and seven records that cannot be taken."""
    days = [today - timedelta(days=back) for back in range(2, 247)]
    good = [
        {
            "id": f"client-att-{on}-{hour}", "employee_id": employee_id, "clock_in_client_ts": f"{on}T{hour:02}:00:00Z",
            "clock_out_client_ts": f"{on}T{hour + 3:02}:00:00.123Z", "lat": -6.2, "lng": 106.8, "location": "Site",
            "location_accuracy": 4.5, "device_id": "device-abc123", "source": "offline", "sync_status": "pending",
        }
        for on in days
        for hour in (1, 6)
    ]  # fmt: skip
    foreign = [
        {**record, "id": f"foreign-{place}", "employee_id": stranger_id} for place, record in enumerate(good[:7])
    ]
    return [*good, *good[:3], *foreign]


def sync(jane: Caller, batch: list[dict[str, Any]]) -> None:
    """500 records at once; each is answered, in the order they were sent, and the key is good for once."""
    key = new_key()
    accepted = jane.post("/attendances/sync", 202, {"records": batch}, key=key, shape="JobStatus")
    assert accepted["progress"] == {"processed": 0, "total": 500} and accepted["result"] is None
    job = jane.finished(accepted["job_id"])
    assert (job["status"], job["progress"], job["error"]) == ("completed", {"processed": 500, "total": 500}, None)
    answers: list[Any] = []
    for page in range(1, 6):
        path = f"/attendances/sync/{job['job_id']}/records?per_page=100&page={page}"
        answers += jane.get(path, shape="page of SyncRecord")["data"]
    assert [(one["position"], one["id"]) for one in answers] == [(n, r["id"]) for n, r in enumerate(batch)]
    assert Counter(one["status"] for one in answers) == {"created": 490, "duplicate": 3, "refused": 7}
    assert {one["code"] for one in answers[-7:]} == {"foreign_employee"}
    again = jane.send("POST", "/attendances/sync", {"records": batch}, key=key)
    assert again.status == 409 and again.body["errors"]["job_id"] == [job["job_id"]]
    assert again.headers["Location"] == f"/api/v1/jobs/{job['job_id']}"
    assert jane.get("/attendances?per_page=1")["meta"]["total"] == 491


def leave(jane: Caller, manager: Caller, today: date) -> None:
    """Jane asks, may not decide it herself, and her manager does."""
    first = today + timedelta(days=7 - today.weekday())
    asked = {
        "leave_type": "annual", "start_date": f"{first}", "end_date": f"{first + timedelta(days=1)}", "days": 2,
        "reason": "Family vacation",
    }  # fmt: skip
    made = jane.post("/leaves", 201, asked, shape="Leave")
    assert made | asked == made and (made["status"], made["approved_by"]) == ("pending", None)
    jane.post("/leaves", 400, asked)
    decision = {"status": "approved", "note": "Approved for annual vacation"}
    jane.ask("PATCH", f"/leaves/{made['id']}/approve", 403, decision)
    decided = manager.ask("PATCH", f"/leaves/{made['id']}/approve", 200, decision, shape="Leave")
    assert (decided["status"], decided["approved_by"]) == ("approved", manager.get("/auth/me", shape="User")["id"])
    manager.ask("PATCH", f"/leaves/{made['id']}/approve", 400, decision)


def components(payroll: Caller) -> None:
    for name, kind, amount in (("Transport", "fixed", TRANSPORT), ("Cooperative", "deduction", COOPERATIVE)):
        body = {"name": name, "type": kind, "default_amount": amount}
        assert payroll.post("/salary_components", 201, body, shape="SalaryComponent")["name"] == name
    assert payroll.get("/salary_components", shape="page of SalaryComponent")["meta"]["total"] == 3


def generate(hr: Caller, jane: Caller, employee_id: str, month: date) -> str:
    """Generated with a key, polled to its end, and read: the payslip, its lines and its snapshot; the payslip's id."""
    body = {
        "period_year": month.year,
        "period_month": month.month,
        "department_id": None,
        "employee_ids": [employee_id],
    }
    key = new_key()
    hr.post("/payrolls", 400, body)
    started = hr.post("/payrolls", 202, body, key=key, shape="JobStatus")
    assert started["job_id"] == f"job_payroll_{month:%b%Y}".lower() and started["progress"]["total"] == 0
    repeated = hr.send("POST", "/payrolls", body, key=key)
    assert (repeated.status, repeated.headers["Location"]) == (409, f"/api/v1/jobs/{started['job_id']}")
    job = hr.finished(started["job_id"])
    assert job["status"] == "completed" and job["progress"] == {"processed": 1, "total": 1}
    (payroll_id,) = job["result"]["payroll_ids"]
    payslip = hr.get(f"/payrolls/{payroll_id}", shape="Payroll")
    lines = {item["component_name"]: float(item["amount"]) for item in payslip["items"]}
    assert lines == {"Basic Salary": SALARY, "Transport": TRANSPORT, "Cooperative": COOPERATIVE}
    assert (payslip["status"], payslip["gross_amount"]) == ("draft", SALARY + TRANSPORT)
    assert payslip["gross_amount"] - payslip["net_amount"] == round(COOPERATIVE * 100) / 100
    snapshot = hr.get(f"/payrolls/{payroll_id}/snapshot", shape="PayrollSnapshot")
    assert snapshot["net_amount"] == payslip["net_amount"]
    shown = hr.get(f"/employees/{employee_id}?include=latest_payroll,department")
    assert shown["latest_payroll"] == payslip and shown["latest_payroll_id"] == payroll_id
    jane.get(f"/payrolls/{payroll_id}", 404)
    return str(payroll_id)


def settle(hr: Caller, payroll: Caller, root: Caller, jane: Caller, payroll_id: str) -> None:
    """Who started the run may not approve it; others approve, post and pay, and then nothing changes any more."""
    (run,) = payroll.get("/payroll_runs")["data"]
    act = f"/payroll_runs/{run['id']}"
    hr.post(f"{act}/approve", 403, {})
    payroll.post(f"{act}/post", 409, {})
    # Once an hour beat asks about the overtime of the batch's days; at that minute it stands in the way, and nothing else.
    in_the_way = {point["code"] for point in payroll.get(f"{act}/readiness")["points"] if point["is_blocking"]}
    assert in_the_way <= {"pending_overtime"}
    said = {"acknowledgement": "Her overtime is settled with the next month"}
    assert payroll.post(f"{act}/approve", 200, said)["status"] == "approved"
    assert jane.get(f"/payrolls/{payroll_id}", shape="Payroll")["status"] == "generated"
    assert root.post(f"{act}/post", 200, said)["status"] == "posted"
    assert jane.get(f"/payrolls/{payroll_id}", shape="Payroll")["status"] == "posted"
    assert payroll.post(f"{act}/pay", 200, {})["status"] == "paid"
    assert jane.get(f"/payrolls/{payroll_id}", shape="Payroll")["paid_at"] is not None
    payroll.post(f"{act}/cancel", 409, {})


def told(hr: Caller, jane: Caller) -> None:
    """Each act stands in the log once, and whom it concerns has heard of it."""
    log: list[Any] = []
    for page in range(1, hr.get("/activity_logs?per_page=100", shape="page of ActivityLog")["meta"]["last_page"] + 1):
        log += hr.get(f"/activity_logs?per_page=100&page={page}")["data"]
    once = Counter(entry["action"] for entry in log)
    for action in (
        "department.created", "attendance.clocked_in", "attendance.synced", "leave.created", "leave.approved",
        "payroll_run.started", "payroll_run.approved", "payroll_run.posted", "payroll_run.paid",
    ):  # fmt: skip
        assert once[action] == 1, (action, once)
    assert once["employee.created"] == once["user.created"] == 4
    jane.get("/activity_logs", 403)
    titles = [one["title"] for one in jane.get("/notifications?is_read=false", shape="page of Notification")["data"]]
    assert {"Attendance sync imported", "Payroll Finished"} <= set(titles)
    assert any("leave" in title.lower() for title in titles)
    assert "Payroll Finished" in [one["title"] for one in hr.get("/notifications")["data"]]
    jane.post("/notifications/read_all", 200)
    assert jane.get("/notifications?is_read=false")["meta"]["total"] == 0


def leave_the_building(root: Caller, email: str) -> None:
    """Signing out ends the access token and the refresh token of that session at once."""
    body = {"email": email, "password": builders.PASSWORD}
    tokens = root.post("/auth/login", 200, body, shape="AuthLoginResponse")
    session = Caller(root.base, tokens["access_token"])
    session.get("/auth/me", shape="User")
    session.post("/auth/logout", 204, {"refresh_token": tokens["refresh_token"]})
    session.get("/auth/me", 401)
    root.post("/auth/refresh", 401, {"refresh_token": tokens["refresh_token"]})


def test_a_stranger_goes_from_sign_in_to_a_posted_payslip(server, worker, beat):
    builders.setting(timezone="Asia/Jakarta")
    builders.user("root@example.com", roles=("superadmin",))
    anyone = Caller(server)
    assert set(anyone.get("/health", shape="HealthCheck")["services"].values()) == {"connected"}
    anyone.post("/auth/login", 401, {"email": "root@example.com", "password": "wrong"})
    anyone.get("/auth/me", 401)
    root = anyone.signed_in("root@example.com")
    named = {"name": "Engineering", "code": "ENG", "parent_id": None}
    department = root.post("/departments", 201, named, shape="Department")
    assert department | named == department
    jane_id, jane = person(root, "EMP-1002", department["id"])
    _, manager = person(root, "EMP-1003", department["id"], "manager")
    stranger_id, hr = person(root, "EMP-1004", department["id"], "hr")
    _, payroll = person(root, "EMP-1005", department["id"], "payroll_admin")
    today = datetime.now(UTC).date()
    clock_in(jane, jane_id)
    sync(jane, records(jane_id, stranger_id, today))
    leave(jane, manager, today)
    components(payroll)
    shown = hr.ask("PUT", f"/employees/{jane_id}", 200, {"current_salary": SALARY}, shape="Employee")
    assert shown["current_salary"] == SALARY
    assert manager.get(f"/employees/{jane_id}", shape="Employee")["current_salary"] is None
    payroll_id = generate(hr, jane, jane_id, today.replace(day=1) - timedelta(days=1))
    settle(hr, payroll, root, jane, payroll_id)
    told(hr, jane)
    leave_the_building(root, "EMP-1002@example.com")
