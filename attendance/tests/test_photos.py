"""Photos of punches, live and offline: one's own, arrived and free; then read by whoever may read the stay."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from attendance.models import Attendance, SyncRecord
from peoplesync.core.models import Upload
from peoplesync.core.services import jobs

pytestmark = pytest.mark.django_db
SITE = {"lat": -6.2088, "lng": 106.8456, "location": "Office HQ, Jakarta"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Any, settings: Any) -> None:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}


@pytest.fixture
def photo_of(client_of: Any) -> Any:
    """The address of a photo that somebody sent, or (`arrives=False`) was only allowed to send."""

    def make(user: Any, *, arrives: bool = True) -> str:
        asked = {"file_name": "photo.jpg", "file_type": "image/jpeg"}
        allowed = client_of(user).post("/uploads/presign", asked).json()
        if arrives:
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), (200, 30, 30)).save(picture, "JPEG")
            sent = client_of(None).put(
                urlsplit(allowed["upload_url"]).path, picture.getvalue(), content_type="image/jpeg"
            )
            assert sent.status_code == 200
        return str(allowed["file_url"])

    return make


@pytest.fixture
def sync(client_of: Any) -> Any:
    """Send records and let the worker run: (status, code, reason) of each."""

    def act(sender: Any, *records: dict[str, Any]) -> list[tuple[str, str, str]]:
        key = {"Idempotency-Key": str(uuid4())}
        answer = client_of(sender).post("/attendances/sync", {"records": list(records)}, headers=key)
        jobs.run(job_id=answer.json()["job_id"])
        rows = SyncRecord.objects.filter(job_id=answer.json()["job_id"]).order_by("position")
        return list(rows.values_list("state", "code", "reason"))

    return act


def record(user: Any, photo: str, name: str = "a", day: int = 3) -> dict[str, Any]:
    return {
        "id": name,
        "employee_id": str(user.employee_id),
        "clock_in_client_ts": f"2026-11-{day:02}T01:00:00Z",
        "clock_out_client_ts": f"2026-11-{day:02}T09:00:00Z",
        "source": "offline",
        "photo_url": photo,
    }


def may_read(client_of: Any, photo: str, *users: Any) -> list[int]:
    return [client_of(user).get(urlsplit(photo).path).status_code for user in users]


def test_a_photo_of_a_punch_is_read_by_those_who_may_read_the_stay(cast, client_of, photo_of):
    begun, ended = photo_of(cast.employee), photo_of(cast.employee)
    client = client_of(cast.employee)
    answer = client.post("/attendances/clock-in", {**SITE, "photo_url": begun})
    assert (answer.status_code, answer.json()["photo_url"]) == (201, begun)
    assert client.post("/attendances/clock-out", {"photo_url": ended}).status_code == 200
    for photo in (begun, ended):
        assert may_read(client_of, photo, cast.employee, cast.manager, cast.hr) == [302, 302, 302]
        assert may_read(client_of, photo, cast.colleague, cast.outsider) == [404, 404]


def test_somebody_elses_a_used_and_a_missing_photo_are_refused_and_nobody_is_in(cast, client_of, photo_of):
    used = photo_of(cast.colleague)
    assert client_of(cast.colleague).post("/attendances/clock-in", {**SITE, "photo_url": used}).status_code == 201
    for sender, photo in (
        (cast.employee, photo_of(cast.outsider)),
        (cast.employee, photo_of(cast.employee, arrives=False)),
        (cast.employee, used),
    ):
        answer = client_of(sender).post("/attendances/clock-in", {**SITE, "photo_url": photo})
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"photo_url"})
    assert not Attendance.objects.filter(employee_id=cast.employee.employee_id).exists()


def test_a_photo_of_an_offline_record_belongs_to_its_stay(cast, client_of, photo_of, sync):
    photo = photo_of(cast.employee)
    assert sync(cast.employee, record(cast.employee, photo))[0][:2] == ("created", "new")
    stay = Attendance.objects.get()
    assert Upload.objects.values_list("attached_to_type", "attached_to_id").get() == ("attendance", stay.pk)
    assert may_read(client_of, photo, cast.manager, cast.colleague) == [302, 404]


def test_a_record_that_comes_again_is_not_held_by_its_photo(cast, photo_of, sync):
    photo = photo_of(cast.employee)
    assert [state for state, *_ in sync(cast.employee, *[record(cast.employee, photo)] * 2)] == ["created", "duplicate"]
    assert sync(cast.employee, record(cast.employee, photo))[0][0] == "duplicate"
    Upload.objects.all().delete()  # as retention does in time
    assert sync(cast.employee, record(cast.employee, photo))[0][0] == "duplicate"


def test_an_offline_record_with_a_wrong_photo_is_refused_alone_and_may_come_again(cast, photo_of, sync):
    own, foreign, missing = (
        photo_of(cast.employee), photo_of(cast.outsider), photo_of(cast.employee, arrives=False)
    )  # fmt: skip
    answers = sync(
        cast.employee,
        record(cast.employee, own, "a", 3),
        record(cast.employee, foreign, "b", 4),
        record(cast.employee, missing, "c", 5),
        record(cast.employee, own, "d", 6),
        record(cast.employee, "http://example.com", "e", 9),
    )
    assert [answer[:2] for answer in answers] == [
        ("created", "new"), ("refused", "photo"), ("refused", "photo"), ("refused", "photo"), ("created", "new"),
    ]  # fmt: skip
    assert "has not arrived" in answers[2][2] and "not yours" in answers[1][2]
    assert Attendance.objects.count() == 2
    assert sync(cast.employee, record(cast.employee, photo_of(cast.employee), "b", 4))[0][0] == "created"


def test_hr_may_send_photos_with_somebodys_records(cast, client_of, photo_of, sync):
    photo = photo_of(cast.hr)
    assert sync(cast.hr, record(cast.employee, photo))[0][0] == "created"
    assert may_read(client_of, photo, cast.employee, cast.outsider) == [302, 404]


def test_more_photos_in_a_chunk_take_no_more_statements_to_tie(cast, photo_of, sync):
    def cost(*days: int) -> int:
        records = [record(cast.employee, photo_of(cast.employee), f"{day}", day) for day in days]
        with CaptureQueriesContext(connection) as found:
            assert {state for state, *_ in sync(cast.employee, *records)} == {"created"}
        sent = [query["sql"] or "" for query in found]  # a prepared statement has no text to show
        return len([sql for sql in sent if "core_upload" in sql and "LIMIT 1" not in sql])

    assert cost(3) == cost(4, 5, 6, 9)
