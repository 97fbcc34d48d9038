"""Leave over HTTP, as the contract says: bodies, statuses, who sees and who decides, constant statements."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hr.models import Leave
from hr.services import leave_ledger
from hr.tests import timetable
from peoplesync.core.models import ActivityLog

MONDAY = date(2026, 12, 7)
BODY = {
    "leave_type": "annual",
    "start_date": "2026-12-07",
    "end_date": "2026-12-11",
    "days": 5,
    "reason": "Family vacation",
}
KEYS = {
    "id", "employee_id", "leave_type", "start_date", "end_date", "days", "status", "approved_by", "reason", "created_at",
    "updated_at",
}  # fmt: skip


@pytest.fixture(autouse=True)
def seeded_types(db):
    timetable.leave_type()


def asked(client_of, user, **values):
    answer = client_of(user).post("/api/v1/leaves", {**BODY, **values})
    assert answer.status_code == 201, answer.content
    return answer.json()


def decide(client_of, user, leave, status="approved", **values):
    return client_of(user).patch(f"/api/v1/leaves/{leave['id']}/approve", {"status": status, **values})


def test_asking_answers_the_contracts_leave(cast, client_of):
    shown = asked(client_of, cast.employee)
    assert set(shown) == KEYS
    assert shown["employee_id"] == str(cast.employee.employee_id)
    assert (shown["days"], shown["status"], shown["approved_by"]) == (5, "pending", None)
    assert shown["created_at"].endswith("Z")
    assert client_of(cast.employee).get(f"/leaves/{shown['id']}").json() == shown


def test_half_a_day_is_a_number_on_the_wire(cast, client_of):
    assert asked(client_of, cast.employee, end_date="2026-12-07", days=0.5)["days"] == 0.5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": 4}, "days"),
        ({"days": 0}, "days"),
        ({"days": -1}, "days"),
        ({"days": "5"}, "days"),
        ({"days": 10**30}, "days"),
        ({"days": None}, "days"),
        ({"days": True}, "days"),
        ({"leave_type": "holiday"}, "leave_type"),
        ({"leave_type": None}, "leave_type"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"start_date": "2026-12-7"}, "start_date"),
        ({"start_date": 20261207}, "start_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"end_date": "2026-12-06"}, "end_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"end_date": "2999-12-31"}, "end_date"),
        ({"reason": "bell\x07"}, "reason"),
        ({"reason": "nul\x00"}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": ["a"]}, "reason"),
    ],
)
def test_bad_input_is_a_400_that_names_the_field_and_changes_nothing(cast, client_of, values, field):
    answer = client_of(cast.employee).post("/api/v1/leaves", {**BODY, **values})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Leave.objects.exists()


@pytest.mark.parametrize("missing", ["leave_type", "start_date", "end_date", "days"])
def test_a_missing_field_is_named(cast, client_of, missing):
    body = {name: value for name, value in BODY.items() if name != missing}
    answer = client_of(cast.employee).post("/api/v1/leaves", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [missing])


def test_a_user_without_an_employee_cannot_ask(cast, client_of):
    cast.employee.employee = None
    cast.employee.save()
    answer = client_of(cast.employee).post("/api/v1/leaves", BODY)
    assert answer.status_code == 400
    assert "HR" in answer.json()["message"]


def test_overlapping_leave_is_a_400(cast, client_of):
    asked(client_of, cast.employee)
    answer = client_of(cast.employee).post("/api/v1/leaves", {**BODY, "leave_type": "annual"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["start_date"])


def test_a_locked_day_is_a_409_that_says_who_locked_it(cast, client_of):
    body = {"first_on": "2026-12-01", "last_on": "2026-12-31", "reason": "December pay"}
    lock = client_of(cast.payroll).post("/api/v1/period_locks", body).json()
    answer = client_of(cast.employee).post("/api/v1/leaves", BODY)
    assert answer.status_code == 409
    assert "paula@example.com" in answer.json()["message"]
    assert client_of(cast.hr).post(f"/api/v1/period_locks/{lock['id']}/release").status_code == 200
    asked(client_of, cast.employee)


def test_approval_names_the_deciding_user_and_keeps_the_note_in_the_log(cast, client_of):
    leave = asked(client_of, cast.employee)
    answer = decide(client_of, cast.manager, leave, note="Enjoy")
    assert (answer.status_code, set(answer.json())) == (200, KEYS)
    assert (answer.json()["status"], answer.json()["approved_by"]) == ("approved", str(cast.manager.pk))
    assert ActivityLog.objects.get(action="leave.approved").meta["note"] == "Enjoy"
    told = client_of(cast.employee).get(f"/api/v1/leaves/{leave['id']}").json()
    assert told["status"] == "approved"


def test_a_second_decision_is_a_400(cast, client_of):
    leave = asked(client_of, cast.employee)
    decide(client_of, cast.manager, leave, "rejected")
    answer = decide(client_of, cast.hr, leave)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["status"])


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager", 200), ("hr", 200), ("superadmin", 200), ("employee", 403), ("auditor", 403), ("payroll", 403),
        ("colleague", 404), ("outsider", 404), (None, 401),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [{"status": "approved"}, {}])
def test_who_may_not_see_finds_nothing_and_who_may_not_decide_is_refused(cast, client_of, who, status, body):
    leave = asked(client_of, cast.employee)
    user = getattr(cast, who) if who else None
    answer = client_of(user).patch(f"/api/v1/leaves/{leave['id']}/approve", body)
    assert answer.status_code == (400 if status == 200 and not body else status)


def test_a_manager_cannot_approve_her_own_leave(cast, client_of):
    assert decide(client_of, cast.manager, asked(client_of, cast.manager)).status_code == 403


@pytest.mark.parametrize("body", [{"status": "pending"}, {"status": None}, {"status": ["approved"]}, {"note": "x"}, []])
def test_a_decision_must_be_one_of_two_words(cast, client_of, body):
    leave = asked(client_of, cast.employee)
    answer = client_of(cast.hr).patch(f"/api/v1/leaves/{leave['id']}/approve", body)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("who", "people"),
    [
        ("employee", {"employee"}),
        ("manager", {"employee", "colleague"}),
        ("outsider", {"outsider"}),
        ("hr", {"employee", "colleague", "outsider"}),
        ("auditor", {"employee", "colleague", "outsider"}),
    ],
)
def test_the_list_shows_whose_leave_one_may_see(cast, client_of, who, people):
    for one in ("employee", "colleague", "outsider"):
        asked(client_of, getattr(cast, one))
    listed = client_of(getattr(cast, who)).get("/api/v1/leaves").json()
    assert {row["employee_id"] for row in listed["data"]} == {str(getattr(cast, one).employee_id) for one in people}
    assert listed["meta"]["total"] == len(people)


def test_filters_narrow_the_list_and_refuse_nonsense(cast, client_of):
    first = asked(client_of, cast.employee)
    asked(client_of, cast.colleague)
    decide(client_of, cast.hr, first)
    hr = client_of(cast.hr)
    assert [row["id"] for row in hr.get("/api/v1/leaves?status=approved").json()["data"]] == [first["id"]]
    own = hr.get(f"/api/v1/leaves?employee_id={cast.employee.employee_id}").json()
    assert [row["id"] for row in own["data"]] == [first["id"]]
    assert hr.get(f"/api/v1/leaves?employee_id={uuid4()}").json()["data"] == []
    theirs = hr.get(f"/api/v1/leaves?department_id={cast.platform.pk}").json()["data"]
    assert [row["employee_id"] for row in theirs] == [str(cast.colleague.employee_id)]
    for span, count in (("from=2026-12-11&to=2026-12-31", 2), ("from=2026-12-12", 0), ("to=2026-12-06", 0)):
        assert hr.get(f"/api/v1/leaves?{span}").json()["meta"]["total"] == count, span
    for query in ("status=open", "employee_id=7", "page=0", "per_page=101", "department_id=x", "from=2026-13-01"):
        assert hr.get(f"/api/v1/leaves?{query}").status_code == 400


def test_included_people_hide_their_pay_from_those_who_may_not_see_it(cast, client_of):
    cast.employee.employee.current_salary = 15_000_000
    cast.employee.employee.save()
    decide(client_of, cast.hr, asked(client_of, cast.employee))
    path = "/api/v1/leaves?include=employee,approver,nothing"
    seen = {who: client_of(getattr(cast, who)).get(path).json()["data"][0] for who in ("employee", "manager", "hr")}
    assert {who: row["employee"]["current_salary"] for who, row in seen.items()} == {
        "employee": 15_000_000,
        "manager": None,
        "hr": 15_000_000,
    }
    assert seen["manager"]["approver"] == {
        "id": str(cast.hr.pk),
        "employee_id": str(cast.hr.employee_id),
        "name": "Hana",
    }


def test_who_tries_to_decide_about_her_own_leave_is_written_down(cast, client_of):
    leave = asked(client_of, cast.manager)
    assert decide(client_of, cast.manager, leave).status_code == 403
    entry = ActivityLog.objects.get(action="access.refused")
    assert (entry.user_id, entry.resource_type, str(entry.resource_id)) == (cast.manager.pk, "leaves", leave["id"])
    assert entry.meta == {"code": "own_request", "method": "PATCH"}


def test_the_list_takes_the_same_statements_for_any_number_of_rows(cast, client_of, django_assert_num_queries):
    path = "/api/v1/leaves?per_page=100&include=employee,approver"
    client = client_of(cast.manager)
    for offset in range(0, 70, 7):
        day = MONDAY + timedelta(days=offset)
        timetable.leave(cast.employee.employee, day, day, approved_by=cast.hr)
        if offset in (7, 63):
            with django_assert_num_queries(5):  # the caller, the count, the rows, two expansions
                client.get(path)


def test_leave_is_taken_back_and_gone(cast, client_of):
    leave = asked(client_of, cast.employee)
    assert client_of(cast.manager).post(f"/api/v1/leaves/{leave['id']}/withdraw").status_code == 403
    assert client_of(cast.outsider).post(f"/api/v1/leaves/{leave['id']}/withdraw").status_code == 404
    assert client_of(cast.employee).post(f"/api/v1/leaves/{leave['id']}/withdraw").status_code == 204
    assert client_of(cast.employee).get(f"/api/v1/leaves/{leave['id']}").status_code == 404


def test_types_are_for_everybody_and_balances_for_those_who_may_see_the_leave(
    cast, client_of, django_assert_num_queries
):
    types = client_of(cast.employee).get("/api/v1/leave_types").json()["data"]
    assert {row["code"]: row["yearly_days"] for row in types}["annual"] == 12
    asked(client_of, cast.employee)
    own = client_of(cast.employee).get("/api/v1/leave_balances?on=2026-12-31").json()["data"]
    assert own == [
        {
            "employee_id": str(cast.employee.employee_id),
            "on": "2026-12-31",
            "balances": [{"leave_type": "annual", "balance": 0, "pending": 5, "available": -5}],
        }
    ]
    manager = client_of(cast.manager)
    with django_assert_num_queries(6):  # the caller, count and people, three sums
        seen = manager.get("/api/v1/leave_balances?on=2026-12-31").json()["data"]
    assert len(seen) == 3
    assert client_of(cast.employee).get("/api/v1/leave_balances?on=tomorrow").status_code == 400


def test_what_may_still_be_asked_for_knows_of_leave_later_in_the_year(cast, client_of):
    leave_ledger.grant_year(year=2026, at=timezone.now())
    decide(client_of, cast.hr, asked(client_of, cast.employee))
    asked(client_of, cast.employee, start_date="2026-12-14", end_date="2026-12-16", days=3)
    (shown,) = client_of(cast.employee).get("/api/v1/leave_balances?on=2026-10-01").json()["data"]
    assert shown["balances"] == [{"leave_type": "annual", "balance": 12, "pending": 3, "available": 4}]


def test_leave_over_new_year_is_asked_of_each_year_for_its_own_days(cast, client_of):
    leave_ledger.grant_year(year=2026, at=timezone.now())
    leave_ledger.grant_year(year=2027, at=timezone.now())
    asked(client_of, cast.employee, start_date="2026-12-28", end_date="2027-01-08", days=10)
    found = []
    for on in ("2026-12-01", "2027-06-01"):
        (shown,) = client_of(cast.employee).get(f"/api/v1/leave_balances?on={on}").json()["data"]
        found += shown["balances"]
    assert found == [
        {"leave_type": "annual", "balance": 12, "pending": 4, "available": 8},
        {"leave_type": "annual", "balance": 24, "pending": 10, "available": 14},
    ]
