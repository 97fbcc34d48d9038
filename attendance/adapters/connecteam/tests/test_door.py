"""Connecteam's clock-in and clock-out against the real services and a real database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.connecteam.tests.conftest import CLOCK, JOB, NOON, SHIFT, STRICT_CLOCK, USER, client_with
from attendance.adapters.tests.calling import NATIVE, id_of, issued
from attendance.models import Attendance, DaySummary, Punch, WorkJob
from attendance.services import vendor_keys
from hr.models import Employee, WorkSite
from hr.services import period_locks
from peoplesync.core.models import ActivityLog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))
IN, OUT = (f"/time-clock/v1/time-clocks/{CLOCK}/clock-{side}" for side in ("in", "out"))


def punch(client, path, **body):
    return client.post(path, {"userId": USER, **body})


def seconds(**ago) -> int:
    return int((NOON - timedelta(**ago)).timestamp())


def shift_of(answer):
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"requestId", "data"}
    return answer.json()["data"]["shift"]


def refused(answer) -> str:
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {"detail"}
    return answer.json()["detail"]


def test_a_clock_in_answers_with_the_open_shift_as_it_was_written(client, place, key):
    place_sent = {"address": "123 Main St, New York, NY 10001", "latitude": 40.7128, "longitude": -74.006}
    answer = punch(client, IN, jobId=JOB, timezone="America/New_York", schedulerShiftId=SHIFT, locationData=place_sent)
    shift = shift_of(answer)
    row = Attendance.objects.get()
    assert shift == {
        "id": row.pk.hex[:24],
        "userId": USER,
        "start": {
            "timestamp": seconds(),
            "timezone": "America/New_York",
            "locationData": place_sent,
            "source": {"type": "api"},
        },
        "jobId": JOB,
        "schedulerShiftId": SHIFT,
        "createdAt": seconds(),
        "modifiedAt": seconds(),
    }
    assert (row.door, row.time_clock_id, row.work_job_id) == ("connecteam", place.clock.pk, place.job.pk)
    assert Punch.objects.get().made_by_id == key.key.acts_as_id
    assert DaySummary.objects.get().status == "present"
    assert ActivityLog.objects.filter(action="attendance.clocked_in", user=key.key.acts_as).count() == 1


def test_without_zone_and_time_the_clocks_zone_and_the_moment_of_receipt_count(client, at_noon):
    at_noon.shift(timedelta(milliseconds=700))
    start = shift_of(punch(client, IN))["start"]
    assert start == {"timestamp": seconds(), "timezone": "America/New_York", "source": {"type": "api"}}


def test_a_clock_out_keeps_id_and_job_and_has_a_zone_of_its_own(client, at_noon):
    opened = shift_of(punch(client, IN, jobId=JOB, timezone="America/New_York"))
    at_noon.shift(timedelta(hours=8))
    closed = shift_of(punch(client, OUT, timezone="Europe/Berlin"))
    assert (closed["id"], closed["jobId"]) == (opened["id"], JOB)
    assert closed["start"] == opened["start"]
    assert closed["end"] == {"timestamp": seconds(hours=-8), "timezone": "Europe/Berlin", "source": {"type": "api"}}
    assert (closed["createdAt"], closed["modifiedAt"]) == (seconds(), seconds(hours=-8))


def test_in_and_out_within_one_second_are_a_shift(client, at_noon):
    punch(client, IN)
    at_noon.shift(timedelta(milliseconds=300))
    closed = shift_of(punch(client, OUT))
    assert closed["start"]["timestamp"] == closed["end"]["timestamp"]


def test_a_second_clock_in_is_refused_wherever_and_however_the_first_was_made(client):
    first = {"timestamp": seconds(hours=1)}
    punch(client, IN, **first)
    for path, body in ((IN, {}), (IN, first), (IN.replace(str(CLOCK), str(STRICT_CLOCK)), {"jobId": JOB})):
        assert refused(punch(client, path, **body)) == "User already has an open shift"
    assert Attendance.objects.count() == 1 and Punch.objects.count() == 1


def test_a_clock_in_sent_again_after_its_shift_was_closed_makes_no_second_one(client):
    punch(client, IN, timestamp=seconds(hours=2))
    punch(client, OUT, timestamp=seconds(hours=1))
    assert "recorded shift" in refused(punch(client, IN, timestamp=seconds(hours=2)))
    assert refused(punch(client, OUT, timestamp=seconds(hours=1))) == "User does not have an open shift"
    assert Attendance.objects.count() == 1


def test_a_clock_out_without_a_shift_is_refused(client):
    assert refused(punch(client, OUT)) == "User does not have an open shift"
    assert not Punch.objects.exists()


def test_a_clock_ends_no_shift_of_another_clock(client):
    punch(client, IN, timestamp=seconds(hours=1))
    other = OUT.replace(str(CLOCK), str(STRICT_CLOCK))
    assert refused(punch(client, other)) == "User does not have an open shift"
    shift_of(punch(client, OUT))


def test_whoever_is_not_assigned_is_told_so_before_anything_else(client, cast, place):
    stranger = int(id_of("connecteam", cast.hr))
    for user, body in ((stranger, {}), (424242, {"timestamp": 1, "jobId": "nothing"})):
        answer = client.post(IN, {"userId": user, **body})
        assert refused(answer) == f"User {user} is not assigned to time clock {CLOCK}"


def test_a_clock_that_enforces_jobs_wants_one_of_its_own(client, place):
    path = IN.replace(str(CLOCK), str(STRICT_CLOCK))
    assert refused(punch(client, path, timestamp=1)) == "Job ID is required based on time clock settings"
    elsewhere = WorkJob.objects.create(name="Elsewhere")
    for job in ("nothing", id_of("connecteam", elsewhere, "job")):
        assert refused(punch(client, path, jobId=job)) == f"Job {job} is not assigned to time clock {STRICT_CLOCK}"
    assert shift_of(punch(client, path, jobId=JOB))["jobId"] == JOB


def test_a_sub_job_comes_with_its_job(client, place):
    sub_job = WorkJob.objects.create(name="Ceilings", parent=place.job)
    name = id_of("connecteam", sub_job, "job")
    assert shift_of(punch(client, IN, jobId=name))["jobId"] == name
    assert Attendance.objects.get().work_job_id == sub_job.pk


@pytest.mark.parametrize("values", [{"is_archived": True}, {"deleted_at": NOON}])
def test_nobody_starts_on_a_job_that_is_gone_nor_on_one_below_it(client, place, values):
    sub_job = WorkJob.objects.create(name="Ceilings", parent=place.job)
    WorkJob.objects.filter(pk=place.job.pk).update(**values)
    for name in (JOB, id_of("connecteam", sub_job, "job")):
        assert refused(punch(client, IN, jobId=name)) == f"Job {name} is not assigned to time clock {CLOCK}"


@pytest.mark.parametrize(("sent", "kept"), [("nothing", "nothing"), ("x" * 65, "x" * 64)])
def test_any_planned_shift_is_kept_and_comes_back(client, at_noon, sent, kept):
    answer = punch(client, IN, schedulerShiftId=sent)
    assert (answer.status_code, answer.json()["data"]["shift"]["schedulerShiftId"]) == (200, kept)
    at_noon.shift(timedelta(hours=8))
    assert punch(client, OUT).json()["data"]["shift"]["schedulerShiftId"] == kept


@pytest.mark.parametrize(
    ("ago", "is_taken"), [(43200, True), (43201, False), (0, True), (-1, False), (-(10**12), False)]
)
def test_a_sent_timestamp_lies_within_the_last_twelve_hours(client, ago, is_taken):
    answer = punch(client, IN, timestamp=seconds() - ago)
    if is_taken:
        assert shift_of(answer)["start"]["timestamp"] == seconds() - ago
    else:
        assert isinstance(refused(answer), str) and not Attendance.objects.exists()


def test_an_end_lies_strictly_after_its_start(client):
    punch(client, IN, timestamp=seconds(hours=1))
    assert "after the start" in refused(punch(client, OUT, timestamp=seconds(hours=1)))
    assert "after the start" in refused(punch(client, OUT, timestamp=seconds(hours=2)))
    shift_of(punch(client, OUT, timestamp=seconds(hours=1) + 1))


def test_write_times_are_real_although_the_punch_is_backdated(client):
    shift = shift_of(punch(client, IN, timestamp=seconds(hours=3)))
    assert (shift["start"]["timestamp"], shift["createdAt"]) == (seconds(hours=3), seconds())


def test_an_unknown_zone_is_refused(client):
    assert "Mars/Olympus" in refused(punch(client, IN, timezone="Mars/Olympus"))


def test_digit_strings_are_numbers_and_unknown_keys_are_nothing(client):
    shift = shift_of(client.post(IN, {"userId": str(USER), "timestamp": f"{seconds()}", "unknown": {"a": 1}}))
    assert shift["userId"] == USER


@pytest.mark.parametrize(
    ("body", "place"), [({}, "userId"), ({"userId": "x"}, "userId"), ({"userId": USER, "timestamp": 0}, "timestamp")]
)
def test_input_of_the_wrong_type_is_422_with_its_place(client, body, place):
    answer = client.post(IN, body)
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["body", place] and set(problem) == {"loc", "msg", "type"}


def test_a_clock_that_is_none_is_422_or_400(client):
    assert client.post(IN.replace(str(CLOCK), "abc"), {"userId": USER}).status_code == 422
    assert refused(client.post(IN.replace(str(CLOCK), "999"), {"userId": USER})) == "time clock id doesn't exist"


def test_an_archived_clock_opens_no_shift_but_closes_one(client, place):
    punch(client, IN, timestamp=seconds(hours=1))
    place.clock.is_archived = True
    place.clock.save()
    assert shift_of(punch(client, OUT))
    assert refused(punch(client, IN)) == "time clock id doesn't exist"


def test_a_position_inside_a_fence_names_it_and_one_outside_does_not(client, place):
    site = WorkSite.objects.create(
        name="Site", latitude="40.7128", longitude="-74.006", radius_metres=100, is_for_everyone=True
    )
    inside = shift_of(
        punch(client, IN, timestamp=seconds(hours=1), locationData={"latitude": 40.7128, "longitude": -74.006})
    )
    assert inside["start"]["geofenceId"] == site.pk.hex[:24]
    outside = shift_of(punch(client, OUT, locationData={"latitude": 41, "longitude": -74}))
    assert "geofenceId" not in outside["end"]


def test_impossible_positions_are_no_fault(client):
    assert "locationData" not in shift_of(punch(client, IN, locationData={"latitude": 400, "longitude": 0}))["start"]


def test_a_closed_day_takes_no_clock_out_but_a_clock_in(client, cast, place):
    period_locks.lock(
        employee_id=place.ema,
        first_on=NOON.date(),
        last_on=NOON.date(),
        reason="",
        by=cast.hr,
        at=NOON,
        source="vendor",
    )
    shift_of(punch(client, IN, timestamp=seconds(hours=1)))
    assert "2026-11-16" in refused(punch(client, OUT))
    assert Attendance.objects.get().clock_out is None
    # The local day counts: in Kiritimati it is the next one already.
    shift_of(punch(client, OUT, timezone="Pacific/Kiritimati"))


@pytest.mark.parametrize(("timestamp", "is_taken"), [(None, True), (seconds(minutes=30), False)])
def test_pay_holds_no_live_clock_out(client, cast, place, timestamp, is_taken):
    punch(client, IN, timestamp=seconds(hours=1))
    period_locks.lock(
        employee_id=None, first_on=NOON.date(), last_on=NOON.date(), reason="", by=cast.hr, at=NOON, source="payroll"
    )
    assert punch(client, OUT, timestamp=timestamp).status_code == (200 if is_taken else 400)


def test_a_key_reaches_only_its_people(cast, place):
    narrow = issued("connecteam", cast, scope=vendor_keys.Scope(employee_ids=[cast.hr.employee_id]))
    answer = punch(client_with(narrow.secret), IN)
    assert refused(answer) == f"User {USER} is not assigned to time clock {CLOCK}"


def test_what_one_door_opened_the_others_see_and_close(client, cast, client_of, at_noon):
    native = client_of(cast.employee)
    opened = shift_of(punch(client, IN))
    (seen,) = native.get("/api/v1/attendances").json()["data"]
    assert (seen["clock_in"], seen["clock_out"]) == ("2026-11-16T17:00:00Z", None)
    assert native.post("/api/v1/attendances/clock-in", NATIVE).status_code == 409
    at_noon.shift(timedelta(hours=1))
    assert native.post("/api/v1/attendances/clock-out", NATIVE).status_code == 200
    assert refused(punch(client, OUT)) == "User does not have an open shift"
    at_noon.shift(timedelta(days=1))
    native = client_of(cast.employee)
    assert native.post("/api/v1/attendances/clock-in", NATIVE).status_code == 201
    assert refused(punch(client, IN)) == "User already has an open shift"
    at_noon.shift(timedelta(hours=1))
    closed = shift_of(punch(client, OUT))
    assert closed["id"] != opened["id"] and closed["start"]["source"]["type"] in ("pc", "mobile")


def test_a_leaver_is_refused_in_words(client, place):
    Employee.objects.filter(pk=place.ema).update(ended_on="2026-11-01")
    assert "employment ended" in refused(punch(client, IN))


@pytest.mark.django_db(transaction=True)
def test_a_clock_in_costs_at_most_two_statements_more_than_the_native_one(client, cast, client_of, at_noon):
    native = client_of(cast.outsider)
    client.get("/me")
    body = {"jobId": JOB, "schedulerShiftId": SHIFT, "locationData": {"latitude": 1, "longitude": 2}}
    for own, theirs, more in (("clock-in", IN, body), ("clock-out", OUT, {})):
        at_noon.shift(timedelta(seconds=10))
        with CaptureQueriesContext(connection) as spent:
            assert native.post(f"/api/v1/attendances/{own}", NATIVE).status_code in (200, 201)
        with CaptureQueriesContext(connection) as vendor:
            assert punch(client, theirs, **more).status_code == 200
        assert len(vendor) <= len(spent) + 2, [query["sql"][:90] for query in vendor]


def test_an_older_shift_than_a_recorded_one_is_pointed_to_the_activities(client):
    assert punch(client, IN, timestamp=seconds(hours=6)).status_code == 200
    assert punch(client, OUT, timestamp=seconds(hours=5)).status_code == 200
    assert "time activities endpoint" in refused(punch(client, IN, timestamp=seconds(hours=10)))
