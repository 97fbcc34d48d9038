"""Keys of the foreign clocking APIs: hashed, scoped, rotated, revoked; ids that stay."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from attendance.models import Vendor, VendorId, VendorKey
from attendance.selectors import vendor_ids as id_reads
from attendance.selectors import vendor_keys as reads
from attendance.services import vendor_ids, vendor_keys
from hr.tests import builders
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Conflict, Invalid, Unauthenticated

pytestmark = pytest.mark.django_db


def issued(cast, vendor="goodday", **values):
    return vendor_keys.issue(vendor=vendor, name="gate", by=cast.hr, at=timezone.now(), **values)


def test_a_secret_is_found_again_but_never_stored(cast):
    made = issued(cast)
    assert reads.by_secret(vendor="goodday", secret=made.secret) == made.key
    row = VendorKey.objects.filter(pk=made.key.pk).values().get()
    assert made.secret not in json.dumps(row, default=str)
    assert reads.by_secret(vendor="kenjo", secret=made.secret) is None


def test_rotation_ends_the_old_secret_and_its_tokens(cast):
    made, now = issued(cast, "kenjo"), timezone.now()
    vendor_keys.exchange(key=made.key, token="abc", lifetime=timedelta(hours=1), at=now)
    fresh = vendor_keys.rotate(key=made.key, by=cast.hr, at=now)
    assert reads.by_secret(vendor="kenjo", secret=made.secret) is None
    assert reads.by_secret(vendor="kenjo", secret=fresh.secret) == made.key
    assert reads.by_token(vendor="kenjo", token="abc", at=now) is None


@pytest.mark.parametrize("end", [vendor_keys.rotate, vendor_keys.revoke])
def test_a_key_read_before_its_end_buys_no_token_after_it(cast, end):
    made, now = issued(cast, "kenjo"), timezone.now()
    read = reads.by_secret(vendor="kenjo", secret=made.secret)
    end(key=made.key, by=cast.hr, at=now)
    with pytest.raises(Unauthenticated, match="replaced or revoked"):
        vendor_keys.exchange(key=read, token="abc", lifetime=timedelta(hours=1), at=now)
    assert reads.by_token(vendor="kenjo", token="abc", at=now) is None


def test_revoking_twice_is_logged_once(cast):
    made = issued(cast)
    for _ in range(2):
        vendor_keys.revoke(key=made.key, by=cast.hr, at=timezone.now())
    assert reads.by_secret(vendor="goodday", secret=made.secret) is None
    assert ActivityLog.objects.filter(action="vendor_key.revoked").count() == 1


def test_a_refresh_token_works_once(cast):
    made, now = issued(cast, "workly"), timezone.now()
    vendor_keys.exchange(key=made.key, token="r", lifetime=timedelta(days=60), at=now, is_refresh=True)
    taken = [vendor_keys.take_refresh(vendor="workly", token="r", at=now) for _ in range(2)]
    assert taken == [made.key, None]


def test_an_expired_token_is_nobody(cast):
    made, now = issued(cast, "kenjo"), timezone.now()
    vendor_keys.exchange(key=made.key, token="abc", lifetime=timedelta(hours=48), at=now)
    assert reads.by_token(vendor="kenjo", token="abc", at=now + timedelta(hours=47)) is not None
    assert reads.by_token(vendor="kenjo", token="abc", at=now + timedelta(hours=48)) is None


def test_tokens_long_expired_are_forgotten_and_the_rest_kept(cast):
    made, now = issued(cast, "workly"), timezone.now()
    for name, lifetime in (("short", timedelta(days=1)), ("long", timedelta(days=60))):
        vendor_keys.exchange(key=made.key, token=name, lifetime=lifetime, at=now)
    assert [vendor_keys.sweep(at=now + timedelta(days=days)) for days in (31, 32, 90)] == [0, 1, 0]
    assert reads.by_token(vendor="workly", token="long", at=now) is not None


def test_a_scope_reaches_its_departments_and_people_and_nobody_else(cast):
    scope = vendor_keys.Scope(department_ids=[cast.engineering.pk], employee_ids=[cast.outsider.employee_id])
    key = issued(cast, scope=scope).key
    reached = set(reads.people(key).values_list("first_name", flat=True))
    assert reached == {"Ema", "Mona", "Budi", "Otto"}


def test_a_personal_key_reaches_one_person_and_acts_as_her(cast):
    key = issued(cast, "workly", employee=cast.employee.employee).key
    assert list(reads.people(key)) == [cast.employee.employee]
    assert key.acts_as == cast.employee and not key.is_administrator


def test_last_use_is_written_at_most_once_a_minute(cast, django_assert_num_queries):
    key, now = issued(cast).key, timezone.now()
    vendor_keys.used(key=key, at=now)
    key.refresh_from_db()
    with django_assert_num_queries(0):
        vendor_keys.used(key=key, at=now + timedelta(seconds=59))
    with django_assert_num_queries(1):
        vendor_keys.used(key=key, at=now + timedelta(seconds=60))


@pytest.mark.parametrize("vendor", Vendor.values)
def test_ids_are_given_once_and_stay(cast, vendor):
    people = [cast.employee.employee_id, cast.outsider.employee_id]
    first = vendor_ids.ensure(vendor=vendor, kind="person", object_ids=people)
    again = vendor_ids.ensure(vendor=vendor, kind="person", object_ids=[*people, people[0]])
    assert first == again and len(set(first.values())) == 2
    assert all(vendor_ids.is_wellformed(vendor, "person", one) for one in first.values())


def test_ids_of_many_cost_a_constant_number_of_statements(cast, django_assert_max_num_queries):
    people = [builders.employee().pk for _ in range(120)]
    with django_assert_max_num_queries(3):
        vendor_ids.ensure(vendor="kenjo", kind="person", object_ids=people)


def test_hr_keeps_the_ids_devices_hold_and_no_two_rows_share_one(cast):
    now = timezone.now()
    one, other = cast.employee.employee_id, cast.outsider.employee_id
    named = {"vendor": "connecteam", "kind": "person", "external_id": "9170357", "by": cast.hr, "at": now}
    vendor_ids.set_id(object_id=one, **named)
    assert id_reads.object_id(vendor="connecteam", kind="person", external_id="9170357") == one
    with pytest.raises(Conflict):
        vendor_ids.set_id(object_id=other, **named)
    with pytest.raises(Invalid):
        vendor_ids.set_id(object_id=other, **{**named, "external_id": "EMP 7"})


@pytest.mark.django_db(transaction=True)
def test_two_callers_in_the_same_moment_agree_about_an_id():
    person = builders.employee()
    seen: list[str] = []

    def ask():
        try:
            seen.append(vendor_ids.ensure_one(vendor="goodday", kind="person", object_id=person.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6 and len(set(seen)) == 1 and VendorId.objects.count() == 1


@pytest.mark.parametrize(
    ("vendor", "keys"),
    [
        ("connecteam", {"X-API-KEY"}),
        ("goodday", {"gd-api-token"}),
        ("kenjo", {"apiKey"}),
        ("workly", {"client_id", "client_secret", "username", "password"}),
    ],
)
def test_the_command_prints_exactly_what_a_client_needs(capsys, vendor, keys):
    call_command("issue_vendor_key", vendor, "--json")
    assert set(json.loads(capsys.readouterr().out)) == keys


def test_the_command_refuses_a_scope_it_does_not_know(cast):
    with pytest.raises(CommandError, match="no department"):
        call_command("issue_vendor_key", "kenjo", "--scope", "department:Nowhere")
    with pytest.raises(CommandError, match="--scope takes"):
        call_command("issue_vendor_key", "kenjo", "--scope", "planet:Mars")
    assert not VendorKey.objects.exists()


def test_the_command_lists_rotates_and_revokes(cast, capsys):
    made, now = issued(cast), timezone.now()
    vendor_keys.used(key=made.key, at=now)
    call_command("issue_vendor_key", "goodday", "--list")
    listed = capsys.readouterr().out
    assert made.key.client_id in listed and f"{now:%Y-%m-%d %H:%M} UTC" in listed
    assert made.secret not in listed
    call_command("issue_vendor_key", "goodday", "--rotate", made.key.client_id, "--json")
    fresh = json.loads(capsys.readouterr().out)["gd-api-token"]
    assert reads.by_secret(vendor="goodday", secret=made.secret) is None
    assert reads.by_secret(vendor="goodday", secret=fresh) == made.key
    call_command("issue_vendor_key", "goodday", "--revoke", made.key.client_id)
    assert reads.by_secret(vendor="goodday", secret=fresh) is None
    with pytest.raises(CommandError, match="was revoked"):
        call_command("issue_vendor_key", "goodday", "--rotate", made.key.client_id)
    with pytest.raises(CommandError, match="no kenjo key"):
        call_command("issue_vendor_key", "kenjo", "--revoke", made.key.client_id)


def test_a_key_for_one_person_names_nobody_else(cast):
    with pytest.raises(Invalid):
        issued(cast, employee=cast.employee.employee, scope=vendor_keys.Scope(department_ids=[cast.sales.pk]))
    assert not VendorKey.objects.exists()
