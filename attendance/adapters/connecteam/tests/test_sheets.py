"""Connecteam's activities, timesheets, locked days, geofences and jobs against the real services."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.connecteam.tests.conftest import CLOCK, JOB, NOON, USER, client_with
from attendance.adapters.tests.calling import id_of, issued, rows
from attendance.models import Attendance, BreakKind, Punch, StandaloneBreak, TimeClockEmployee, WorkJob
from attendance.services import vendor_keys
from hr.models import Leave, LeaveType, PeriodLock, WorkSite
from hr.services import period_locks
from hr.tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
BASE = f"/time-clock/v1/time-clocks/{CLOCK}"
ACTIVITIES = f"{BASE}/time-activities"
ZONE = "America/New_York"


@pytest.fixture
def lunch(place):
    return BreakKind.objects.create(time_clock=place.clock, name="Lunch")


def point(hour, day=10):
    return {"timestamp": int(datetime(2026, 11, day, hour + 5, tzinfo=UTC).timestamp()), "timezone": ZONE}


def shift(first=9, last=17, day=10, **more):
    return {"start": point(first, day), "end": point(last, day), **more}


def write(client, *shifts, user=USER, method="POST", **more):
    activities = {"userId": user, "shifts": list(shifts), **more.pop("beside", {})}
    return client.call(method, ACTIVITIES, {"timeActivities": [activities], **more})


def data(answer):
    assert answer.status_code == 200, getattr(answer, "content", answer)
    body = rows(answer)
    assert list(body)[:2] == ["requestId", "data"]
    return body["data"]


def shifts_of(answer):
    return [each for user in data(answer)["timeActivitiesByUsers"] for each in user["shifts"]]


def listed(client, **more):
    return client.call("GET", ACTIVITIES, query={"startDate": "2026-11-01", "endDate": "2026-11-30", **more})


def test_a_written_shift_is_read_back_and_seen_natively(client, cast, client_of, place):
    (made,) = shifts_of(write(client, shift(jobId=JOB, employeeNote="Forgot")))
    assert (made["start"]["timestamp"], made["end"]["timezone"], made["jobId"]) == (point(9)["timestamp"], ZONE, JOB)
    assert made["employeeNote"] == "Forgot"
    assert shifts_of(listed(client)) == [made]
    (seen,) = client_of(cast.employee).get("/api/v1/attendances").json()["data"]
    assert seen["clock_in"] == "2026-11-10T14:00:00Z"
    assert write(client, shift()).json() == {"detail": "Time activity overlaps with another one of this user"}
    assert Attendance.objects.count() == 1


def test_one_fault_keeps_the_whole_call_out(client, place):
    for wrong, said in (
        (shift(10, 12), "overlaps"),
        (shift(day=11, jobId="nothing"), "not assigned"),
        ({"start": {**point(9, 12), "timezone": "Mars/Olympus"}, "end": point(10, 12)}, "Mars/Olympus"),
    ):
        answer = write(client, shift(), wrong)
        assert (answer.status_code, said in answer.json()["detail"]) == (400, True), answer.content
    assert write(client, shift(), user=424242).status_code == 400
    assert write(client, {"start": point(9)}, {"end": point(9)}).status_code == 422
    assert not Attendance.objects.exists() and not Punch.objects.exists()


def test_a_job_with_sub_jobs_needs_one_of_them(client, place):
    sub_job = id_of("connecteam", WorkJob.objects.create(name="Ceilings", parent=place.job), "job")
    assert "subJobId" in write(client, shift(jobId=JOB)).json()["detail"]
    (made,) = shifts_of(write(client, shift(jobId=JOB, subJobId=sub_job)))
    assert (made["jobId"], made["subJobId"]) == (JOB, sub_job)


def test_a_break_splits_the_shift_when_asked(client, lunch):
    kind = id_of("connecteam", lunch, "break")
    pause = {"id": kind, "start": point(12), "end": point(13)}
    beside = {"manualbreaks": [pause]}
    assert write(client, shift(), beside=beside).status_code == 400
    answer = write(client, shift(), beside=beside, isSplitShiftOnManualBreak=True)
    (user,) = data(answer)["timeActivitiesByUsers"]
    spans = [(each["start"]["timestamp"], each["end"]["timestamp"]) for each in user["shifts"]]
    noon, one = point(12)["timestamp"], point(13)["timestamp"]
    assert spans == [(point(9)["timestamp"], noon), (one, point(17)["timestamp"])]
    (written,) = user["manualBreaks"]
    assert (written["manualBreakId"], written["end"]["timestamp"]) == (kind, one)
    (read,) = data(listed(client))["timeActivitiesByUsers"]
    assert (len(read["shifts"]), read["manualBreaks"]) == (2, [written])


def test_a_break_splits_a_shift_that_is_stored_already(client, place, lunch):
    (stored,) = shifts_of(write(client, shift(jobId=JOB, employeeNote="Site")))
    pause = {"id": id_of("connecteam", lunch, "break"), "start": point(12), "end": point(13)}
    assert write(client, beside={"manualbreaks": [pause]}).status_code == 400
    assert shifts_of(listed(client)) == [stored]
    answer = write(client, beside={"manualbreaks": [pause]}, isSplitShiftOnManualBreak=True)
    first, rest = shifts_of(answer)
    assert first["id"] == stored["id"]
    assert [(each["jobId"], each["employeeNote"]) for each in (first, rest)] == [(JOB, "Site")] * 2
    ends = [(each["start"]["timestamp"], each["end"]["timestamp"]) for each in (first, rest)]
    assert ends == [(point(a)["timestamp"], point(b)["timestamp"]) for a, b in ((9, 12), (13, 17))]
    assert shifts_of(listed(client)) == [first, rest]
    assert write(client, beside={"manualbreaks": [pause]}, isSplitShiftOnManualBreak=True).status_code == 400


def test_lists_are_narrowed_by_repeated_keys(client, cast, place, lunch):
    write(client, shift(jobId=JOB), shift(day=11))
    other = int(id_of("connecteam", cast.colleague))
    TimeClockEmployee.objects.create(time_clock=place.clock, employee_id=cast.colleague.employee_id)
    write(client, shift(), user=other)
    assert len(shifts_of(listed(client))) == 3
    assert len(shifts_of(listed(client, userIds=[USER, other]))) == 3
    assert len(shifts_of(listed(client, userIds=USER))) == 2
    assert shifts_of(listed(client, userIds=f"{USER},{other}")) == []
    assert len(shifts_of(listed(client, jobIds=JOB))) == 1
    assert shifts_of(listed(client, activityTypes="manual_break")) == []
    assert listed(client, endDate="2027-03-01").status_code == 422


def test_approved_leave_is_time_off(client, place):
    LeaveType.objects.get_or_create(code="annual", defaults={"name": "Annual"})
    Leave.objects.create(
        employee_id=place.ema, leave_type_id="annual", start_date=date(2026, 11, 12), end_date=date(2026, 11, 13), days=2,
        status="approved",
    )  # fmt: skip
    (user,) = data(listed(client))["timeActivitiesByUsers"]
    (off,) = user["timeOffs"]
    assert (off["policyTypeId"], off["duration"], off["isAllDay"]) == ("annual", {"value": 2, "units": "days"}, True)
    assert off["start"]["timestamp"] == point(0, 12)["timestamp"]


def test_activities_are_changed_and_deleted(client, place, lunch):
    kind = id_of("connecteam", lunch, "break")
    beside = {"manualbreaks": [{"id": kind, "start": point(17), "end": point(18)}]}
    (user,) = data(write(client, shift(jobId=JOB), beside=beside))["timeActivitiesByUsers"]
    stay, pause = user["shifts"][0]["id"], user["manualBreaks"][0]["id"]
    moved = write(client, {"id": stay, "end": point(16)}, method="PUT")
    (changed,) = shifts_of(moved)
    assert (changed["id"], changed["end"]["timestamp"], changed["jobId"]) == (stay, point(16)["timestamp"], JOB)
    later = {"manualbreaks": [{"id": pause, "start": point(16)}]}
    (user,) = data(write(client, method="PUT", beside=later))["timeActivitiesByUsers"]
    assert user["manualBreaks"][0]["start"]["timestamp"] == point(16)["timestamp"]
    assert write(client, {"id": "0" * 24}, method="PUT").status_code == 404
    for activity in (stay, pause):
        assert data(client.call("DELETE", f"{ACTIVITIES}/{activity}")) == {}
        gone = client.call("DELETE", f"{ACTIVITIES}/{activity}")
        assert gone.status_code == 404
        assert gone.json()["error"].startswith(
            f"TIME_ACTIVITY_NOT_FOUND: no active shift or manual break matches '{activity}'"
        )
    assert set(gone.json()) == {"error", "path", "request_id"}
    assert gone.json()["path"] == f"{ACTIVITIES}/{pause}"
    bad = client.call("DELETE", f"{ACTIVITIES}/abc")
    assert (bad.status_code, bad.json()["error"]) == (
        400,
        "INVALID_ID: 'abc' is not a valid time activity identifier",
    )
    assert not Attendance.objects.alive().exists() and not StandaloneBreak.objects.exists()


def lock(client, *days, user=USER, **more):
    return client.call("PUT", f"{BASE}/users/{user}/lock-days", {"dates": list(days), **more})


def test_locked_days_refuse_deleting_and_writing_until_they_are_unlocked(client, place):
    (made,) = shifts_of(write(client, shift()))
    expected = {"userId": USER, "isLocked": True, "dates": ["2026-11-10", "2026-11-11"]}
    for _ in range(2):
        assert data(lock(client, "2026-11-10", "2026-11-11")) == expected
    assert PeriodLock.objects.filter(source="vendor", employee=place.ema).count() == 2
    refused = client.call("DELETE", f"{ACTIVITIES}/{made['id']}")
    assert (refused.status_code, refused.json()["error"]) == (
        400,
        f"HAS_LOCKED_DAYS: time activity for user {USER} falls on locked or approved days ['2026-11-10']. "
        "Unlock or reject the approval before retrying",
    )
    assert write(client, shift(day=11)).status_code == 400
    assert data(lock(client, "2026-11-10", isLocked=False))["isLocked"] is False
    assert data(client.call("DELETE", f"{ACTIVITIES}/{made['id']}")) == {}
    assert write(client, shift(day=11)).status_code == 400


def test_days_that_another_closed_stay_closed_all_of_them(client, cast, place):
    lock(client, "2026-11-09")
    period_locks.lock(
        employee_id=None, first_on=date(2026, 11, 10), last_on=date(2026, 11, 10), reason="", by=cast.hr, at=NOON
    )
    assert lock(client, "2026-11-10").status_code == 200
    held = lock(client, "2026-11-09", "2026-11-10", isLocked=False)
    assert held.status_code == 409 and held.json()["error"].startswith("DAYS_IN_APPROVED_PERIOD: ")
    assert "2026-11-10" in held.json()["error"] and "2026-11-09" not in held.json()["error"]
    assert PeriodLock.objects.filter(released_at=None).count() == 2
    nobody = lock(client, "2026-11-09", user=424242)
    assert (nobody.status_code, nobody.json()["error"]) == (404, "User with ID 424242 not found")
    empty = lock(client)
    assert (empty.status_code, empty.json()["details"]["error_code"]) == (400, 1002)
    assert list(empty.json()["error"]) == ["body.dates"]


def test_a_clock_may_take_no_day_locks(client, place):
    place.clock.takes_day_locks = False
    place.clock.save()
    refused = lock(client, "2026-11-10")
    assert (refused.status_code, set(refused.json())) == (403, {"error", "path", "request_id"})
    assert refused.json()["error"].startswith(
        f"LOCK_DAYS_DISABLED: lock days settings are disabled for time clock {CLOCK}."
    )
    assert not PeriodLock.objects.exists()


def test_a_clock_that_is_none_is_told_in_the_routes_own_envelope(client, place):
    nowhere = BASE.replace(str(CLOCK), "999")
    traced = (
        client.call("DELETE", f"{nowhere}/time-activities/{'0' * 24}"),
        client.call("PUT", f"{nowhere}/users/{USER}/lock-days", {"dates": ["2026-11-10"]}),
    )
    for answer in traced:
        assert (answer.status_code, answer.json()["error"]) == (400, "time clock id doesn't exist")
        assert set(answer.json()) == {"error", "path", "request_id"}
    listed = client.get(f"{nowhere}/manual-breaks")
    assert (listed.status_code, listed.json()) == (400, {"detail": "time clock id doesn't exist"})


def test_time_off_is_not_taken_back_here(client, place):
    annual, _ = LeaveType.objects.get_or_create(code="annual", defaults={"name": "Annual"})
    Leave.objects.create(
        employee_id=place.ema, leave_type=annual, start_date=date(2026, 11, 12), end_date=date(2026, 11, 12), days=1,
        status="approved",
    )  # fmt: skip
    (user,) = data(listed(client))["timeActivitiesByUsers"]
    gone = client.call("DELETE", f"{ACTIVITIES}/{user['timeOffs'][0]['id']}")
    assert gone.status_code == 404 and gone.json()["error"].startswith("TIME_ACTIVITY_NOT_FOUND: ")
    assert Leave.objects.alive().exists()


def test_a_timesheet_adds_up_days_in_decimal_hours(client, cast, place, lunch):
    kind = id_of("connecteam", lunch, "break")
    beside = {"manualbreaks": [{"id": kind, "start": point(12), "end": point(13)}]}
    write(client, shift(9, 17), beside=beside, isSplitShiftOnManualBreak=True)
    lock(client, "2026-11-10")
    query = {"startDate": "2026-11-01", "endDate": "2026-11-30"}
    shown = data(client.call("GET", f"{BASE}/timesheet", query={**query, "includePlanVsActual": "true"}))
    (day,) = shown["users"][0]["dailyRecords"]
    assert (day["date"], day["dailyTotalHours"], day["dailyTotalUnpaidBreakHours"]) == ("2026-11-10", 7, 1)
    assert (day["isLocked"], day["isApproved"], len(day["records"])) == (True, False, 2)
    assert day["dailyScheduledDetails"]["dailyScheduledHours"] == 7
    assert data(client.call("GET", f"{BASE}/timesheet", query={**query, "isLocked": "false"}))["users"] == []
    write(client, shift(9, 10, day=12, jobId=JOB))
    (day,) = data(client.call("GET", f"{BASE}/timesheet", query={**query, "jobIds": JOB}))["users"][0]["dailyRecords"]
    assert (day["date"], day["records"][0]["resources"]) == ("2026-11-12", [{"resourceId": JOB}])
    assert data(client.call("GET", f"{BASE}/timesheet", query={**query, "jobIds": "nothing"}))["users"] == []


def test_geofences_are_work_sites(client, cast, place):
    location = {"address": "Main St 1", "latitude": "40.7128", "longitude": "-74.006"}
    sent = {"geofences": [{"name": "Main", "fenceSize": 100, "location": location}]}
    (made,) = data(client.post(f"{BASE}/geofences", sent))["geofences"]
    (shown,) = data(client.get(f"{BASE}/geofences"))["geofences"]
    assert (shown["id"], shown["fenceSize"], shown["location"]) == (made["fenceId"], 100, location)
    punched = client.post(
        f"{BASE}/clock-in", {"userId": USER, "locationData": {"latitude": 40.7128, "longitude": -74.006}}
    )
    assert punched.json()["data"]["shift"]["start"]["geofenceId"] == made["fenceId"]
    assert client.post(f"{BASE}/geofences", sent).status_code == 400
    assert WorkSite.objects.alive().count() == 1
    narrow = client_with(issued("connecteam", cast, scope=vendor_keys.Scope(employee_ids=[place.ema])).secret)
    assert narrow.post(f"{BASE}/geofences", sent).status_code == 403


def test_jobs_come_in_pages_with_their_sub_jobs(client, place):
    WorkJob.objects.create(name="Ceilings", parent=place.job)
    for number in range(11):
        WorkJob.objects.create(name=f"Job {number:02}")
    first = client.get("/jobs/v1/jobs").json()
    assert (len(first["data"]["jobs"]), first["paging"]) == (10, {"offset": 10, "total": 12})
    second = client.get("/jobs/v1/jobs", offset="10").json()["data"]["jobs"]
    painting = next(job for job in second if job["jobId"] == JOB)
    assert (painting["title"], painting["code"], [sub["title"] for sub in painting["subJobs"]]) == (
        "Painting",
        "P1",
        ["Ceilings"],
    )
    assert CLOCK in painting["instanceIds"]
    (only,) = client.get("/jobs/v1/jobs", jobIds=JOB).json()["data"]["jobs"]
    assert only == painting
    assert client.get("/jobs/v1/jobs", limit="501").status_code == 422


def test_a_key_reads_and_changes_only_its_people(client, cast, place):
    (made,) = shifts_of(write(client, shift()))
    narrow = client_with(issued("connecteam", cast, scope=vendor_keys.Scope(employee_ids=[cast.hr.employee_id])).secret)
    assert data(listed(narrow))["timeActivitiesByUsers"] == []
    assert narrow.call("DELETE", f"{ACTIVITIES}/{made['id']}").status_code == 404
    assert lock(narrow, "2026-11-10").status_code == 404
    assert write(narrow, shift(day=11)).status_code == 400


def test_lists_cost_the_same_however_long(client, cast, place):
    query = {"startDate": "2026-11-01", "endDate": "2026-11-30"}

    def cost():
        with CaptureQueriesContext(connection) as spent:
            shifts_of(listed(client))
            data(client.call("GET", f"{BASE}/timesheet", query=query))
            client.get("/jobs/v1/jobs")
        return len(spent)

    write(client, shift(jobId=JOB))
    cost()
    before = cost()
    for day in range(11, 15):
        person = builders.employee()
        TimeClockEmployee.objects.create(time_clock=place.clock, employee=person)
        assert write(client, shift(day=day, jobId=JOB), user=int(id_of("connecteam", person))).status_code == 200
    cost()
    assert cost() == before
