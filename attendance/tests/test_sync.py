"""Offline sync: the envelope, each record's own answer, replays, order, and who may send whose records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.models import Attendance, DaySummary, Punch, SyncRecord
from attendance.selectors import sync_ground
from attendance.services import clocking, pairs, sync, sync_rows
from attendance.services.sync_answers import tell
from attendance.tests.builders import SYNC as PATH
from attendance.tests.builders import SYNCED_AT, at, presented, record, sent, wall
from hr.models import WorkSite
from hr.services import period_locks
from hr.tests.builders import employee
from peoplesync.core.models import Job, Notification
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db
NOW = SYNCED_AT


@pytest.fixture
def send(cast, client_of):
    """Send a batch as its sender and let the worker run; the answers by place."""

    def act(records, user=None):
        return sent(client_of(user or cast.employee), records)

    return act


def test_what_a_failed_batch_left_unanswered_is_refused_its_places_forgotten_and_the_sender_told(
    cast, client_of, monkeypatch
):
    client = client_of(cast.employee)
    body = {"records": [record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 17:00")]}
    job_id = client.post(PATH, body, headers={"Idempotency-Key": str(uuid4())}).json()["job_id"]

    def broken(*args, **more):
        raise RuntimeError("a defect")

    monkeypatch.setattr(sync, "settle", broken)
    for _ in range(jobs.MAXIMUM_ATTEMPTS):
        jobs.run(job_id=job_id)
    assert Job.objects.get(pk=job_id).status == "failed"
    (answer,) = client.get(f"{PATH}/{job_id}/records").json()["data"]
    assert (answer["status"], answer["code"]) == ("refused", "not_settled")
    assert "lat" not in SyncRecord.objects.get().body
    assert "1 of 1 records" in Notification.objects.get(user=cast.employee).message


def test_a_batch_of_nothing_but_refused_records_is_done_when_its_job_is(send):
    assert send([{"id": "a"}, {"id": "b"}]) == [("refused", "invalid")] * 2
    (job,) = Job.objects.all()
    assert (job.status, job.processed, job.total) == ("completed", 2, 2)


def test_a_batch_that_cannot_be_read_ends_as_failed_and_refused(cast, client_of):
    job = sync.accept(records=[sync.Told("a", {"lat": "1"})], by=cast.employee, at=NOW, day=NOW.date())
    for _ in range(jobs.MAXIMUM_ATTEMPTS):
        jobs.run(job_id=job.pk)
    assert Job.objects.get(pk=job.pk).status == "failed"
    kept = SyncRecord.objects.get()
    assert (kept.state, kept.code, kept.body) == ("refused", "not_settled", {})


def test_what_was_answered_meanwhile_is_answered_once(cast):
    """A worker that was slow, and one that took its job over, never answer the same record twice."""
    body = {"employee_id": str(cast.employee.employee_id), "clock_in": NOW.isoformat(), "clock_out": None}
    job = sync.accept(records=[sync.Told("a", body), sync.Told("b", {})], by=cast.employee, at=NOW, day=NOW.date())
    SyncRecord.objects.filter(client_id="b").update(state="created", code="new")
    (item,) = sync_rows.waiting(job.pk)
    SyncRecord.objects.filter(client_id="a").update(state="created", code="new")
    tell(item, "refused", "not_settled")
    sync_rows.store_answers([item])
    sync.give_up(job)
    assert set(SyncRecord.objects.values_list("state", "code")) == {("created", "new")}
    assert "0 of 2 records" in Notification.objects.get(user=cast.employee).message


def test_a_worker_whose_job_was_taken_over_stores_nothing(cast, client_of, monkeypatch):
    client = client_of(cast.employee)
    body = {"records": [record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 17:00")]}
    job_id = client.post(PATH, body, headers={"Idempotency-Key": str(uuid4())}).json()["job_id"]

    def slow(*args, **more):
        Job.objects.filter(pk=job_id).update(lease_number=9)

    monkeypatch.setattr(sync.Photos, "examine", slow)
    jobs.run(job_id=job_id)
    assert (Punch.objects.count(), SyncRecord.objects.get().state) == (0, "")


def spans():
    rows = Attendance.objects.alive().order_by("employee_id", "clock_in")
    return [(wall(row.clock_in), wall(row.clock_out)) for row in rows]


def test_a_batch_is_accepted_with_a_job_and_its_location(cast, client_of):
    key = str(uuid4())
    body = {"records": [record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 17:00")]}
    client = client_of(cast.employee)
    answer = client.post(PATH, body, headers={"Idempotency-Key": key})
    assert answer.status_code == 202
    shown = answer.json()
    assert shown["job_id"].startswith("job_att_sync_")
    assert (shown["status"], shown["progress"], shown["result"], shown["error"]) == (
        "queued", {"processed": 0, "total": 1}, None, None,
    )  # fmt: skip
    assert answer["Location"] == f"/api/v1/jobs/{shown['job_id']}"
    repeated = client.post(PATH, body, headers={"Idempotency-Key": key})
    assert repeated.status_code == 409
    assert repeated.json()["errors"]["job_id"] == [shown["job_id"]]


def test_a_record_with_every_digit_a_phone_measures_is_taken(cast, send):
    here = {"lat": -6.208763412345678, "lng": 106.84559915000001, "location_accuracy": 4.766546}
    sent = [record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 17:00", **here)]
    assert [state for state, _ in send(sent)] == ["created"]
    assert [state for state, _ in send(sent)] == ["duplicate"]


@pytest.mark.parametrize(
    "body", [{}, {"records": []}, {"records": {}}, {"records": "x"}, [], {"records": [{}] * 1001}, {"records": None}]
)
def test_only_the_envelope_is_a_400_and_burns_no_key(cast, client_of, body):
    answer = client_of(cast.employee).post(PATH, body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 400, answer.content
    assert not Job.objects.exists()


def test_whoever_reads_everybodys_attendances_reads_what_became_of_a_batch(cast, client_of, send):
    send([record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 17:00")])
    path = f"{PATH}/{Job.objects.get().pk}/records"
    for user, status in ((cast.auditor, 200), (cast.payroll, 200), (cast.hr, 200), (cast.colleague, 404)):
        assert client_of(user).get(path).status_code == status


def test_without_a_key_nothing_is_taken(cast, client_of):
    answer = client_of(cast.employee).post(PATH, {"records": [{}]})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


def test_a_record_becomes_a_stay_with_its_day_and_its_evidence(cast, send):
    assert send([record(cast.employee, "a", "2026-11-16 09:00", "2026-11-16 17:00")]) == [("created", "new")]
    stay = Attendance.objects.for_the_wire().get()
    assert (stay.source, stay.door, stay.client_id) == ("offline", "offline", "a")
    assert stay.in_punch.evidence.device_id == "device-abc123"
    assert DaySummary.objects.get().worked_seconds == 7 * 3600
    assert Notification.objects.get(user=cast.employee).message == "1 record: 1 recorded."


def test_one_bad_record_of_each_kind_stops_nobody(cast, send):
    user = cast.employee
    bad = [
        {"id": "no-employee", "source": "offline"},
        "not an object",
        record(user, "bad-source", "2026-11-16 08:00", source="pigeon"),
        record(user, "bad-lat", "2026-11-16 08:00", lat=91),
        {**record(user, "leap", "2026-11-16 08:00"), "clock_in_client_ts": "2026-11-16T23:59:60Z"},
        {**record(user, "naive", "2026-11-16 08:00"), "clock_in_client_ts": "2026-11-16T08:00:00"},
        record(user, "future", "2026-11-22 08:00"),
        record(user, "ancient", "1970-01-01 08:00"),
        record(user, "year-9999", "9998-01-01 08:00"),
        record(user, "backwards", "2026-11-16 08:00", "2026-11-16 07:00"),
        record(cast.outsider, "foreign", "2026-11-16 08:00"),
        {**record(user, "nobody", "2026-11-16 08:00"), "employee_id": str(uuid4())},
    ]
    good = [record(user, f"good-{day}", f"2026-11-{day:02} 08:00", f"2026-11-{day:02} 16:00") for day in range(2, 12)]
    answers = send([*bad, *good])
    assert {state for state, _ in answers[: len(bad)]} == {"refused"}
    assert [code for _, code in answers[6:12]] == [
        "future_time", "absurd_time", "absurd_time", "out_not_after_in", "foreign_employee", "foreign_employee",
    ]  # fmt: skip
    assert answers[len(bad) :] == [("created", "new")] * 10
    assert Attendance.objects.count() == 10
    job = Job.objects.get()
    told = f"22 records: 10 recorded, 12 refused. Why, and what to do: /attendances/sync/{job.pk}/records."
    assert (job.result, Notification.objects.get(user=user).message) == (told, told)


def test_the_place_of_an_offline_record_is_judged_as_a_live_ones(cast, send):
    site = WorkSite.objects.create(name="Depot", latitude="-6.2", longitude="106.8", is_for_everyone=True)
    far = record(cast.employee, "far", "2026-11-16 09:00", "2026-11-16 17:00", lat=-6.3)
    near = record(cast.employee, "near", "2026-11-17 09:00", "2026-11-17 17:00")
    assert send([far, near]) == [("created", "new")] * 2
    flags = Attendance.objects.order_by("clock_in").values_list("flags", flat=True)
    assert list(flags) == [["evidence", "outside_site"], []]
    assert DaySummary.objects.get(work_date="2026-11-16").exceptions == ["outside_site"]
    log = Punch.objects.filter(kind="in").order_by("at").values_list("verdict", "site", "distance_metres")
    assert list(log) == [("flag", site.pk, 11120), ("accept", site.pk, 0)]


def test_a_site_that_rejects_takes_no_offline_record_from_elsewhere_and_rejudges_none(cast, send):
    near = record(cast.employee, "near", "2026-11-17 09:00", "2026-11-17 17:00")
    assert send([near]) == [("created", "new")]
    WorkSite.objects.create(name="Depot", latitude="-7", longitude="106.8", is_for_everyone=True, policy="reject")
    elsewhere = record(cast.employee, "elsewhere", "2026-11-18 09:00")
    nowhere = record(cast.employee, "nowhere", "2026-11-19 09:00", lat=None, lng=None)
    assert send([near, elsewhere, nowhere]) == [
        ("duplicate", "same_record"), ("refused", "outside_site"), ("refused", "outside_site"),
    ]  # fmt: skip
    told = dict(SyncRecord.objects.filter(state="refused").values_list("client_id", "reason"))
    assert not any(letter.isdigit() for letter in told["elsewhere"])  # it is kept longer than places are
    assert "not at your work site" in told["elsewhere"]
    assert "Switch location on" in told["nowhere"]


def test_a_record_that_comes_late_is_evidence_to_look_at_and_no_wrong_clock(cast, send):
    late = record(cast.employee, "late", "2026-10-01 09:00", "2026-10-01 17:00")
    ahead = record(cast.employee, "ahead", "2026-11-20 20:10")
    assert send([late, ahead]) == [("created", "new")] * 2
    assert [row.flags for row in Attendance.objects.order_by("clock_in")] == [
        ["evidence"], ["clock_skew", "evidence"],
    ]  # fmt: skip


def test_hr_may_send_anybodys_records(cast, send):
    records = [record(cast.outsider, "o", "2026-11-16 08:00"), record(cast.employee, "e", "2026-11-16 08:00")]
    assert send(records, cast.hr) == [("created", "new")] * 2


def test_a_full_replay_changes_nothing_and_the_same_id_may_add_a_missing_out_once(cast, send):
    user = cast.employee
    batch = [record(user, f"r{day}", f"2026-11-{day:02} 08:00", f"2026-11-{day:02} 16:00") for day in range(2, 8)]
    send(batch)
    assert send(batch) == [("duplicate", "same_record")] * 6
    assert send([record(user, "late", "2026-11-10 08:00")]) == [("created", "new")]
    assert send([record(user, "late", "2026-11-10 08:00", "2026-11-10 16:00")]) == [("created", "out_added")]
    assert send([record(user, "late", "2026-11-10 08:00", "2026-11-10 17:00")]) == [("conflict", "different_times")]
    assert send([record(user, "late", "2026-11-10 09:00")]) == [("conflict", "different_times")]
    assert spans()[-1] == ("11-10 08:00", "11-10 16:00")
    assert Punch.objects.count() == 14


def test_the_same_record_without_an_id_is_known_by_its_in_and_its_device(cast, send):
    batch = [record(cast.employee, None, "2026-11-16 08:00", "2026-11-16 16:00")]
    assert send(batch) == [("created", "new")]
    assert send(batch) == [("duplicate", "same_record")]


def test_a_live_stay_is_never_displaced_and_its_own_arrival_is_a_duplicate(cast, send):
    ema = cast.employee.employee_id
    clocking.clock_in(employee_id=ema, punch=presented("2026-11-16 08:00"))
    clocking.clock_out(employee_id=ema, punch=presented("2026-11-16 17:00"))
    assert send([record(cast.employee, "same", "2026-11-16 08:01", "2026-11-16 17:00")]) == [
        ("duplicate", "same_as_live")
    ]
    assert send([record(cast.employee, "over", "2026-11-16 16:00", "2026-11-16 18:00")]) == [
        ("conflict", "overlaps_live")
    ]
    assert spans() == [("11-16 08:00", "11-16 17:00")]


def test_an_offline_out_closes_the_live_stay_it_repeats(cast, send):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 08:00"))
    assert send([record(cast.employee, "x", "2026-11-16 08:00", "2026-11-16 15:00")])[0][0] == "created"
    assert spans() == [("11-16 08:00", "11-16 15:00")]


def test_a_locked_day_refuses_a_late_record(cast, send):
    day = date(2026, 11, 16)
    period_locks.lock(employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=NOW)
    batch = [record(cast.employee, "a", "2026-11-16 08:00"), record(cast.employee, "b", "2026-11-17 08:00")]
    assert send(batch) == [("refused", "locked_day"), ("created", "new")]
    assert "While its day is locked the record is not taken" in SyncRecord.objects.get(client_id="a").reason


def test_a_voided_record_never_comes_back(cast, send):
    batch = [record(cast.employee, "a", "2026-11-16 08:00", "2026-11-16 16:00")]
    send(batch)
    pairs.void(attendance_id=Attendance.objects.get().pk, by=presented("2026-11-17 08:00"), reason="wrong")
    assert send(batch) == [("duplicate", "taken_back")]
    assert spans() == []


def test_a_sender_who_was_let_go_gains_nothing_from_a_queued_batch(cast, client_of):
    body = {"records": [record(cast.hr, "a", "2026-11-16 08:00")]}
    job_id = client_of(cast.hr).post(PATH, body, headers={"Idempotency-Key": str(uuid4())}).json()["job_id"]
    cast.hr.is_active = False
    cast.hr.save()
    jobs.run(job_id=job_id)
    assert SyncRecord.objects.get().state == "refused"


def test_others_cannot_read_the_answers_of_a_job(cast, client_of):
    body = {"records": [record(cast.employee, "a", "2026-11-16 08:00")]}
    job_id = client_of(cast.employee).post(PATH, body, headers={"Idempotency-Key": str(uuid4())}).json()["job_id"]
    assert client_of(cast.outsider).get(f"{PATH}/{job_id}/records").status_code == 404
    assert client_of(cast.employee).get(f"{PATH}/{job_id}/records").json()["data"][0]["status"] == "pending"
    assert client_of(cast.employee).get(f"{PATH}/job_unknown/records").status_code == 404


def settled(user, person, batches):
    """The state after these batches, and the log's size."""
    for batch in batches:
        told = [
            sync.Told(
                name,
                {
                    "employee_id": str(person.pk), "clock_in": start.isoformat(),
                    "clock_out": end.isoformat() if end else None, "source": "offline", "location": None,
                    "device_id": "d", "photo_url": None, "lat": None, "lng": None, "location_accuracy": None,
                },
            )
            for name, start, end in batch
        ]  # fmt: skip
        job = sync.accept(records=told, by=user, at=NOW, day=NOW.date())
        jobs.run(job_id=job.pk)
        assert not SyncRecord.objects.filter(job=job, state="").exists()
    rows = Attendance.objects.alive().filter(employee=person).order_by("clock_in")
    return [(row.client_id, row.clock_in, row.clock_out, row.is_unfinished, str(row.work_date)) for row in rows]


BEGIN = datetime(2026, 11, 10, tzinfo=UTC)
TOLD = st.lists(st.tuples(st.integers(0, 72), st.one_of(st.none(), st.integers(1, 20))), min_size=1, max_size=6).map(
    lambda told: [
        (f"c{number}", BEGIN + timedelta(hours=start), BEGIN + timedelta(hours=start + length) if length else None)
        for number, (start, length) in enumerate(told)
    ]
)


@given(told=TOLD, data=st.data())
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_and_any_cutting_of_the_same_records_ends_in_the_same_state(cast, told, data):
    """And a full replay afterwards adds nothing."""
    shuffled = data.draw(st.permutations(told))
    cut = data.draw(st.integers(0, len(told)))
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    states = []
    for batches in ([told], parts, [[one] for one in shuffled]):
        person = employee()  # a fresh one each time: the log lets nobody clean up after an example
        states.append(settled(cast.hr, person, batches))
        assert settled(cast.hr, person, [shuffled]) == states[-1]
    assert states[0] == states[1] == states[2]


def test_statements_of_a_chunk_do_not_grow_with_its_records(cast, client_of):
    def spent(first, count):
        told = [
            (f"s{day}", BEGIN - timedelta(days=day), BEGIN - timedelta(days=day) + timedelta(hours=8))
            for day in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as queries:
            settled(cast.hr, cast.employee.employee, [told])
        return len(queries)

    spent(300, 1)
    assert abs(spent(100, 2) - spent(150, 100)) <= 2


def test_one_old_record_brings_up_nobody_elses_past(cast, send):
    ema, budi = cast.employee, cast.colleague
    for user in (ema, budi):
        send([record(user, "old", "2026-10-05 09:00", "2026-10-05 17:00")], cast.hr)
    arriving = {ema.employee_id: [("x", at("2026-10-06 09:00"))], budi.employee_id: [("y", at("2026-11-16 09:00"))]}
    known = sync_ground.known_of(arriving)
    assert [list(known[user.employee_id].records) for user in (ema, budi)] == [["old"], []]
    assert [len(known[user.employee_id].stored) for user in (ema, budi)] == [1, 0]


def test_every_answer_is_of_its_own_record(cast, send):
    names = [f"n{number}" for number in range(5)]
    send([record(cast.employee, name, f"2026-11-{10 + place} 08:00") for place, name in enumerate(names)])
    told = SyncRecord.objects.order_by("position").values_list("client_id", "attendance__client_id")
    assert list(told) == list(zip(names, names, strict=True))
