"""Pay in the directory: shown to those entitled, null to everybody else in every shape; set by the entitled, never her own."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from hr.models import Employee, Leave
from hr.selectors import employees as selector
from hr.services import employees
from peoplesync.core.models import ActivityLog

URL = "/api/v1/employees"
SALARY, PAYROLL = Decimal("15000000.50"), UUID("6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b")


@pytest.fixture
def paid(cast, monkeypatch):
    """Everybody has a salary and a payslip; one's own was approved and is shown."""
    Employee.objects.update(current_salary=SALARY, latest_payroll_id=PAYROLL)
    monkeypatch.setattr(selector, "_own_payslips", [lambda employee_id: PAYROLL])
    return cast


@pytest.fixture
def heard():
    """What payroll would be told through the hook."""
    told = []

    def listen(employee, before, by, at):
        told.append((employee.pk, before, employee.current_salary, by))

    employees.salary_changed.register(listen)
    yield told
    employees.salary_changed._functions.remove(listen)


def test_the_entitled_see_all_pay_and_others_only_their_own(paid, client_of):
    for role, user in paid.by_role().items():
        sees_all = role in {"hr", "payroll_admin", "auditor", "superadmin"}
        for row in client_of(user).get(f"{URL}?include=department").json()["data"]:
            if sees_all or row["id"] == str(user.employee_id):
                assert (row["current_salary"], row["latest_payroll_id"]) == (15000000.5, str(PAYROLL))
            else:
                assert (row["current_salary"], row["latest_payroll_id"]) == (None, None)


def test_a_single_employee_hides_pay_the_same_way(paid, client_of):
    foreign, own = f"{URL}/{paid.outsider.employee_id}", f"{URL}/{paid.employee.employee_id}"
    assert client_of(paid.manager).get(f"{URL}/{paid.employee.employee_id}").json()["current_salary"] is None
    assert client_of(paid.employee).get(foreign).json()["latest_payroll_id"] is None
    assert client_of(paid.employee).get(own).json()["current_salary"] == 15000000.5


def test_a_role_that_writes_but_may_not_read_pay_gets_null_back(paid, client_of):
    answer = client_of(paid.hr).put(f"{URL}/{paid.employee.employee_id}", {"phone": "+62"})
    assert answer.json()["current_salary"] == 15000000.5


def leave(user):
    Leave.objects.create(
        employee_id=user.employee_id, leave_type_id="unpaid", start_date=date(2025, 12, 1),
        end_date=date(2025, 12, 2), days=Decimal(2),
    )  # fmt: skip


def readings():
    entries = ActivityLog.objects.filter(action="salary.read").order_by("created_at")
    return [(entry.user_id, set(entry.meta["employee_ids"])) for entry in entries]


def test_reading_salaries_is_one_entry_a_request_and_ones_own_is_none(paid, client_of, django_assert_num_queries):
    everybody = {str(pk) for pk in Employee.objects.values_list("pk", flat=True)}
    hr, own = client_of(paid.hr), str(paid.hr.employee_id)
    with django_assert_num_queries(4):  # who, count, page, the entry
        assert hr.get(URL).status_code == 200
    hr.get(f"{URL}/{paid.employee.employee_id}")
    hr.get(f"{URL}/{own}")
    client_of(paid.manager).get(URL)
    client_of(paid.employee).get(f"{URL}?include=department")
    assert readings() == [(paid.hr.pk, everybody - {own}), (paid.hr.pk, {str(paid.employee.employee_id)})]


def test_a_record_without_a_salary_shows_none_and_leaves_no_entry(cast, client_of):
    client_of(cast.hr).get(URL)
    assert readings() == []


def test_salaries_beside_leave_are_logged_like_any_other(paid, client_of):
    leave(paid.employee)
    client_of(paid.payroll).get("/api/v1/leaves?include=employee")
    client_of(paid.manager).get("/api/v1/leaves?include=employee")
    assert readings() == [(paid.payroll.pk, {str(paid.employee.employee_id)})]


@pytest.mark.parametrize(
    "query",
    [
        "current_salary=1",
        "current_salary__gt=1",
        "latest_payroll_id=" + str(PAYROLL),
        "employee__current_salary=1",
        "sort=current_salary",
        "order_by=-current_salary",
        "_connector=OR&status=active",
        "user__password__startswith=a",
    ],
)
def test_nothing_filters_or_sorts_by_what_is_hidden(paid, client_of, query):
    Employee.objects.filter(pk=paid.outsider.employee_id).update(current_salary=1, latest_payroll_id=None)
    client = client_of(paid.employee)
    assert client.get(f"{URL}?{query}").json() == client.get(URL).json()


def test_setting_pay_shows_at_once_tells_payroll_and_is_logged_masked(paid, client_of, heard):
    row = paid.employee.employee
    answer = client_of(paid.hr).put(f"{URL}/{row.pk}", {"current_salary": 16000000, "status": "on_leave"})
    assert answer.status_code == 200
    assert answer.json()["current_salary"] == 16000000
    assert heard == [(row.pk, SALARY, Decimal(16000000), paid.hr)]
    entry = ActivityLog.objects.get(action="employee.salary_changed")
    assert entry.meta["changes"] == {"current_salary": ["***", "***"]}
    assert ActivityLog.objects.filter(action="employee.updated").count() == 1


def test_the_same_pay_again_is_no_change(paid, client_of, heard):
    answer = client_of(paid.hr).put(f"{URL}/{paid.employee.employee_id}", {"current_salary": Decimal("15000000.5")})
    assert answer.status_code == 200
    assert heard == []


@pytest.mark.parametrize("name", ["hr", "superadmin"])
def test_nobody_changes_her_own_pay_and_nothing_else_of_the_request_happens(paid, client_of, heard, name):
    user = getattr(paid, name)
    answer = client_of(user).put(f"{URL}/{user.employee_id}", {"current_salary": 99, "phone": "+62"})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    row = Employee.objects.get(pk=user.employee_id)
    assert (row.current_salary, row.phone, heard) == (SALARY, None, [])


def test_payroll_is_told_where_it_sets_pay(paid, client_of):
    answer = client_of(paid.payroll).put(f"{URL}/{paid.outsider.employee_id}", {"current_salary": 1})
    assert answer.status_code == 403 and "POST /pay_rates" in answer.json()["message"]


@pytest.mark.parametrize("name", ["employee", "manager", "auditor"])
def test_others_may_not_set_pay(paid, client_of, name):
    answer = client_of(getattr(paid, name)).put(f"{URL}/{paid.outsider.employee_id}", {"current_salary": 1})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "number",
    ["-1", '"5"', "true", "null", "[1]", "{}", "0.001", "1" + "0" * 40, "1e400", "1e-400", "NaN", "Infinity", "-0.01"],
)
def test_a_number_that_is_no_amount_is_a_400(paid, client_of, number):
    url = f"{URL}/{paid.employee.employee_id}"
    body = f'{{"current_salary": {number}}}'
    answer = client_of(paid.hr).generic("PUT", url, body, content_type="application/json")
    assert answer.status_code == 400
    assert Employee.objects.get(pk=paid.employee.employee_id).current_salary == SALARY


def test_an_amount_of_38_digits_goes_through_digit_for_digit(paid, client_of):
    number = "123456789012345678901234567890123456.78"
    url = f"{URL}/{paid.employee.employee_id}"
    body = f'{{"current_salary": {number}}}'
    answer = client_of(paid.hr).generic("PUT", url, body, content_type="application/json")
    assert f'"current_salary":{number},'.encode() in answer.content


def test_a_failing_listener_takes_the_change_back(paid, client_of):
    def refuse(*_):
        raise RuntimeError("payroll could not date it")

    employees.salary_changed.register(refuse)
    try:
        client = client_of(paid.hr)
        client.raise_request_exception = False
        answer = client.put(f"{URL}/{paid.employee.employee_id}", {"current_salary": 1})
    finally:
        employees.salary_changed._functions.remove(refuse)
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert Employee.objects.get(pk=paid.employee.employee_id).current_salary == SALARY
