"""Connecteam's manual breaks against the real services."""

from __future__ import annotations

from datetime import timedelta

import pytest

from attendance.adapters.connecteam.tests.conftest import CLOCK, JOB, NOON, USER
from attendance.adapters.tests.calling import NATIVE, id_of
from attendance.models import Attendance, BreakKind, Punch, StandaloneBreak
from peoplesync.core.models import ActivityLog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
BASE = f"/time-clock/v1/time-clocks/{CLOCK}"


@pytest.fixture
def lunch(place):
    return BreakKind.objects.create(time_clock=place.clock, name="Lunch", minimum_minutes=30)


def start(client, kind, **body):
    return client.post(f"{BASE}/manual-breaks/{id_of('connecteam', kind, 'break')}/clock-in", {"userId": USER, **body})


def stop(client, **body):
    return client.post(f"{BASE}/manual-breaks/clock-out", {"userId": USER, **body})


def data(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def refused(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["detail"]


def test_the_kinds_of_a_clock_are_listed(client, place, lunch):
    BreakKind.objects.create(time_clock=place.strict, name="Elsewhere")
    shown = data(client.get(f"{BASE}/manual-breaks"))
    assert shown == {
        "manualBreaks": [{"id": id_of("connecteam", lunch, "break"), "name": "Lunch", "isPaid": False, "duration": 30}],
        "areManualBreaksEnabled": True,
    }


def test_a_break_closes_the_shift_and_its_end_begins_a_new_one_on_the_same_job(client, lunch, at_noon):
    client.post(f"{BASE}/clock-in", {"userId": USER, "jobId": JOB})
    at_noon.shift(timedelta(hours=4))
    begun = data(start(client, lunch))
    assert begun["isSwitchFromShift"] is True
    assert begun["closedShift"]["end"]["timestamp"] == begun["start"]["timestamp"]
    assert begun["closedShift"]["jobId"] == JOB
    at_noon.shift(timedelta(minutes=30))
    assert refused(client.post(f"{BASE}/clock-out", {"userId": USER})) == "User does not have an open shift"
    assert "open manual break" in refused(start(client, lunch))
    ended = data(stop(client))
    assert (ended["id"], ended["isResumeShift"]) == (begun["id"], True)
    resumed = ended["resumedShift"]
    assert resumed["id"] != begun["closedShift"]["id"] and resumed["jobId"] == JOB
    assert resumed["start"]["timestamp"] == ended["end"]["timestamp"]
    assert [row.clock_out is None for row in Attendance.objects.order_by("clock_in")] == [False, True]
    kinds = list(Punch.objects.order_by("created_at", "id").values_list("kind", flat=True))
    assert kinds == ["in", "out", "break_start", "break_end", "in"]
    assert ActivityLog.objects.filter(action__startswith="standalone_break.").count() == 2


def test_a_break_without_a_shift_stands_alone_and_resumes_nothing(client, lunch, at_noon):
    begun = data(start(client, lunch))
    assert begun["isSwitchFromShift"] is False and "closedShift" not in begun
    at_noon.shift(timedelta(minutes=45))
    ended = data(stop(client))
    assert ended["isResumeShift"] is False and "resumedShift" not in ended
    assert not Attendance.objects.exists()


def test_nothing_is_resumed_when_nobody_wants_it(client, lunch, at_noon):
    client.post(f"{BASE}/clock-in", {"userId": USER})
    at_noon.shift(timedelta(hours=1))
    data(start(client, lunch))
    at_noon.shift(timedelta(minutes=30))
    assert data(stop(client, isResumeShift=False))["isResumeShift"] is False
    assert not Attendance.objects.open().exists()


@pytest.mark.parametrize(("seconds", "is_over"), [(1754, False), (1755, True)])
def test_a_mandatory_break_lasts_its_minimum_but_for_45_seconds(client, lunch, at_noon, seconds, is_over):
    data(start(client, lunch))
    at_noon.shift(timedelta(hours=1))
    answer = stop(client, timestamp=int(NOON.timestamp()) + seconds)
    assert answer.status_code == (200 if is_over else 400)
    if not is_over:
        assert "30 minutes" in refused(answer)


def test_breaks_know_time_kind_and_person(client, lunch, place, at_noon):
    assert "open manual break" in refused(stop(client))
    assert "does not exist" in refused(client.post(f"{BASE}/manual-breaks/nothing/clock-in", {"userId": USER}))
    assert "not assigned" in refused(client.post(f"{BASE}/manual-breaks/clock-out", {"userId": 1}))
    assert "12 hours" in refused(start(client, lunch, timestamp=int(NOON.timestamp()) - 43201))
    data(start(client, lunch, timestamp=int(NOON.timestamp()) - 3600))
    assert "after the start" in refused(stop(client, timestamp=int(NOON.timestamp()) - 3600))
    assert client.post(f"{BASE}/manual-breaks/clock-out", {}).status_code == 422


def test_whoever_clocks_in_elsewhere_is_on_no_break_any_more(client, cast, client_of, lunch, at_noon):
    data(start(client, lunch))
    at_noon.shift(timedelta(minutes=10))
    assert client_of(cast.employee).post("/api/v1/attendances/clock-in", NATIVE).status_code == 201
    assert StandaloneBreak.objects.get().end_at == NOON + timedelta(minutes=10)
    assert "open manual break" in refused(stop(client))


def test_a_break_does_not_begin_inside_a_closed_shift(client, lunch, at_noon):
    client.post(f"{BASE}/clock-in", {"userId": USER})
    at_noon.shift(timedelta(hours=1))
    client.post(f"{BASE}/clock-out", {"userId": USER})
    at_noon.shift(timedelta(hours=1))
    assert refused(start(client, lunch, timestamp=int(NOON.timestamp()) + 60))
    assert not StandaloneBreak.objects.exists()
