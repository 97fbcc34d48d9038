"""Lists of presence: whose rows each role sees, and what a page costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import Attendance, Correction, DayException, DaySummary, SyncRecord
from attendance.services import clocking, sync
from attendance.tests.builders import at, presented
from hr.tests import builders
from peoplesync.core.models import Job

pytestmark = pytest.mark.django_db
STAYS, DAYS = "/api/v1/attendances", "/api/v1/attendances/days"


def present(user, day=16):
    """One closed stay of a day of November, with its punches and its day."""
    stay = clocking.clock_in(employee_id=user.employee_id, punch=presented(f"2026-11-{day} 09:00"))
    clocking.clock_out(employee_id=user.employee_id, punch=presented(f"2026-11-{day} 17:00"))
    return str(stay.pk)


@pytest.fixture
def stays(cast):
    """A stay of each: the employee, her colleague in the sub-department, her manager, an outsider."""
    people = {name: getattr(cast, name) for name in ("employee", "colleague", "manager", "outsider")}
    return {name: present(user) for name, user in people.items()}


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        ("employee", {"employee"}),
        ("colleague", {"colleague"}),
        ("manager", {"employee", "colleague", "manager"}),
        ("outsider", {"outsider"}),
        ("hr", {"employee", "colleague", "manager", "outsider"}),
        ("payroll", {"employee", "colleague", "manager", "outsider"}),
        ("auditor", {"employee", "colleague", "manager", "outsider"}),
        ("superadmin", {"employee", "colleague", "manager", "outsider"}),
    ],
)
def test_stays_and_days_show_ones_own_a_managers_departments_with_all_below_or_everybodys(
    cast, client_of, stays, caller, seen
):
    client = client_of(getattr(cast, caller))
    assert {row["id"] for row in client.get(STAYS).json()["data"]} == {stays[name] for name in seen}
    owners = {str(getattr(cast, name).employee_id) for name in seen}
    assert {row["employee_id"] for row in client.get(DAYS).json()["data"]} == owners
    for name, stay_id in stays.items():
        assert client.get(f"{STAYS}/{stay_id}").status_code == (200 if name in seen else 404)


def test_a_hidden_a_taken_back_and_an_unknown_stay_look_the_same(cast, client_of, stays):
    Attendance.objects.filter(pk=stays["employee"]).update(deleted_at=at("2026-11-17 09:00"))
    client = client_of(cast.employee)
    answers = [client.get(f"{STAYS}/{row_id}") for row_id in (stays["outsider"], stays["employee"], uuid4())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert client.get(f"{STAYS}?employee_id={cast.outsider.employee_id}").json()["meta"]["total"] == 0


def test_a_department_moved_below_the_managers_own_is_hers_at_once(cast, client_of, stays):
    cast.sales.parent = cast.platform
    cast.sales.save()
    shown = {row["id"] for row in client_of(cast.manager).get(STAYS).json()["data"]}
    assert stays["outsider"] in shown


def many_present(cast, count):
    for number in range(count):
        person = builders.user(employee=builders.employee(department=cast.platform))
        present(person, 10 + number % 7)


def many_answers(cast, job, count):
    first = SyncRecord.objects.filter(job=job).count()
    rows = [SyncRecord(job=job, position=first + n, client_id=f"c{first + n}", body={}) for n in range(count)]
    SyncRecord.objects.bulk_create(rows)


@pytest.mark.parametrize("caller", ["manager", "hr", "auditor"])
@pytest.mark.parametrize("path", [STAYS, DAYS, f"{STAYS}?from=2026-11-01&to=2026-11-30&open=false"])
def test_a_page_of_stays_or_days_costs_the_same_whatever_its_length(cast, client_of, path, caller):
    client, spent = client_of(getattr(cast, caller)), []
    for count in (2, 7):
        many_present(cast, count)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(path).json()["data"]) >= count
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 4


def test_a_page_of_sync_answers_costs_the_same_whatever_its_length(cast, client_of):
    job = Job.objects.create(pk="job_att_sync_1", kind=sync.KIND, user=cast.employee, total=1)
    client, spent = client_of(cast.employee), []
    for count in (2, 20):
        many_answers(cast, job, count)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(f"{STAYS}/sync/{job.pk}/records").json()["data"]) >= count
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 5


def test_the_first_screen_costs_the_same_on_an_empty_and_on_a_full_month(cast, client_of):
    client, spent = client_of(cast.employee), []
    for days in ([2], range(3, 14)):
        for day in days:
            present(cast.employee, f"{day:02}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{STAYS}/today").status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 12


def test_lists_are_narrowed_by_person_and_days(cast, client_of, stays):
    hr = client_of(cast.hr)
    mine = hr.get(f"{DAYS}?employee_id={cast.employee.employee_id}&from=2026-11-16&to=2026-11-16").json()["data"]
    assert [(row["employee_id"], row["work_date"]) for row in mine] == [(str(cast.employee.employee_id), "2026-11-16")]
    assert hr.get(f"{STAYS}?from=2026-11-17").json()["data"] == []
    assert DaySummary.objects.filter(work_date=date(2026, 11, 16)).count() == 4
    assert datetime.fromisoformat(mine[0]["last_out_at"]) - datetime.fromisoformat(mine[0]["first_in_at"]) == timedelta(
        hours=8
    )


@pytest.mark.parametrize("path", [STAYS, DAYS, "/api/v1/exceptions", "/api/v1/corrections"])
def test_lists_are_narrowed_by_department(cast, client_of, stays, path):
    for user in (cast.employee, cast.outsider):
        person = {"employee_id": user.employee_id, "work_date": date(2026, 11, 16)}
        DayException.objects.get_or_create(**person, kind="late")
        Correction.objects.create(**person, clock_in=datetime(2026, 11, 16, tzinfo=UTC), reason="Forgot")
    shown = client_of(cast.hr).get(path, {"department_id": str(cast.sales.pk)}).json()["data"]
    assert {row["employee_id"] for row in shown} == {str(cast.outsider.employee_id)}
    assert client_of(cast.hr).get(path, {"department_id": "sales"}).status_code == 400


@pytest.mark.parametrize("path", [STAYS, DAYS, "/api/v1/exceptions", "/api/v1/corrections"])
def test_days_that_end_before_they_begin_are_refused(cast, client_of, path):
    answer = client_of(cast.employee).get(path, {"from": "2026-11-20", "to": "2026-11-19"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["to"]), answer.content
    assert client_of(cast.employee).get(path, {"from": "2026-11-20", "to": "2026-11-20"}).status_code == 200
