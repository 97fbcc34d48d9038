"""Kenjo's operations against the real services and a real database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jwt
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.kenjo.entries import ENDS_BEFORE_START, ENDS_TOO_LATE
from attendance.adapters.kenjo.tests.conftest import signed_in
from attendance.adapters.tests.calling import NATIVE, VendorClient, id_of, issued, rows
from attendance.models import Attendance, Break, Punch, VendorId, WorkJob
from attendance.services import vendor_ids, vendor_keys
from hr.models import Employee, PeriodLock
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(encoding="utf-8"))
TRACK, ENTRIES = "/api/v1/attendances/track-time", "/api/v1/attendances"


def entries(client, first, last):
    """What the list shows, as `start/end` on the wall clock."""
    answer = client.get(ENTRIES, **{"from": first, "to": last})
    assert answer.status_code == 200, answer.content
    return [
        "/".join(entry.get(side, "").removesuffix(".000Z") for side in ("startTime", "endTime"))
        for entry in rows(answer)
    ]


def told(ema, **more):
    return {"userId": ema, "date": "2021-07-02", "startTime": "10:00:00", "endTime": "13:00:00", **more}


@pytest.mark.parametrize("story", DOCUMENTED["stories"], ids=lambda story: story["name"])
def test_the_stories_of_the_vendors_page(client, ema, story):
    for at, *flag in story["punches"]:
        body = {"userId": ema, "dateTime": at, **({"isOvernightShift": flag[0]} if flag else {})}
        answer = client.post(TRACK, body)
        assert (answer.status_code, answer.json()) == (201, body)
    days = sorted(at[:10] for at, *_ in story["punches"])
    assert entries(client, days[0], days[-1]) == story["entries"]


def test_a_key_is_exchanged_for_a_token_of_two_days(key):
    with time_machine.travel(datetime(2026, 11, 22, 12, 0, 0, 872000, UTC), tick=False):
        answer = VendorClient("/compat/kenjo", {}).post("/api/v1/auth/login", {"apiKey": key.secret})
        token = answer.json()["token"].removeprefix("Bearer ")
        claims = jwt.decode(token, settings.JWT_SIGNING_KEY, ["HS256"], audience="peoplesync-kenjo")
    assert answer.json()["X-Expires-After"] == "2026-11-24T12:00:00.872Z"
    assert claims["exp"] - claims["iat"] == 48 * 3600


def test_a_token_opens_this_door_alone_and_not_for_ever(client, client_of, key):
    token = client.headers["Authorization"]
    native = VendorClient("/api/v1", {"Authorization": token})
    assert native.get("/employees").status_code == 401
    for header in (token.removeprefix("Bearer "), "Bearer", f"Bearer {'x' * 40}", ""):
        answer = VendorClient("/compat/kenjo", {"Authorization": header}).get("/api/v1/employees")
        assert (answer.status_code, answer.json()["code"]) == (401, 401)
    assert (
        VendorClient("/compat/kenjo", {"Authorization": f"Bearer {token}"}).get("/api/v1/employees").status_code == 200
    )
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=48, seconds=1)):
        assert client.get("/api/v1/employees").status_code == 401


def test_logging_out_ends_the_token_and_revoking_the_key_ends_all(client, cast, key):
    other = signed_in(key)
    gone = client.post("/api/v1/auth/logout")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get("/api/v1/employees").status_code == 401
    assert other.get("/api/v1/employees").status_code == 200
    vendor_keys.revoke(key=key.key, by=cast.hr, at=datetime.now(UTC))
    assert other.get("/api/v1/employees").status_code == 401
    assert VendorClient("/compat/kenjo", {}).post("/api/v1/auth/login", {"apiKey": key.secret}).status_code == 401


def test_three_identifiers_must_name_one_person(client, cast, ema):
    person = cast.employee.employee
    everything = {"userId": ema, "email": person.email.upper(), "externalId": person.employee_number}
    sent = {**everything, "dateTime": "2021-07-01T09:00:00"}
    answer = client.post(TRACK, sent)
    assert (answer.status_code, answer.json()) == (201, sent)
    for wrong in ({"email": cast.outsider.email}, {"externalId": "nobody"}, {"userId": "f" * 24}):
        refused = client.post(TRACK, {**sent, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (400, 400)
        assert "same employee" in refused.json()["message"]
    unknown = client.post(TRACK, {"externalId": "nobody", "dateTime": "2021-07-01T09:00:00"})
    assert unknown.status_code == 400 and "not found" in unknown.json()["message"]
    assert Punch.objects.count() == 1


def test_an_address_two_people_share_names_neither(client, cast, ema):
    Employee.objects.filter(pk=cast.outsider.employee_id).update(email=cast.employee.employee.email)
    shared = {"email": cast.employee.employee.email, "dateTime": "2021-07-01T09:00:00"}
    assert client.post(TRACK, shared).status_code == 400
    assert client.post(TRACK, {**shared, "userId": ema}).status_code == 201
    assert Punch.objects.get().employee_id == cast.employee.employee_id


@pytest.mark.parametrize(
    "at", ["2021-07-01T09:00", "2021-07-01T09:00:00Z", "2021-07-01T09:00:00+07:00", "2021-02-30T09:00:00", None]
)
def test_a_moment_that_is_no_wall_clock_is_refused(client, ema, at):
    answer = client.post(TRACK, {"userId": ema, "dateTime": at})
    assert answer.status_code == 400 and set(answer.json()) == {"code", "message"}


def test_a_moment_far_ahead_is_a_wrong_clock(client, ema):
    assert client.post(TRACK, {"userId": ema, "dateTime": "2199-01-01T09:00:00"}).status_code == 400
    assert client.post(ENTRIES, {"userId": ema, "date": "2199-01-01", "startTime": "09:00:00"}).status_code == 400
    assert not Punch.objects.exists()


def test_attendance_of_a_leaver_is_not_tracked(client, cast, ema):
    person = cast.employee.employee
    person.ended_on = date(2021, 6, 30)
    person.save()
    for answer in (
        client.post(TRACK, {"userId": ema, "dateTime": "2021-07-01T09:00:00"}),
        client.post(ENTRIES, told(ema)),
    ):
        assert answer.status_code == 400 and "not active" in answer.json()["message"]


def test_nothing_is_recorded_for_somebody_whose_tracking_is_off(client, cast, ema):
    made = client.post(ENTRIES, told(ema)).json()
    row = VendorId.objects.get(vendor="kenjo", external_id=ema)
    vendor_ids.switch(row=row, is_tracked=False, by=cast.hr, at=datetime.now(UTC))
    path = f"{ENTRIES}/{made['_id']}"
    for answer in (
        client.post(TRACK, {"email": cast.employee.email, "dateTime": "2021-07-01T09:00:00"}),
        client.post(ENTRIES, told(ema, date="2021-07-03")),
        client.call("PUT", path, {"endTime": "14:00:00"}),
    ):
        assert answer.status_code == 400 and "not active" in answer.json()["message"]
    assert (
        client.post(TRACK, {"userId": id_of("kenjo", cast.outsider), "dateTime": "2021-07-01T09:00:00"}).status_code
        == 201
    )
    assert client.get(path).status_code == 200 and client.call("DELETE", path).status_code == 204
    vendor_ids.switch(row=row, is_tracked=True, by=cast.hr, at=datetime.now(UTC))
    assert client.post(TRACK, {"userId": ema, "dateTime": "2021-07-01T09:00:00"}).status_code == 201


def test_an_entry_has_three_formats_and_leaves_out_what_it_lacks(client, cast, ema):
    person = cast.employee.employee
    breaks = [{"start": "11:00:00", "end": "11:30:00"}]
    made = client.post(ENTRIES, told(ema, breaks=breaks, comment="Morning"))
    assert made.status_code == 201, made.content
    common = {"_id": made.json()["_id"], "userId": ema, "email": person.email, "externalId": person.employee_number}
    rest = {**common, "breaks": breaks, "breakTime": 30, "comment": "Morning"}
    assert made.json() == {**rest, "startTime": "2021-07-02T10:00:00", "endTime": "2021-07-02T13:00:00"}
    path = f"{ENTRIES}/{common['_id']}"
    shown = {**rest, "startTime": "2021-07-02T10:00:00.000Z", "endTime": "2021-07-02T13:00:00.000Z"}
    assert client.get(path).json() == shown
    assert rows(client.get(ENTRIES, **{"from": "2021-07-02", "to": "2021-07-02"})) == [shown]
    changed = client.call("PUT", path, {"breaks": [], "startTime": "09:00:00", "comment": ""})
    assert changed.status_code == 200, changed.content
    assert changed.json() == {**common, "date": "2021-07-02", "startTime": "09:00:00", "endTime": "13:00:00"}
    assert not Break.objects.exists()
    gone = client.call("DELETE", path.upper().replace("/API/V1/ATTENDANCES", ENTRIES))
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        assert client.call(method, path, {} if method == "PUT" else None).status_code == 400
    assert ActivityLog.objects.filter(action__in=["attendance.changed", "attendance.voided"]).count() == 2


def test_a_malformed_id_is_refused_in_the_documented_words(client):
    answer = client.get(f"{ENTRIES}/123")
    assert (answer.status_code, answer.json()) == (400, {"code": 400, "message": "The param 'id' is not valid."})


def test_overnight_entries_end_by_six_in_the_evening(client, ema):
    night = told(ema, startTime="22:00:00", endTime="06:00:00")
    assert client.post(ENTRIES, night).json()["message"] == ENDS_BEFORE_START
    late = client.post(ENTRIES, {**night, "endTime": "18:00:01", "isOvernightShift": True})
    assert late.json()["message"] == ENDS_TOO_LATE
    made = client.post(ENTRIES, {**night, "endTime": "18:00:00", "isOvernightShift": True}).json()
    assert (made["startTime"], made["endTime"]) == ("2021-07-02T22:00:00", "2021-07-03T18:00:00")


def test_entries_may_touch_but_not_overlap_and_a_resent_one_is_one(client, ema):
    assert client.post(ENTRIES, told(ema)).status_code == 201
    assert client.post(ENTRIES, told(ema)).status_code == 400
    assert client.post(ENTRIES, told(ema, startTime="12:59:59", endTime="14:00:00")).status_code == 400
    assert client.post(ENTRIES, told(ema, startTime="13:00:00", endTime="14:00:00")).status_code == 201
    assert Attendance.objects.count() == 2


def test_an_entry_around_another_is_an_overlap_too_and_several_a_day_are_allowed(client, ema):
    assert client.post(ENTRIES, told(ema)).status_code == 201
    assert client.post(ENTRIES, told(ema, startTime="09:00:00", endTime="14:00:00")).status_code == 400
    assert client.post(ENTRIES, told(ema, startTime="07:00:00", endTime="09:30:00")).status_code == 201
    assert client.post(ENTRIES, told(ema, startTime="14:00:00", endTime="15:00:00")).status_code == 201
    assert Attendance.objects.count() == 3


def test_an_entry_left_open_on_an_earlier_day_is_no_obstacle(client, ema):
    client.post(TRACK, {"userId": ema, "dateTime": "2021-07-01T22:00:00"})
    assert client.post(ENTRIES, told(ema)).status_code == 201
    assert entries(client, "2021-07-01", "2021-07-02") == [
        "2021-07-01T22:00:00/",
        "2021-07-02T10:00:00/2021-07-02T13:00:00",
    ]


def test_repairing_keeps_the_id_breaks_and_comment_of_an_entry_with_the_same_start(client, ema):
    made = client.post(ENTRIES, told(ema, comment="Kept", breaks=[{"start": "10:30:00", "end": "10:40:00"}])).json()
    for clock in ("12:00:00", "15:00:00"):
        client.post(TRACK, {"userId": ema, "dateTime": f"2021-07-02T{clock}"})
    first, second = rows(client.get(ENTRIES, **{"from": "2021-07-02", "to": "2021-07-02"}))
    assert (first["_id"], first["comment"], first["breakTime"]) == (made["_id"], "Kept", 10)
    assert (first["endTime"][11:19], second["startTime"][11:19]) == ("12:00:00", "13:00:00")


def test_the_list_holds_31_days_by_the_day_an_entry_starts(client, ema):
    client.post(ENTRIES, told(ema, startTime="22:00:00", endTime="06:00:00", isOvernightShift=True))
    assert len(entries(client, "2021-07-02", "2021-08-01")) == 1
    assert entries(client, "2021-07-03", "2021-07-03") == []
    assert client.get(ENTRIES, **{"from": "2021-07-02", "to": "2021-08-02"}).status_code == 400
    assert client.get(ENTRIES, **{"from": "2021-07-02"}).status_code == 400


def test_a_native_stay_is_an_entry_here_and_ours_is_one_there(client, cast, client_of, ema):
    with time_machine.travel(datetime(2026, 11, 16, 1, 0, tzinfo=UTC), tick=False) as clock:
        native, own = client_of(cast.employee), signed_in(issued("kenjo", cast))
        native.post("/api/v1/attendances/clock-in", NATIVE)
        clock.shift(timedelta(hours=1))
        assert own.post(TRACK, {"userId": ema, "dateTime": "2026-11-16T09:00:00"}).status_code == 201
        shown = native.get("/api/v1/attendances").json()["data"]
        assert entries(own, "2026-11-16", "2026-11-16") == ["2026-11-16T08:00:00/2026-11-16T09:00:00"]
    assert (shown[0]["clock_in"], shown[0]["clock_out"]) == ("2026-11-16T01:00:00Z", "2026-11-16T02:00:00Z")


def test_a_locked_period_refuses_what_is_told_later_but_never_a_live_punch(client, cast, ema):
    made = client.post(ENTRIES, told(ema)).json()
    PeriodLock.objects.create(first_on=date(2021, 7, 1), last_on=date(2100, 1, 1), locked_by=cast.payroll)
    refused = [
        client.post(ENTRIES, told(ema, date="2021-07-05")),
        client.call("PUT", f"{ENTRIES}/{made['_id']}", {"endTime": "14:00:00"}),
        client.call("DELETE", f"{ENTRIES}/{made['_id']}"),
        client.post(TRACK, {"userId": ema, "dateTime": "2021-07-06T09:00:00"}),
    ]
    for answer in refused:
        assert answer.status_code == 400 and "locked" in answer.json()["message"], answer.content
    now = (datetime.now(UTC) + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S")
    assert client.post(TRACK, {"userId": ema, "dateTime": now}).status_code == 201


def test_a_key_reaches_nobody_outside_its_scope(client, cast, ema):
    narrow = signed_in(issued("kenjo", cast, scope=vendor_keys.Scope(employee_ids=[cast.outsider.employee_id])))
    made = client.post(ENTRIES, told(ema)).json()
    path = f"{ENTRIES}/{made['_id']}"
    days = {"from": "2021-07-02", "to": "2021-07-02"}
    assert narrow.post(TRACK, {"userId": ema, "dateTime": "2021-07-02T09:00:00"}).status_code == 400
    assert narrow.post(ENTRIES, told(ema, date="2021-07-03")).status_code == 400
    assert [narrow.get(path).status_code, narrow.call("DELETE", path).status_code] == [400, 400]
    assert narrow.call("PUT", path, {"comment": "mine"}).status_code == 400
    assert rows(narrow.get(ENTRIES, **days)) == []
    otto = id_of("kenjo", cast.outsider)
    assert [row["_id"] for row in rows(narrow.get("/api/v1/employees"))["data"]] == [otto]
    assert [row["_id"] for row in rows(narrow.get("/api/v1/user-accounts"))] == [otto]
    assert [row["name"] for row in rows(narrow.get("/api/v1/departments"))] == ["Sales"]
    hours = narrow.get("/api/v1/attendances/expected-time", **days).json()
    assert [row["userId"] for row in hours["data"]] == [otto]


def test_expected_hours_come_in_pages_and_past_the_last_is_400(client, cast, ema):
    days = {"from": "2026-11-13", "to": "2026-11-16"}
    path = "/api/v1/attendances/expected-time"
    page = client.get(path, **days, limit="25").json()
    assert page["metadata"] == {"count": 8, "offset": 1, "limit": 25, "total": 8}
    assert [day["expectedMinutes"] for day in page["data"][0]["days"]] == [420, 0, 0, 420]
    assert page["data"][0]["totalExpectedHours"] == 14
    assert client.get(path, **days, limit="25", offset="2").status_code == 400
    assert client.get(path, **days, userId=ema).json()["metadata"]["total"] == 1
    engineering = id_of("kenjo", cast.engineering, "department")
    assert client.get(path, **days, departmentId=engineering).json()["metadata"]["total"] == 2
    for name in ("userId", "departmentId", "officeId", "companyId"):
        assert client.get(path, **days, **{name: "f" * 24}).status_code == 400


def test_jobs_are_the_categories_and_a_stay_on_a_sub_job_names_both(client, ema):
    project = WorkJob.objects.create(name="Project")
    part = WorkJob.objects.create(name="Part", parent=project)
    made = client.post(ENTRIES, told(ema)).json()
    Attendance.objects.update(work_job=part)
    named = {row["name"]: row for row in rows(client.get("/api/v1/attendances/categories"))["data"]}
    assert named["Part"]["parentCategoryId"] == named["Project"]["_id"]
    shown = client.get(f"{ENTRIES}/{made['_id']}").json()
    assert shown["attendanceCategoryId"] == named["Project"]["_id"]
    assert shown["attendanceSubCategoryId"] == named["Part"]["_id"]


@pytest.mark.django_db(transaction=True)
def test_a_punch_costs_at_most_two_statements_more_than_the_native_one(client, cast, client_of, ema):
    native = client_of(cast.outsider)
    for own, clock in (("clock-in", "08:00:00"), ("clock-out", "17:00:00")):
        with CaptureQueriesContext(connection) as spent:
            assert native.post(f"/api/v1/attendances/{own}", NATIVE).status_code in (200, 201)
        with CaptureQueriesContext(connection) as vendor:
            assert client.post(TRACK, {"userId": ema, "dateTime": f"2026-11-16T{clock}"}).status_code == 201
        assert len(vendor) <= len(spent) + 2, [query["sql"][:90] for query in vendor]
