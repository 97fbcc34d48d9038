"""The organisation's settings: one record, read by everybody, made and changed by the superadmin."""

from functools import partial

import pytest
from django.utils import timezone

from hr.models import Setting
from hr.services import organisation
from hr.tests.together import together
from peoplesync.core.models import ActivityLog

URL = "/api/v1/settings"


def test_settings_are_shown_as_the_contract_says(cast, client_of):
    row = Setting.objects.get()
    assert client_of(cast.employee).get(URL).json() == {
        "id": str(row.pk),
        "org_name": "PT Test",
        "payroll_cutoff_day": 25,
        "timezone": "Asia/Jakarta",
        "created_at": row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "updated_at": row.updated_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def test_without_settings_get_is_404_and_put_makes_them(cast, client_of):
    Setting.objects.all().delete()
    client = client_of(cast.superadmin)
    answer = client.get(URL)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    made = client.put(URL, {"org_name": "PT PeopleSync Indonesia"})
    assert made.status_code == 200
    body = made.json()
    assert (body["org_name"], body["payroll_cutoff_day"], body["timezone"]) == (
        "PT PeopleSync Indonesia",
        25,
        "Asia/Jakarta",
    )
    assert client.get(URL).json() == body


def test_an_integer_may_be_written_with_a_zero_fraction(cast, client_of):
    answer = client_of(cast.superadmin).put(URL, {"payroll_cutoff_day": 24.0})
    assert answer.status_code == 200 and answer.json()["payroll_cutoff_day"] == 24


def test_put_changes_what_is_sent_and_logs_it(cast, client_of):
    body = (
        client_of(cast.superadmin).put(URL, {"timezone": "Asia/Makassar", "currency": "USD", "only_row": False}).json()
    )
    assert (body["timezone"], body["org_name"]) == ("Asia/Makassar", "PT Test")
    assert Setting.objects.get().currency == "IDR"
    entry = ActivityLog.objects.get(action="settings.updated")
    assert entry.meta == {"changes": {"timezone": ["Asia/Jakarta", "Asia/Makassar"]}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"payroll_cutoff_day": 0}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": 32}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": "25"}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": 25.5}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": True}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": 10**30}, "payroll_cutoff_day"),
        ({"payroll_cutoff_day": None}, "payroll_cutoff_day"),
        ({"timezone": "asia/jakarta"}, "timezone"),
        ({"timezone": "+07:00"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": " Asia/Jakarta"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"org_name": ""}, "org_name"),
        ({"org_name": "x" * 256}, "org_name"),
        ({"org_name": []}, "org_name"),
    ],
)
def test_a_bad_value_is_a_400_that_names_the_field(cast, client_of, body, field):
    answer = client_of(cast.superadmin).put(URL, body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_who_reads_and_who_writes(cast, client_of):
    for role, user in cast.by_role().items():
        assert client_of(user).get(URL).status_code == 200
        assert client_of(user).put(URL, {"org_name": role}).status_code == (200 if role == "superadmin" else 403)
    assert client_of(None).get(URL).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_two_first_puts_at_one_moment_make_one_record():
    Setting.objects.all().delete()
    act = partial(organisation.update, changes={"payroll_cutoff_day": 20}, by=None, at=timezone.now())
    first, second = together(act, act)
    assert first.pk == second.pk
