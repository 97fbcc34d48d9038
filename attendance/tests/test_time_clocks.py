"""Time clocks and work jobs over HTTP: who may write, what is shown, what is refused, what a list costs."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import TimeClock, TimeClockEmployee, WorkJob
from attendance.rules.time_clocks import Claim, ClockRefusal, refusal_of
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
CLOCKS, JOBS = "/api/v1/time_clocks", "/api/v1/work_jobs"


def made(client, path, body):
    answer = client.post(path, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_clock_is_made_with_its_people_and_jobs_and_shown_to_everybody(cast, client_of):
    hr = client_of(cast.hr)
    job = made(hr, JOBS, {"name": "Assembly", "code": "ASM"})
    people = sorted([str(cast.employee.employee_id), str(cast.colleague.employee_id)])
    body = {"name": "Gate 1", "timezone": "Asia/Makassar", "requires_job": True, "takes_day_locks": False}
    body["employee_ids"] = people
    shown = made(hr, CLOCKS, {**body, "work_job_ids": [job["id"]]})
    assert (shown["employee_ids"], shown["work_job_ids"]) == (people, [job["id"]])
    assert (shown["timezone"], shown["requires_job"], shown["is_archived"]) == ("Asia/Makassar", True, False)
    assert shown["takes_day_locks"] is False
    assert client_of(cast.employee).get(f"{CLOCKS}/{shown['id']}").json() == shown
    with_jobs = client_of(cast.employee).get(f"{CLOCKS}?include=work_jobs").json()["data"][0]
    assert [each["code"] for each in with_jobs["work_jobs"]] == ["ASM"]
    entry = ActivityLog.objects.get(action="time_clock.created")
    assert (str(entry.resource_id), entry.user_id, entry.meta["employee_count"]) == (shown["id"], cast.hr.pk, 2)


def test_a_list_of_people_replaces_the_former_and_those_who_stay_keep_their_rows(cast, client_of):
    hr = client_of(cast.hr)
    ema, budi = str(cast.employee.employee_id), str(cast.colleague.employee_id)
    clock = made(hr, CLOCKS, {"name": "Gate 1", "employee_ids": [ema]})
    kept = TimeClockEmployee.objects.get().pk
    changed = hr.put(f"{CLOCKS}/{clock['id']}", {"employee_ids": [ema, budi, budi]}).json()
    assert changed["employee_ids"] == sorted([ema, budi])
    assert TimeClockEmployee.objects.filter(pk=kept).exists()
    assert hr.put(f"{CLOCKS}/{clock['id']}", {"employee_ids": []}).json()["employee_ids"] == []
    assert hr.put(f"{CLOCKS}/{clock['id']}", {"is_archived": True}).json()["is_archived"] is True
    assert ActivityLog.objects.filter(action="time_clock.updated").latest("created_at").meta["changed"] == [
        "is_archived"
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Gate 0"}, "name"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"requires_job": "yes"}, "requires_job"),
        ({"employee_ids": [str(uuid4())]}, "employee_ids"),
        ({"work_job_ids": [str(uuid4())]}, "work_job_ids"),
        ({"work_job_ids": "all"}, "work_job_ids"),
    ],
)
def test_an_impossible_clock_is_refused_by_its_field_and_writes_nothing(cast, client_of, change, field):
    TimeClock.objects.create(name="Gate 0")
    answer = client_of(cast.hr).post(CLOCKS, {"name": "Gate 1", **change})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert TimeClock.objects.count() == 1


def test_sub_jobs_are_one_level_deep(cast, client_of):
    hr = client_of(cast.hr)
    job = made(hr, JOBS, {"name": "Assembly"})
    sub = made(hr, JOBS, {"name": "Doors", "parent_id": job["id"]})
    for path, body in (
        (None, {"name": "Hinges", "parent_id": sub["id"]}),
        (job["id"], {"parent_id": sub["id"]}),
        (job["id"], {"parent_id": job["id"]}),
        (sub["id"], {"parent_id": str(uuid4())}),
    ):
        answer = hr.put(f"{JOBS}/{path}", body) if path else hr.post(JOBS, body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["parent_id"]), body
    shown = client_of(cast.employee).get(f"{JOBS}/{job['id']}?include=children").json()
    assert [child["name"] for child in shown["children"]] == ["Doors"]


def test_a_job_code_is_unique_and_an_archived_job_is_shown_but_not_chosen(cast, client_of):
    hr = client_of(cast.hr)
    job = made(hr, JOBS, {"name": "Assembly", "code": "ASM"})
    sub = made(hr, JOBS, {"name": "Doors", "parent_id": job["id"]})
    again = hr.post(JOBS, {"name": "Other", "code": "ASM"})
    assert (again.status_code, list(again.json()["errors"])) == (400, ["code"])
    assert {str(row.pk) for row in WorkJob.objects.choosable()} == {job["id"], sub["id"]}
    assert hr.put(f"{JOBS}/{job['id']}", {"is_archived": True}).json()["is_archived"] is True
    assert not WorkJob.objects.choosable().exists()
    assert client_of(cast.employee).get(JOBS).json()["meta"]["total"] == 2


@pytest.mark.parametrize("path", [f"{CLOCKS}?include=work_jobs", f"{JOBS}?include=children"])
def test_a_list_costs_the_same_whatever_its_length(path, cast, client_of):
    hr = client_of(cast.hr)

    def more(count: int) -> None:
        for _ in range(count):
            job = made(hr, JOBS, {"name": "Job"})
            made(hr, JOBS, {"name": "Part", "parent_id": job["id"]})
            body = {"name": f"Gate {uuid4()}", "employee_ids": [str(cast.employee.employee_id)]}
            made(hr, CLOCKS, {**body, "work_job_ids": [job["id"]]})

    spent = []
    for count in (2, 6):
        more(count)
        with CaptureQueriesContext(connection) as queries:
            assert hr.get(path).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1]


@pytest.mark.parametrize(
    ("claim", "refusal"),
    [
        (Claim(), ClockRefusal.NOT_ASSIGNED),
        (Claim(is_assigned=True), None),
        (Claim(is_assigned=True, is_archived=True), ClockRefusal.CLOCK_CLOSED),
        (Claim(is_assigned=True, requires_job=True), ClockRefusal.JOB_REQUIRED),
        (Claim(is_assigned=True, names_job=True), ClockRefusal.JOB_NOT_ASSIGNED),
        (Claim(is_assigned=True, requires_job=True, names_job=True, is_job_assigned=True), None),
    ],
)
def test_a_clock_asks_for_its_people_and_its_jobs_in_this_order(claim, refusal):
    assert refusal_of(claim) is refusal
