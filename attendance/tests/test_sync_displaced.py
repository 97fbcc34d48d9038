"""An offline record that was accepted and then gave way: what its sender is told, at once and whenever she asks."""

from __future__ import annotations

import pytest

from attendance.models import Attendance
from attendance.services import pairs
from attendance.tests.builders import SYNC, presented, record, sent
from peoplesync.core.models import Job, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast, client_of):
    return client_of(cast.employee)


def test_whoever_sent_a_record_that_an_earlier_one_displaces_is_told(cast, phone):
    later = [record(cast.employee, "y2", "2026-11-16 08:30", "2026-11-16 09:30")]
    beside = [record(cast.employee, "x", "2026-11-16 12:00", "2026-11-16 13:00")]
    assert sent(phone, [*later, *beside]) == [("created", "new")] * 2
    path = f"{SYNC}/{Job.objects.get().pk}/records"
    assert sent(phone, [record(cast.employee, "y1", "2026-11-16 08:00", "2026-11-16 09:00")]) == [("created", "new")]
    told, kept = phone.get(path).json()["data"]
    assert (told["status"], told["code"], told["attendance_id"]) == ("conflict", "overlaps_offline", None)
    assert "begins earlier" in told["reason"]
    assert (kept["status"], kept["code"], kept["attendance_id"]) == (
        "created", "new", str(Attendance.objects.alive().get(client_id="x").pk),
    )  # fmt: skip
    note = Notification.objects.get(user=cast.employee, title="An offline attendance no longer counts")
    assert "2026-11-16 08:30 to 09:30" in note.message
    assert sent(phone, later) == [("conflict", "overlaps_offline")]
    assert Notification.objects.filter(title=note.title).count() == 1
    narrowed = [[row["id"] for row in phone.get(f"{path}?status={each}").json()["data"]]
                for each in ("created", "conflict", "pending")]  # fmt: skip
    assert narrowed == [["x"], ["y2"], []]
    refused = phone.get(f"{path}?status=done")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["status"])


def test_a_displaced_record_counts_again_once_the_one_in_its_way_is_taken_back(cast, phone):
    sent(phone, [record(cast.employee, "y2", "2026-11-16 08:30", "2026-11-16 09:30")])
    path = f"{SYNC}/{Job.objects.get().pk}/records"
    sent(phone, [record(cast.employee, "y1", "2026-11-16 08:00", "2026-11-16 09:00")])
    pairs.void(attendance_id=Attendance.objects.alive().get().pk, by=presented("2026-11-17 08:00"), reason="wrong")
    assert sent(phone, [record(cast.employee, "z", "2026-11-16 12:00", "2026-11-16 13:00")]) == [("created", "new")]
    (told,) = phone.get(path).json()["data"]
    stay = Attendance.objects.alive().get(client_id="y2")
    assert (told["status"], told["attendance_id"]) == ("created", str(stay.pk))
    pairs.void(attendance_id=stay.pk, by=presented("2026-11-17 08:00"), reason="wrong")
    (told,) = phone.get(path).json()["data"]
    assert (told["status"], told["code"], told["attendance_id"]) == ("duplicate", "taken_back", None)
    assert phone.get(f"{path}?status=created").json()["data"] == []
    assert phone.get(f"{path}?status=duplicate").json()["data"] == [told]
    again = [record(cast.employee, "y2", "2026-11-16 08:30", "2026-11-16 09:30")]
    assert sent(phone, again) == [(told["status"], told["code"])]
