"""Native clock-in and clock-out: the contract's answers, the day that always begins, and what is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import Attendance, DaySummary, Punch, PunchEvidence
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
BODY = {"lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta", "location_accuracy": 15.3}
IN, OUT = "/api/v1/attendances/clock-in", "/api/v1/attendances/clock-out"


@pytest.fixture
def phone(cast, client_of):
    """The employee's phone: signs in anew for each call, since the clock of these tests jumps further than tokens live."""
    return lambda path, body: client_of(cast.employee).post(path, body)


def at(text: str) -> datetime:
    """A wall clock of Jakarta as an instant."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def test_clock_in_answers_with_the_contracts_attendance(cast, client_of):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False):
        answer = client_of(cast.employee).post(IN, {**BODY, "photo_url": "http://example.com"})
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert list(shown) == [
        "id", "employee_id", "clock_in", "clock_out", "lat", "lng", "location", "location_accuracy", "device_id",
        "photo_url", "source", "sync_status", "created_at",
    ]  # fmt: skip
    assert shown["employee_id"] == str(cast.employee.employee_id)
    assert (shown["clock_in"], shown["clock_out"]) == ("2026-11-16T01:00:00Z", None)
    assert (shown["lat"], shown["lng"], shown["location_accuracy"]) == (-6.2088, 106.8456, 15.3)
    assert (shown["source"], shown["sync_status"], shown["photo_url"]) == ("mobile", "synced", "http://example.com")


def test_what_a_phone_measures_is_rounded_to_what_is_kept_and_never_refused(cast, phone):
    here = {"lat": -6.208763412345678, "lng": 106.84559915000001, "location_accuracy": 15.300000190734863}
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        shown = phone(IN, {**BODY, **here})
        assert shown.status_code == 201, shown.content
        clock.shift(timedelta(hours=8))
        assert phone(OUT, {**here, "lat": 90.00000000000001}).status_code == 400
        assert phone(OUT, here).status_code == 200
    shown = shown.json()
    assert (shown["lat"], shown["lng"], shown["location_accuracy"]) == (-6.2087634, 106.8455992, 15.3)


def test_a_punch_writes_log_evidence_stay_day_and_activity(cast, client_of):
    with time_machine.travel(at("2026-11-16 09:10"), tick=False):
        made = client_of(cast.employee).post(IN, BODY).json()
    punch = Punch.objects.get()
    assert (punch.kind, punch.door, str(punch.work_date)) == ("in", "native", "2026-11-16")
    assert PunchEvidence.objects.get().punch_id == punch.pk
    day = DaySummary.objects.get()
    assert (day.day_type, day.status, day.policy, day.late_seconds) == ("work", "present", "state_machine", 600)
    entry = ActivityLog.objects.get(action="attendance.clocked_in")
    assert (str(entry.resource_id), entry.user_id) == (made["id"], cast.employee.pk)
    assert "lat" not in entry.meta


def test_a_second_clock_in_on_the_same_local_day_is_a_conflict_even_after_clocking_out(cast, phone):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        assert phone(IN, BODY).status_code == 201
        assert phone(IN, BODY).status_code == 409
        clock.shift(timedelta(hours=8))
        assert phone(OUT, {}).status_code == 200
        refused = phone(IN, BODY)
    assert refused.status_code == 409
    assert refused.json()["status"] == 409
    assert Attendance.objects.count() == 1


def test_an_organisation_may_allow_several_stays_a_day(cast, phone):
    cast.setting.allows_several_stays_a_day = True
    cast.setting.save()
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        phone(IN, BODY)
        clock.shift(timedelta(hours=1))
        phone(OUT, {})
        clock.shift(timedelta(hours=1))
        assert phone(IN, BODY).status_code == 201
    assert Attendance.objects.count() == 2


def test_the_local_day_begins_at_midnight_in_jakarta(cast, phone):
    with time_machine.travel(datetime(2026, 11, 16, 16, 59, 59, tzinfo=UTC), tick=False) as clock:
        assert phone(IN, BODY).status_code == 201
        clock.shift(timedelta(seconds=1))
        assert phone(IN, BODY).status_code == 201
    first, second = Attendance.objects.order_by("clock_in")
    assert [str(first.work_date), str(second.work_date)] == ["2026-11-16", "2026-11-17"]
    assert first.is_unfinished
    assert "missing_out" in first.flags


def test_a_stay_left_open_past_the_maximum_is_closed_at_the_scheduled_end(cast, phone):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        phone(IN, BODY)
        clock.move_to(at("2026-11-17 08:00"))
        assert phone(IN, BODY).status_code == 201
    older = Attendance.objects.earliest("clock_in")
    assert (older.clock_out, older.reason) == (at("2026-11-16 17:00"), "auto_closed")
    day = DaySummary.objects.get(work_date="2026-11-16")
    assert (day.overtime, day.exceptions) == ({}, ["missing_out"])


def test_clock_out_closes_the_stay_and_counts_the_day(cast, phone):
    with time_machine.travel(at("2026-11-16 09:00"), tick=False) as clock:
        made = phone(IN, BODY).json()
        clock.shift(timedelta(hours=8))
        answer = phone(OUT, {})
    assert answer.status_code == 200, answer.content
    assert answer.json()["id"] == made["id"]
    assert answer.json()["clock_out"] == "2026-11-16T10:00:00Z"
    day = DaySummary.objects.get()
    assert (day.worked_seconds, day.break_seconds, day.status) == (7 * 3600, 3600, "present")


def test_an_out_after_midnight_closes_the_evenings_stay_on_the_evenings_date(cast, phone):
    with time_machine.travel(at("2026-11-16 22:00"), tick=False) as clock:
        phone(IN, BODY)
        clock.shift(timedelta(hours=8))
        assert phone(OUT, {}).status_code == 200
    stay = Attendance.objects.get()
    assert str(stay.work_date) == "2026-11-16"
    assert "overnight" in stay.flags
    assert {str(punch.work_date) for punch in Punch.objects.all()} == {"2026-11-16"}


def test_an_out_without_an_in_is_a_conflict(cast, client_of):
    answer = client_of(cast.employee).post(OUT, {})
    assert answer.status_code == 409
    assert "not clocked in" in answer.json()["message"]


def test_who_taps_twice_because_an_answer_was_lost_is_told_what_was_taken(cast, client_of, phone):
    with time_machine.travel(at("2026-11-16 22:00"), tick=False) as clock:
        taken = phone(IN, BODY).json()
        clock.shift(timedelta(hours=8))
        assert phone(OUT, {}).status_code == 200
        again, today = phone(OUT, {}), phone(IN, BODY)
        shown = client_of(cast.employee).get("/api/v1/attendances/today").json()
        assert [row["id"] for row in shown["attendances"]] == [taken["id"], today.json()["id"]]
        clock.shift(timedelta(hours=1))
        assert phone(OUT, {}).status_code == 200
        clock.shift(timedelta(days=1))
        later = phone(OUT, {})
    told = "You have clocked out already (2026-11-16 22:00 to 2026-11-17 06:00). See /attendances/today"
    assert again.status_code == 409 and told in again.json()["message"]
    assert today.status_code == 201 and taken["id"] != today.json()["id"]
    assert later.status_code == 409 and "not clocked in" in later.json()["message"]


def test_a_second_arrival_names_the_whole_stay_of_today(cast, phone):
    with time_machine.travel(at("2026-11-16 08:00"), tick=False) as clock:
        phone(IN, BODY)
        clock.shift(timedelta(hours=8))
        phone(OUT, {})
        assert "today (2026-11-16 08:00 to 16:00)" in phone(IN, BODY).json()["message"]
        assert "already (2026-11-16 08:00 to 16:00)" in phone(OUT, {}).json()["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lat": 91}, "lat"),
        ({"lng": -180.1}, "lng"),
        ({"lat": "1"}, "lat"),
        ({"lat": True}, "lat"),
        ({"location": None}, "location"),
        ({"location": "x" * 256}, "location"),
        ({"location_accuracy": -1}, "location_accuracy"),
        ({"photo_url": "javascript:alert(1)"}, "photo_url"),
        ({"photo_url": "file:///etc/passwd"}, "photo_url"),
    ],
)
def test_bad_input_is_refused_by_its_field_and_writes_nothing(cast, client_of, change, field):
    answer = client_of(cast.employee).post(IN, {**BODY, **change})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert not Punch.objects.exists()


def test_what_a_client_may_not_set_has_no_effect(cast, client_of):
    other = str(cast.outsider.employee_id)
    forged = {"employee_id": other, "clock_in": "2020-01-01T00:00:00Z", "sync_status": "failed", "id": other}
    shown = client_of(cast.employee).post(IN, {**BODY, **forged}).json()
    assert shown["employee_id"] == str(cast.employee.employee_id)
    assert (shown["sync_status"], shown["clock_in"][:4] != "2020") == ("synced", True)


def test_a_user_without_an_employee_cannot_clock_in(cast, client_of):
    cast.employee.employee = None
    cast.employee.save()
    assert client_of(cast.employee).post(IN, BODY).status_code == 400


def test_a_leaver_cannot_clock_in(cast, client_of):
    person = cast.employee.employee
    person.ended_on = datetime.now(UTC).date() - timedelta(days=2)
    person.save()
    assert client_of(cast.employee).post(IN, BODY).status_code == 400


def test_nobody_is_not_let_in(client_of, db):
    assert client_of(None).post(IN, BODY).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_clock_in_costs_six_statements_with_sign_in_begin_and_commit(cast, client_of):
    client = client_of(cast.employee)
    with CaptureQueriesContext(
        connection,
    ) as spent:
        assert client.post(IN, BODY).status_code == 201
    assert len(spent) <= 6, [query["sql"][:90] for query in spent]
    with CaptureQueriesContext(connection) as spent:
        assert client.post(OUT, {}).status_code == 200
    assert len(spent) <= 7, [query["sql"][:90] for query in spent]
