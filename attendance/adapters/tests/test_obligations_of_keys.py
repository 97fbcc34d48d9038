"""What all four doors owe about credentials: ended at once, limited one by one, good for one vendor, seen when used."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from attendance.adapters.registry import MOUNTS
from attendance.adapters.tests.calling import VendorClient, headers_of, id_of, rows
from attendance.adapters.tests.obliged import NOON, VENDORS, check_envelope, client_of_vendor, send, vendors
from attendance.models import Punch, VendorKey
from attendance.services import vendor_keys

pytestmark = pytest.mark.django_db


@vendors
@pytest.mark.parametrize("act", ["revoke", "rotate"])
def test_a_key_that_ended_opens_nothing_from_the_next_call_on(vendor, cast, act):
    client, now = client_of_vendor(vendor, cast), timezone.now()
    assert send(client, vendor.shown(cast)).status_code == 200
    getattr(vendor_keys, act)(key=VendorKey.objects.get(), by=cast.hr, at=now)
    check_envelope(vendor, send(client, vendor.shown(cast)), vendor.statuses["revoked"])
    check_envelope(vendor, send(client, vendor.come(cast, NOON)), vendor.statuses["revoked"])
    assert not Punch.objects.exists()


@vendors
def test_a_key_whose_user_was_switched_off_opens_nothing(vendor, cast):
    client = client_of_vendor(vendor, cast, employee=cast.employee.employee)
    cast.employee.is_active = False
    cast.employee.save()
    check_envelope(vendor, send(client, vendor.come(cast, NOON)), vendor.statuses["revoked"])


@vendors
def test_no_other_vendors_credential_opens_the_door(vendor, cast):
    for other in VENDORS:
        if other is not vendor:
            stranger = VendorClient(f"/compat/{vendor.name}", headers_of(other.name, cast))
            answer = send(stranger, vendor.shown(cast))
            assert answer.status_code in (401, 403), other.name
            check_envelope(vendor, answer, answer.status_code)


@vendors
@time_machine.travel(NOON, tick=False)  # the limit counts by the minute, and one may begin between two calls
def test_each_key_has_a_limit_of_its_own(vendor, cast, settings):
    client, other = client_of_vendor(vendor, cast), client_of_vendor(vendor, cast)
    cache.clear()
    settings.THROTTLES = {**settings.THROTTLES, "vendor": "2/minute"}
    answers = [send(client, vendor.shown(cast)) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    check_envelope(vendor, answers[2], 429)
    wait = answers[2].get("Retry-After") or int(answers[2]["x-ratelimit-minute-reset"]) - timezone.now().timestamp()
    assert 0 < int(wait) <= 60
    assert send(other, vendor.shown(cast)).status_code == 200


@vendors
def test_a_key_says_when_it_was_last_used_and_is_kept_only_as_a_hash(vendor, cast):
    client = client_of_vendor(vendor, cast)
    VendorKey.objects.update(last_used_at=None)
    before = timezone.now()
    send(client, vendor.shown(cast))
    key = VendorKey.objects.get()
    assert key.last_used_at >= before
    sent = next(iter(client.headers.values())).removeprefix("Bearer ")
    kept = [*VendorKey.objects.values_list("secret_hash", "password_hash"), *key.tokens.values_list("token_hash")]
    assert all(sent not in one and len(one) in (0, 64) for row in kept for one in row)


@vendors
def test_a_request_too_large_and_a_fault_are_told_in_the_vendors_envelope(vendor, cast, monkeypatch):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    check_envelope(vendor, client.call(told.method, told.path, raw=b" " * (2 * 1024 * 1024 + 1)), 413)

    def broken(*arguments, **named):
        raise RuntimeError("a secret detail")

    (mount,) = (mount for mount in MOUNTS if mount.name == vendor.name)
    monkeypatch.setattr(type(mount.door), "authenticate", broken)
    answer = send(client, told)
    check_envelope(vendor, answer, 500)
    assert b"secret" not in answer.content
    assert not Punch.objects.exists()


def readings(vendor, cast):
    """Every GET of the mount's own document, about the employee and the day of her punch wherever it can be."""
    (mount,) = (mount for mount in MOUNTS if mount.name == vendor.name)
    clock = vendor.shown(cast).path.split("/time-clocks/")[-1].split("/")[0]
    ids = {"id": id_of(vendor.name, cast.employee), "timeClockId": clock}
    for path, verbs in mount.document["paths"].items():
        if "get" in verbs:
            needed = [
                one["name"] for one in verbs["get"].get("parameters", ()) if one["in"] == "query" and one["required"]
            ]
            yield path.format(**ids), dict.fromkeys(needed, "2026-11-16")


def leaves(value):
    """Every value of a JSON answer, as text."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield str(value)


@vendors
def test_no_reading_shows_anything_of_somebody_a_key_does_not_reach(vendor, cast):
    person = cast.employee.employee
    with time_machine.travel(NOON, tick=False):
        whole = client_of_vendor(vendor, cast)
        narrow = client_of_vendor(vendor, cast, scope=vendor_keys.Scope(employee_ids=[cast.outsider.employee_id]))
        assert send(whole, vendor.come(cast, NOON)).status_code in (200, 201)
        hers = {person.email, person.employee_number, id_of(vendor.name, cast.employee)}
        seen = {client: set() for client in (whole, narrow)}
        for path, query in readings(vendor, cast):
            for client, shown in seen.items():
                answer = client.get(path, **query)
                assert answer.status_code < 500, path
                shown |= {path for one in leaves(rows(answer)) if one in hers}
    assert seen[whole] and not seen[narrow], seen[narrow]


@vendors
def test_a_key_for_a_department_reaches_the_people_below_it_and_nobody_beside(vendor, cast):
    scope = vendor_keys.Scope(department_ids=[cast.engineering.pk])
    client = client_of_vendor(vendor, cast, scope=scope)
    beside, below = replace(cast, employee=cast.outsider), replace(cast, employee=cast.colleague)
    check_envelope(vendor, send(client, vendor.come(beside, timezone.now())), vendor.statuses["unreached"])
    assert send(client, vendor.come(below, timezone.now())).status_code in (200, 201)
