"""Notifications over HTTP: one's own and nobody else's, whatever the role."""

import pytest
from django.utils import timezone

from peoplesync.core.models import Notification
from peoplesync.core.services import notifications

URL = "/api/v1/notifications"


@pytest.fixture
def sent(cast):
    for title in ("First", "Second"):
        notifications.send(
            user_ids=[cast.employee.pk, cast.manager.pk], title=title, message="It happened.", at=timezone.now()
        )


def own(user, title="First"):
    return Notification.objects.get(user=user, title=title)


def test_the_list_is_ones_own_newest_first(cast, sent, client_of, django_assert_num_queries):
    client = client_of(cast.employee)
    with django_assert_num_queries(3):
        body = client.get(URL).json()
    row = own(cast.employee, "Second")
    assert body["meta"]["total"] == 2
    assert body["data"][0] == {
        "id": str(row.pk),
        "user_id": str(cast.employee.pk),
        "title": "Second",
        "message": "It happened.",
        "is_read": False,
        "sent_at": row.sent_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "created_at": row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def test_even_the_superadmin_sees_only_her_own(cast, sent, client_of):
    for user in (cast.superadmin, cast.auditor, cast.hr):
        client = client_of(user)
        assert client.get(URL).json()["data"] == []
        assert client.post(f"{URL}/{own(cast.employee).pk}/read").status_code == 404
    assert not Notification.objects.filter(is_read=True).exists()


def test_marking_one_as_read_and_again(cast, sent, client_of):
    client, row = client_of(cast.employee), own(cast.employee)
    for _ in range(2):
        answer = client.post(f"{URL}/{row.pk}/read")
        assert (answer.status_code, answer.json()["is_read"]) == (200, True)
    assert [found["title"] for found in client.get(f"{URL}?is_read=false").json()["data"]] == ["Second"]
    assert [found["title"] for found in client.get(f"{URL}?is_read=true").json()["data"]] == ["First"]
    assert [found["title"] for found in client.get(f"{URL}?is_read=True").json()["data"]] == ["First"]
    assert [found["title"] for found in client.get(f"{URL}?is_read=FALSE").json()["data"]] == ["Second"]
    assert {client.get(f"{URL}?is_read={word}").status_code for word in ("1", "yes", "tru")} == {400}


def test_marking_all_as_read_touches_nobody_elses(cast, sent, client_of):
    client = client_of(cast.employee)
    assert client.post(f"{URL}/read_all").json() == {"updated": 2}
    assert client.post(f"{URL}/read_all").json() == {"updated": 0}
    assert Notification.objects.filter(user=cast.manager, is_read=False).count() == 2


def test_a_deleted_notification_is_gone(cast, sent, client_of):
    Notification.objects.filter(user=cast.employee, title="First").update(deleted_at=timezone.now())
    client = client_of(cast.employee)
    assert client.get(URL).json()["meta"]["total"] == 1
    assert client.post(f"{URL}/{own(cast.employee).pk}/read").status_code == 404


def test_nobody_is_401(cast, sent, client_of):
    assert client_of(None).get(URL).status_code == 401
    assert client_of(None).post(f"{URL}/read_all").status_code == 401
